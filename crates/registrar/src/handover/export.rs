//! Writing a hand-over: every file from one snapshot, each sealed as it is written.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use escrow::csv;
use escrow::openpgp::Sealer;
use escrow::sealed_file::{self, Put, SealedFile};
use model::{ContactId, DomainId, DomainName, Timestamp, TldName};
use policy::{Permission, Refusal, Registration};
use serde::Serialize;
use store::registrations::DomainFilter;
use store::{Tx, auth_infos, registrations};

use super::contact_line::ContactLine;
use super::name_line::{CSV_HEADER, NameLine};
use crate::actor::ledger_name;
use crate::authorised::{Authorised, NeedsPermission};
use crate::command::auth_info;
use crate::execute::note;
use crate::failure::{Failure, Fault};
use crate::registrar::{Registrar, log_fault};

/// Names read at once.
const PAGE_NAMES: u32 = 1_000;

/// The version of the lines: raised when a field changes its meaning or goes away.
const FORMAT: &str = "namekeep-handover/1";

/// Under which subject the ledger has it.
const SUBJECT: &str = "handover";

/// The leave to hand everything over: everybody's data leaves the vault.
#[derive(Clone, Copy, Debug)]
pub struct HandOver;

impl NeedsPermission for HandOver {
    fn permission(&self) -> Permission {
        Permission::Recover
    }
}

/// What is handed over, and to whom.
#[derive(Debug)]
pub struct HandOverOrder<'o> {
    /// Only this TLD; none for the whole portfolio.
    pub tld: Option<TldName>,
    /// Where the files go: a folder that is not there yet or is empty.
    pub folder: PathBuf,
    /// What signs, and for whom it is encrypted.
    pub sealer: &'o Sealer,
}

/// What was written. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// The version of the lines.
    pub format: &'static str,
    /// The instant of the snapshot.
    pub at: Timestamp,
    /// Only this TLD; none for the whole portfolio.
    pub tld: Option<TldName>,
    /// Fingerprint of the certificate that signed.
    pub signed_by: String,
    /// Fingerprints of those it is encrypted for.
    pub sealed_for: Vec<String>,
    /// The files.
    pub files: Vec<ManifestFile>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManifestFile {
    /// What it is called there.
    pub file: String,
    /// Names, people or codes in it.
    pub rows: u64,
    /// Its digests.
    #[serde(flatten)]
    pub sealed: SealedFile,
}

/// Writes a hand-over. `told` hears how many lines were written in all.
///
/// # Errors
/// A refusal if the folder holds something; a fault of the store, the vault, the keys or the disk. The manifest comes last: files without
/// one are no hand-over.
pub fn export(
    registrar: &Registrar,
    by: &Authorised<HandOver>,
    order: &HandOverOrder<'_>,
    told: &mut dyn FnMut(u64),
) -> Result<Manifest, Failure> {
    prepare(&order.folder)?;
    let at = registrar.now();
    let files = registrar.store().read::<_, Failure>(|tx| {
        let mut writing = Writing { tx, registrar, order, at, told, lines: 0 };
        Ok(vec![writing.names()?, writing.table()?, writing.contacts()?, writing.codes()?])
    })?;
    let manifest = Manifest {
        format: FORMAT,
        at,
        tld: order.tld.clone(),
        signed_by: order.sealer.signer(),
        sealed_for: order.sealer.recipients(),
        files,
    };
    let json = serde_json::to_vec_pretty(&manifest).map_err(|error| Fault::new("the manifest cannot be written as JSON", &error))?;
    sealed_file::write(&order.folder.join("manifest.json.gz.gpg"), order.sealer, at, broken, |put| put(&json))?;
    fs::write(order.folder.join("manifest.json"), &json).map_err(|error| Fault::new("the manifest cannot be written", &error))?;
    let (who, handle, body) = (ledger_name(by.actor()), registrar.clone(), manifest.clone());
    let kept = registrar.store().write::<_, Failure>(move |tx| note(tx, &handle, &who, SUBJECT, "handed-over", &body, at));
    kept.inspect_err(log_fault)?;
    Ok(manifest)
}

/// A hand-over is never mixed with another.
fn prepare(folder: &Path) -> Result<(), Failure> {
    let fault = |error: std::io::Error| Fault::new("the folder of a hand-over cannot be made", &error);
    fs::create_dir_all(folder).map_err(fault)?;
    if fs::read_dir(folder).map_err(fault)?.next().is_some() {
        let sentence = format!("`{}` holds something already, and a hand-over is never mixed with another", folder.display());
        return Err(Refusal::new("handover.folder", "END-5", sentence).hint("name a folder that is empty or not there yet").into());
    }
    Ok(())
}

fn broken(reason: String) -> Failure {
    Fault::words(format!("a file of the hand-over cannot be written: {reason}")).into()
}

/// The files, one after the other, of one snapshot.
struct Writing<'w, 't> {
    tx: &'w mut Tx<'t>,
    registrar: &'w Registrar,
    order: &'w HandOverOrder<'w>,
    at: Timestamp,
    told: &'w mut dyn FnMut(u64),
    lines: u64,
}

impl<'t> Writing<'_, 't> {
    fn names(&mut self) -> Result<ManifestFile, Failure> {
        self.file("names.jsonl", |writing, put| writing.each(|_, registration| put(&line(&NameLine::of(registration))?).map(|()| 1)))
    }

    fn table(&mut self) -> Result<ManifestFile, Failure> {
        self.file("names.csv", |writing, put| {
            let mut row = Vec::new();
            csv::write_row(&mut row, &CSV_HEADER);
            put(&row)?;
            writing.each(|_, registration| {
                row.clear();
                let cells = NameLine::of(registration).cells();
                csv::write_row(&mut row, &cells.each_ref().map(String::as_str));
                put(&row).map(|()| 1)
            })
        })
    }

    /// Everybody whom a name names, once.
    fn contacts(&mut self) -> Result<ManifestFile, Failure> {
        let mut named: BTreeSet<ContactId> = BTreeSet::new();
        self.each(|_, registration| {
            named.extend(registration.registrant.into_iter().chain(registration.desired.contacts.values().copied()));
            Ok(0)
        })?;
        self.file("contacts.jsonl", |writing, put| {
            let mut rows = 0;
            for id in named {
                if let Some(person) = ContactLine::read(writing.tx, writing.registrar, id)? {
                    put(&line(&person)?)?;
                    rows += 1;
                    writing.count(1);
                }
            }
            Ok(rows)
        })
    }

    /// What is set at a registry and known to us. Whoever takes the names over needs none where the registry moves them in bulk.
    fn codes(&mut self) -> Result<ManifestFile, Failure> {
        self.file("auth.jsonl", |writing, put| {
            let registrar = writing.registrar.clone();
            writing.each(|tx, registration| {
                if registration.authinfo_set_at.is_none() || auth_infos::find(tx, registration.id)?.is_none() {
                    return Ok(0);
                }
                let Some(code) = auth_info::find(tx, &registrar, registration.id)? else { return Ok(0) };
                let json = serde_json::json!({
                    "name": registration.name,
                    "auth_info": code.secret().expose(),
                    "set_at": registration.authinfo_set_at,
                });
                put(&line(&json)?).map(|()| 1)
            })
        })
    }

    /// Gives every name that is handed over to `take`, in ascending order; gives the sum of what it answers.
    fn each(&mut self, mut take: impl FnMut(&mut Tx<'t>, &Registration) -> Result<u64, Failure>) -> Result<u64, Failure> {
        let filter = DomainFilter { tld: self.order.tld.clone(), ..DomainFilter::default() };
        let (mut after, mut rows): (Option<(DomainName, DomainId)>, u64) = (None, 0);
        loop {
            let page = registrations::list(self.tx, &filter, after, PAGE_NAMES)?;
            for registration in page.iter().filter(|registration| registration.phase.is_sponsored()) {
                let taken = take(self.tx, registration)?;
                rows += taken;
                self.count(taken);
            }
            match page.last().filter(|_| page.len() == PAGE_NAMES as usize) {
                Some(last) => after = Some((last.name.clone(), last.id)),
                None => return Ok(rows),
            }
        }
    }

    fn count(&mut self, lines: u64) {
        self.lines += lines;
        (self.told)(self.lines);
    }

    fn file(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut Self, &mut Put<'_, Failure>) -> Result<u64, Failure>,
    ) -> Result<ManifestFile, Failure> {
        let file = format!("{name}.gz.gpg");
        let (path, sealer, at) = (self.order.folder.join(&file), self.order.sealer, self.at);
        let mut rows = 0;
        let sealed = sealed_file::write(&path, sealer, at, broken, |put| {
            rows = fill(self, put)?;
            Ok(())
        })?;
        Ok(ManifestFile { file, rows, sealed })
    }
}

/// A value as a line.
fn line(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    // The error could quote the data, so only its kind is told.
    let mut json = serde_json::to_vec(value).map_err(|_| Fault::words("a line of the hand-over cannot be written as JSON"))?;
    json.push(b'\n');
    Ok(json)
}
