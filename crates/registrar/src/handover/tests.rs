//! A hand-over holds what the registrar knows, of one TLD or of all, and nobody but its recipient reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use escrow::openpgp::{Form, OwnKey, Sealer, open};
use flate2::read::MultiGzDecoder;
use model::{EppStatus, TldName};
use store::testing::TestDatabases;

use super::*;
use crate::command::{HoldDomain, IssueAuthInfo, ReadAuthInfo};
use crate::contact::SetConsent;
use crate::gate::testing::{Rig, name};

/// A day that no clock of a machine has reached: keys are certified by that clock.
const NOON: &str = "2100-11-30T12:00:00Z";

/// What a file says to the recipient, who believes the signature.
fn opened(folder: &Path, file: &str, key: &OwnKey, signer: &OwnKey, at: model::Timestamp) -> String {
    let sealed = std::fs::File::open(folder.join(file)).unwrap();
    let mut decoder = MultiGzDecoder::new(std::io::BufReader::new(open(std::io::BufReader::new(sealed), key).unwrap()));
    let mut text = String::new();
    decoder.read_to_string(&mut text).unwrap();
    decoder.into_inner().into_inner().finish(&[signer.certificate().clone()], at).unwrap();
    text
}

fn lines(text: &str) -> BTreeMap<String, serde_json::Value> {
    let values = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    values.map(|value| (value["name"].as_str().or(value["id"].as_str()).unwrap().to_owned(), value)).collect()
}

#[test]
fn everything_that_a_gaining_registrar_needs_is_in_it_and_nobody_else_reads_it() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 501);
        rig.clock.set(NOON.parse().unwrap());
        let now = rig.registrar.now();
        let key = |name| OwnKey::generate(Form::V6, name, now).unwrap();
        let (ours, theirs) = (key("ours"), key("theirs"));
        for text in ["a.alpha", "b.alpha", "c.beta"] {
            rig.order(text);
        }
        rig.settle(database);
        let reason = policy::Reason { owner: policy::ReasonOwner::Dispute, reference: "UDRP D2100-0007".to_owned() };
        rig.act(HoldDomain { name: name("b.alpha"), status: EppStatus::ClientTransferProhibited, reason }).unwrap();
        let elements = policy::publication::ConsentElement::ALL.into_iter().take(1).collect();
        rig.act(SetConsent { contact: rig.holder, elements, is_given: true, source: "order form v3".to_owned() }).unwrap();
        rig.act(IssueAuthInfo { name: name("a.alpha") }).unwrap();
        rig.settle(database);
        let code = rig.act(ReadAuthInfo { name: name("a.alpha") }).unwrap();
        let code = code.expose().to_owned();

        let sealer = Sealer::new(ours.clone(), vec![theirs.certificate().clone()], now).unwrap();
        let folder = database.folder().join("all");
        let order = HandOverOrder { tld: None, folder: folder.clone(), sealer: &sealer };
        let mut heard = 0;
        let manifest = export(&rig.registrar, &rig.may(HandOver), &order, &mut |count| heard = count).unwrap();
        let rows: Vec<(&str, u64)> = manifest.files.iter().map(|file| (file.file.as_str(), file.rows)).collect();
        let wanted = [("names.jsonl.gz.gpg", 3), ("names.csv.gz.gpg", 3), ("contacts.jsonl.gz.gpg", 1), ("auth.jsonl.gz.gpg", 1)];
        assert_eq!((rows.as_slice(), heard), (wanted.as_slice(), 8), "{}", database.engine());

        let read = |file: &str| opened(&folder, file, &theirs, &ours, now);
        let names = lines(&read("names.jsonl.gz.gpg"));
        let b = &names["b.alpha"];
        assert_eq!(b["disputes"][0]["reference"], "UDRP D2100-0007");
        assert_eq!(b["reasons"][0]["status"], "clientTransferProhibited");
        assert!(b["registry_statuses"].to_string().contains("clientTransferProhibited"), "{b}");
        assert!(names["a.alpha"]["nameservers"].to_string().contains("ns1.elsewhere.example"));
        assert_eq!(names["a.alpha"]["registrant"], rig.holder.to_string());
        let contacts = lines(&read("contacts.jsonl.gz.gpg"));
        let holder = &contacts[&rig.holder.to_string()];
        assert_eq!(holder["contact"]["email"], "canaryholder@canary.example");
        assert_eq!((&holder["is_verified"], &holder["consents"][0]["source"]), (&true.into(), &"order form v3".into()));
        assert_eq!(lines(&read("auth.jsonl.gz.gpg"))["a.alpha"]["auth_info"], code);
        let table = read("names.csv.gz.gpg");
        assert_eq!(table.lines().count(), 4, "{table}");
        let digest: String = store::sha256(&[table.as_bytes()]).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(manifest.files[1].sealed.plain_sha256, digest, "the manifest tells of the plain text");
        let on_disk = std::fs::read(folder.join("names.csv.gz.gpg")).unwrap();
        let digest: String = store::sha256(&[&on_disk]).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((&manifest.files[1].sealed.sha256, manifest.files[1].sealed.bytes), (&digest, on_disk.len() as u64));
        assert_eq!(read("manifest.json.gz.gpg").as_bytes(), std::fs::read(folder.join("manifest.json")).unwrap());

        for entry in std::fs::read_dir(&folder).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            for secret in ["canaryholder", "Canaria", code.as_str()] {
                assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "`{secret}` lies there in clear");
            }
        }
        assert!(open(std::io::BufReader::new(on_disk.as_slice()), &ours).is_err(), "not even we open it again");

        let again = export(&rig.registrar, &rig.may(HandOver), &order, &mut |_| {}).unwrap_err();
        assert_eq!(again.code(), "handover.folder");
        let folder = database.folder().join("one");
        let order = HandOverOrder { tld: Some(TldName::parse("beta").unwrap()), folder: folder.clone(), sealer: &sealer };
        let manifest = export(&rig.registrar, &rig.may(HandOver), &order, &mut |_| {}).unwrap();
        assert_eq!(manifest.files.iter().map(|file| file.rows).collect::<Vec<_>>(), [1, 1, 1, 0]);
        let kept: BTreeSet<String> = lines(&opened(&folder, "names.jsonl.gz.gpg", &theirs, &ours, now)).into_keys().collect();
        assert_eq!(kept, BTreeSet::from(["c.beta".to_owned()]));
    });
}
