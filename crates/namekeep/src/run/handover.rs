//! `namekeep handover ...`: giving names to another registrar, or to ICANN.

use std::path::PathBuf;

use escrow::openpgp::{PgpFault, Sealer};
use registrar::handover::{HandOver, HandOverOrder, Manifest, export};
use serde::Serialize;

use super::{Ending, Session};
use crate::argument;
use crate::cli::{ExportArgs, HandoverCommand};
use crate::escrow_config::{read_certificate, read_key, section};
use crate::failure::{Exit, Failure};
use crate::output::{Report, print, table};
use crate::progress::Progress;

/// Runs one command on handing over.
pub fn run(session: &Session, command: &HandoverCommand) -> Result<Ending, Failure> {
    match command {
        HandoverCommand::Export(args) => write(session, args),
    }
}

#[derive(Serialize)]
struct ExportReport {
    folder: PathBuf,
    #[serde(flatten)]
    manifest: Manifest,
}

impl Report for ExportReport {
    fn text(&self) -> String {
        let rows =
            self.manifest.files.iter().map(|file| {
                vec![file.file.clone(), file.rows.to_string(), file.sealed.bytes.to_string(), file.sealed.plain_sha256.clone()]
            });
        let table = table(&["file", "lines", "bytes", "SHA-256 of the plain text"], rows);
        format!(
            "{table}\nWritten to {}, signed by {}, for {} alone. `manifest.json` beside them says the same.",
            self.folder.display(),
            self.manifest.signed_by,
            self.manifest.sealed_for.join(", ")
        )
    }
}

fn write(session: &Session, args: &ExportArgs) -> Result<Ending, Failure> {
    let leave = session.may(HandOver)?;
    let instance = &session.instance;
    let signer = match &args.key {
        Some(path) => read_key(path)?,
        None => read_key(&instance.path(&section(instance)?.key))?,
    };
    let recipients = args.recipients.iter().map(|path| read_certificate(path)).collect::<Result<Vec<_>, _>>()?;
    let unusable = |fault: PgpFault| Failure::new(Exit::Refused, "handover.key", format!("The hand-over cannot be sealed: {fault}."));
    let sealer = Sealer::new(signer, recipients, instance.registrar.now()).map_err(unusable)?;
    let tld = args.tld.as_deref().map(|tld| argument::parse("TLD", tld)).transpose()?;
    let order = HandOverOrder { tld, folder: args.folder.clone(), sealer: &sealer };
    let progress = Progress::counting("lines written");
    let manifest = export(&instance.registrar, &leave, &order, &mut |count| progress.at(count))?;
    drop(progress);
    print(session.format, &ExportReport { folder: args.folder.clone(), manifest });
    Ok(Ending::Done)
}
