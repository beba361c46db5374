//! `namekeep recovery import`: the names and holders of a deposit.

use std::path::Path;

use escrow::deposit::Placeholders;
use escrow::verify::{Expect, MAPPING_LIMIT_BYTES, Mapping, Opener};
use registrar::recovery::{ImportDeposit, Imported, import};
use serde::Serialize;

use crate::cli::ImportArgs;
use crate::escrow_config::{read_certificate, read_key, section};
use crate::failure::{Exit, Failure};
use crate::output::{Report, counted, print};
use crate::progress::Progress;
use crate::run::{Ending, Session};

/// Rows that are printed; the JSON has all that were kept.
const SHOWN: usize = 50;

#[derive(Serialize)]
#[serde(transparent)]
struct ImportReport(Imported);

impl Report for ImportReport {
    fn text(&self) -> String {
        let found = &self.0;
        let mut lines = vec![format!(
            "{}: {} and {} taken on, {} in the books already. They wait for their registries: `namekeep recovery reconcile`.",
            found.source,
            counted(found.names, "name", "names"),
            counted(found.people, "person", "people"),
            found.already_held
        )];
        lines.extend(found.doubts.iter().map(|(code, count)| format!("  doubtful: {code}: {count}")));
        lines.extend(found.first_exceptions.iter().take(SHOWN).map(|row| format!("  FOR A PERSON: {}: {}", row.place, row.why)));
        let rest = found.exceptions.saturating_sub(found.first_exceptions.len().min(SHOWN) as u64);
        if rest > 0 {
            lines.push(format!("  and {rest} more, with --json"));
        }
        lines.push("No deposit holds, and nothing brings back:".to_owned());
        lines.extend(found.irrecoverable.iter().map(|what| format!("  {what}")));
        lines.join("\n")
    }
}

pub(super) fn run(session: &Session, args: &ImportArgs) -> Result<Ending, Failure> {
    let leave = session.may(ImportDeposit)?;
    let key = read_key(&args.key)?;
    let signers = if args.signers.is_empty() {
        let config = section(&session.instance)?;
        vec![read_key(&session.instance.path(&config.key))?.certificate().clone()]
    } else {
        args.signers.iter().map(|path| read_certificate(path)).collect::<Result<Vec<_>, _>>()?
    };
    let mapping = args.mapping.as_deref().map(read_mapping).transpose()?;
    let placeholders = Placeholders { state: args.empty_state.clone(), postcode: args.empty_postcode.clone() };
    let expect = Expect {
        registrar: None,
        day: None,
        specification: None,
        opener: Some(Opener { key: &key, signers: &signers, recipients: None }),
        tlds: None,
        mapping: mapping.as_ref(),
        placeholders: &placeholders,
        now: session.instance.registrar.now(),
    };
    let progress = Progress::counting("names taken on");
    let imported = import(&session.instance.registrar, &leave, &args.folder, &expect, &mut |count| progress.at(count))?;
    drop(progress);
    let is_whole = imported.exceptions == 0;
    print(session.format, &ImportReport(imported));
    Ok(if is_whole { Ending::Done } else { Ending::Noted(Exit::Finding) })
}

fn read_mapping(path: &Path) -> Result<Mapping, Failure> {
    let failure = |error: &std::io::Error| Failure::file(path, "read the header mapping", error);
    let length = std::fs::metadata(path).map_err(|error| failure(&error))?.len();
    let unusable = |why: String| Failure::usage(format!("The header mapping `{}` cannot be used: {why}.", path.display()));
    if length > MAPPING_LIMIT_BYTES as u64 {
        return Err(unusable(format!("it has {length} bytes, more than {MAPPING_LIMIT_BYTES}")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| failure(&error))?;
    Mapping::parse(&text).map_err(|fault| unusable(fault.to_string()))
}
