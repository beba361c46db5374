//! Frames that others wrote: each is understood, or refused with a reason that is written down here.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use epp::{ClientMessage, CommandBody, Extension, ResponseData, ServerMessage};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// What became of one file, empty when everything in it has a type and nothing deviates.
fn verdict(bytes: &[u8], is_request: bool) -> String {
    let mut verdict = String::new();
    let mut raw = |extensions: &[Extension]| {
        for extension in extensions {
            if let Extension::Raw(element) = extension {
                write!(verdict, " raw extension {}", element.label()).unwrap();
            }
        }
    };
    if is_request {
        match epp::decode_client_frame(bytes) {
            Ok(ClientMessage::Command(command)) => {
                raw(&command.extensions);
                if let CommandBody::Other { object, .. } = &command.body {
                    write!(verdict, " raw object {}", object.label()).unwrap();
                }
            }
            Ok(_) => {}
            Err(refusal) => write!(verdict, " {} {refusal}", refusal.result_code()).unwrap(),
        }
        return verdict;
    }
    match epp::decode_server_frame(bytes) {
        Ok(decoded) => {
            if let ServerMessage::Response(response) = &decoded.value {
                raw(&response.extensions);
                for data in &response.data {
                    if let ResponseData::Raw(element) = data {
                        write!(verdict, " raw data {}", element.label()).unwrap();
                    }
                }
            }
            let mut kinds: Vec<_> = decoded.deviations.iter().map(|deviation| deviation.kind).collect();
            kinds.sort_unstable();
            kinds.dedup();
            for kind in kinds {
                write!(verdict, " {kind}").unwrap();
            }
        }
        Err(error) => write!(verdict, " refused: {error}").unwrap(),
    }
    verdict
}

/// Test frames of instant-epp (MIT, see `foreign/instant-epp/LICENSE`, commit f9eac40f1d93f1f34339404f73cc5bc26ca25963).
#[test]
fn the_frames_of_instant_epp() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/instant-epp");
    let files = files(&folder);
    assert_eq!(files.len(), 79);
    let mut odd = String::new();
    let mut understood = 0;
    for file in &files {
        let name = file.strip_prefix(&folder).unwrap().display().to_string();
        let verdict = verdict(&std::fs::read(file).unwrap(), name.starts_with("request"));
        if verdict.is_empty() {
            understood += 1;
        } else {
            writeln!(odd, "{name}:{verdict}").unwrap();
        }
    }
    insta::assert_snapshot!(format!("{understood} understood in full\n{odd}"), @r"
    58 understood in full
    request/extensions/frnic_create_contact_company.xml: raw extension {http://www.afnic.fr/xml/epp/frnic-2.0}ext
    request/extensions/frnic_create_contact_natural_person.xml: raw extension {http://www.afnic.fr/xml/epp/frnic-2.0}ext
    request/extensions/frnic_create_contact_non_profit.xml: raw extension {http://www.afnic.fr/xml/epp/frnic-2.0}ext
    request/extensions/frnic_create_contact_siren.xml: raw extension {http://www.afnic.fr/xml/epp/frnic-2.0}ext
    response/contact/create.xml: date-form
    response/contact/info.xml: date-form
    response/contact/info_minimal.xml: date-form
    response/domain/create.xml: date-form
    response/domain/info.xml: date-form
    response/domain/renew.xml: date-form
    response/domain/transfer_query.xml: date-form
    response/domain/transfer_request.xml: date-form
    response/extensions/domain_info_rgp.xml: date-form
    response/greeting.xml: date-form
    response/host/create.xml: date-form
    response/host/info.xml: date-form
    response/poll/poll_domain_transfer.xml: date-form
    response/poll/poll_host_info.xml: value
    response/poll/poll_low_balance.xml: raw data {http://www.verisign.com/epp/lowbalance-poll-1.0}pollData
    response/poll/poll_message_only.xml: date-form
    response/poll/poll_rgp_restore.xml: raw data {http://www.verisign.com/epp/rgp-poll-1.0}pollData
    ");
}
