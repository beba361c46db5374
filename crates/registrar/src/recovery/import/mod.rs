//! Restore from a deposit alone: names, holders and dates are taken on into a frozen instance; what only the registries know (status, hosts,
//! DS records, their dates) comes with the reconciliation that follows. The same reading takes over the deposit of somebody else (DARTP).
//!
//! The deposit is read twice by the reader of strangers: once to judge it, and only if it may be believed once more to take it on. Rows go to
//! the store in batches, a commit for each, while the next ones are opened and parsed.

mod batch;
mod person;
mod reading;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use escrow::FileName;
use escrow::verify::{self, Expect, Report};
use policy::{Permission, Refusal};
use serde::Serialize;

use super::freeze::SUBJECT;
use crate::actor::ledger_name;
use crate::authorised::{Authorised, NeedsPermission};
use crate::execute::note;
use crate::failure::{Failure, Fault};
use crate::registrar::{Registrar, log_fault};

use reading::Reading;

/// Findings about single cells: the row is taken on as far as it says anything, and the doubt is kept. Every other finding says that the
/// deposit is not what was deposited.
const OF_CELLS: &[&str] = &[
    "country.form",
    "date.calendar",
    "date.form",
    "domain.cctld",
    "domain.syntax",
    "domain.tld",
    "domain.twice",
    "domain.u-label",
    "email.form",
    "field.control",
    "field.empty",
    "field.not-nfc",
    "handle.missing",
    "host.syntax",
    "iana.differs",
    "phone.form",
];

/// What no deposit holds, and no registry either.
pub const IRRECOVERABLE: &[&str] = &[
    "accounts, operators and tokens: enrol people anew",
    "the ledger of before, and with it every proof: it goes on in a new one",
    "charges, credits and balances of customers",
    "authInfo: a fresh one is set where a holder asks for it",
    "why a status is set: a hold found at the registry is kept for staff to lift",
    "consents to publication and to locks: asked for anew",
    "which holders were verified: verified anew when it matters",
    "whether a holder wished to renew: nothing is renewed unasked",
    "notices, duties and cases of before",
    "organisation, further contacts and hosted DNS zones, where the layout has no column for them",
];

/// The leave to take a deposit on.
#[derive(Clone, Copy, Debug)]
pub struct ImportDeposit;

impl NeedsPermission for ImportDeposit {
    fn permission(&self) -> Permission {
        Permission::Recover
    }
}

/// What was taken on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// What the ledger calls the deposit.
    pub source: String,
    /// Names that were taken on; they wait for the registry's word.
    pub names: u64,
    /// Names that were in the books already, and stay as they are.
    pub already_held: u64,
    /// People.
    pub people: u64,
    /// How many cells were doubtful, by the code of the doubt.
    pub doubts: BTreeMap<String, u64>,
    /// Rows that a person has to see to.
    pub exceptions: u64,
    /// The first of them.
    pub first_exceptions: Vec<RowException>,
    /// What no deposit holds.
    pub irrecoverable: &'static [&'static str],
}

/// A row that was not taken on as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowException {
    /// Where it stands: file and row.
    pub place: String,
    /// What is missing. No personal data.
    pub why: String,
}

/// Judges a deposit: whether it may be believed as a whole.
///
/// # Errors
/// A refusal that names the first of what is wrong.
fn judge(report: &Report) -> Result<String, Failure> {
    if let Some(finding) = report.findings.iter().find(|finding| !OF_CELLS.contains(&finding.code)) {
        let sentence = format!("the deposit is not believed: {finding}");
        return Err(Refusal::new("recovery.deposit", "ESC-10", sentence)
            .hint("`namekeep escrow verify` names everything that is wrong; take another copy, or the deposit of the day before")
            .into());
    }
    let first = report.files.iter().find_map(|file| FileName::parse(file).ok());
    Ok(first.map_or("a deposit".to_owned(), |(name, _)| format!("deposit of {} by registrar {}", name.day, name.registrar)))
}

/// Takes the deposit in a folder on. `told` hears how many names were read.
///
/// # Errors
/// A refusal if the instance is not frozen or the deposit is not whole; a fault of the store. What was taken on before stays, and is left
/// as it is when the deposit is taken on again.
pub fn import(
    registrar: &Registrar,
    by: &Authorised<ImportDeposit>,
    folder: &Path,
    expect: &Expect<'_>,
    told: &mut dyn FnMut(u64),
) -> Result<Imported, Failure> {
    if !registrar.is_frozen()? {
        return Err(Refusal::new("adopt.awake", "END-5", "names are taken on from a deposit only while the instance is frozen")
            .hint("freeze it first: `namekeep recovery freeze`")
            .into());
    }
    let source = judge(&verify::verify(folder, expect, &mut ()))?;
    let mut reading = Reading::new(registrar, by.actor(), &source, expect.placeholders, told);
    let again = verify::verify(folder, expect, &mut reading);
    let imported = reading.finish()?;
    // It was whole a moment ago; if it is not now, somebody put another one in its place.
    judge(&again)?;
    keep(registrar, by, &imported)?;
    Ok(imported)
}

/// The ledger has that it was taken on.
fn keep(registrar: &Registrar, by: &Authorised<ImportDeposit>, imported: &Imported) -> Result<(), Failure> {
    let (who, handle, body) = (ledger_name(by.actor()), registrar.clone(), serde_json::to_value(imported));
    let body = body.map_err(|error| Fault::new("what was taken on cannot be written as JSON", &error))?;
    let kept = registrar.store().write::<_, Failure>(move |tx| note(tx, &handle, &who, SUBJECT, "deposit-imported", &body, handle.now()));
    kept.inspect_err(log_fault)
}
