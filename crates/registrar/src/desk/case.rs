//! What every use case of the desk does with a case: begin it, load it, write its log, seal what names a person.

use jiff::SignedDuration;
use model::expiry::add_years;
use model::{CaseId, DomainName, Email, LetterId, ReceiptId, Timestamp};
use policy::Refusal;
use policy::desk::{Case, CaseCommand, CaseKind, CaseProfile, CaseState, DeskRules, Form, FormKind, Outsider};
use serde::{Deserialize, Serialize};
use store::desk::{self, CaseRow, LetterRow, Receipt, StepRow};
use store::vault::Place;
use store::{Tx, registrations};

use super::text::{self, Letter};
use crate::actor::ledger_name;
use crate::execute::note;
use crate::failure::{Failure, Fault};
use crate::registrar::Registrar;
use crate::use_case::Work;

/// How long receipts are kept, in days (RDP-15).
const KEEP_RECEIPT_DAYS: i64 = 180;
/// How long a case is kept after its end, in years (DSC-6).
const KEEP_CASE_YEARS: u8 = 2;
/// Acknowledgements a day that leave by themselves to one sender about one name; a further case waits for a person to acknowledge it, so
/// that a form is no way to send somebody mail without end.
const ACKNOWLEDGEMENTS_A_DAY: u64 = 2;
/// The kind of the first letter.
pub(super) const ACKNOWLEDGEMENT: &str = "acknowledgement";
/// The outcome of a receipt that became a case.
const OPENED: &str = "case";
/// The outcome of a receipt about a name of others.
const NOT_OURS: &str = "not-ours";
/// One day.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What was said at a step: why, and for a decision what was weighed against what (DSC-5). Sealed; Debug prints none of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseWords {
    /// Why.
    pub reason: String,
    /// The balancing test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balancing: Option<String>,
}

impl std::fmt::Debug for CaseWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CaseWords([personal data])")
    }
}

/// What the ledger keeps of a step.
#[derive(Serialize)]
struct Noted<'a> {
    kind: CaseKind,
    name: &'a str,
    state: CaseState,
}

/// Begins the case of a form about a name of ours and acknowledges it; keeps a receipt in any case. None where the name is not ours.
pub(super) fn begin(
    work: &mut Work<'_, '_>,
    receipt: ReceiptId,
    posted_at: Timestamp,
    form: &Form,
    profile: Option<CaseProfile>,
    rules: &DeskRules,
) -> Result<Option<CaseId>, Failure> {
    let from = outsider(form)?;
    let is_ours = registrations::find_latest(work.tx, from.domain)?.is_some();
    let sender = blind_sender(work.tx, work.registrar, from.email)?;
    let (_, of_sender) = desk::count_receipts(work.tx, from.domain, &sender, since(work.now), OPENED)?;
    let outcome = if is_ours { OPENED } else { NOT_OURS };
    let name = is_ours.then_some(from.domain);
    keep_receipt(work, receipt, posted_at, form.kind(), name, Some(sender), outcome)?;
    if !is_ours {
        return Ok(None);
    }
    let kind = if form.kind() == FormKind::Disclosure { CaseKind::Disclosure } else { CaseKind::Inaccuracy };
    let id = CaseId::new(work.now, &mut work.draw());
    // The clocks run from when it was posted, not from when it was found in the spool.
    let received_at = posted_at.min(work.now);
    let profile = profile.unwrap_or_else(|| rules.profile());
    let case = Case::received(id, kind, profile, from.domain.clone(), received_at, rules);
    let sealed = work.registrar.vault().seal(work.tx, &id.to_string(), &content_place(&id.to_string()), form)?;
    desk::insert_case(work.tx, &case, receipt, &sealed)?;
    log(work, &case, "received", None)?;
    if of_sender < ACKNOWLEDGEMENTS_A_DAY {
        acknowledge(work, &case, receipt, form)?;
    }
    Ok(Some(id))
}

/// DSC-3: the sender is told, and the clock of the answer begins.
pub(super) fn acknowledge(work: &mut Work<'_, '_>, case: &Case, receipt: ReceiptId, form: &Form) -> Result<(), Failure> {
    let row = get(work.tx, case.id)?;
    let after = policy::desk::decide(&row.case, &CaseCommand::Acknowledge, work.actor, work.now)?;
    let letter = text::acknowledgement(&after, receipt, form, work.registrar.notices())?;
    order_letter(work, case.id, ACKNOWLEDGEMENT, &letter)?;
    change(work, &after, row.version, CaseCommand::Acknowledge.word(), None)
}

/// Stores a case as a command left it, with the step in its log and the entry in the ledger.
pub(super) fn change(work: &mut Work<'_, '_>, case: &Case, version: u64, word: &str, words: Option<&CaseWords>) -> Result<(), Failure> {
    let keep_until = case.closed_at.map(|at| add_years(at, KEEP_CASE_YEARS));
    desk::update_case(work.tx, case, version, keep_until, work.now)?;
    log(work, case, word, words)
}

/// Appends a step to the log of a case.
pub(super) fn log(work: &mut Work<'_, '_>, case: &Case, word: &str, words: Option<&CaseWords>) -> Result<(), Failure> {
    let (id, seq) = (case.id.to_string(), desk::next_step(work.tx, case.id)?);
    let place = step_place(&id, seq);
    let sealed = words.map(|words| work.registrar.vault().seal(work.tx, &id, &place, words)).transpose()?;
    let who = ledger_name(work.actor);
    desk::append_step(work.tx, case.id, &StepRow { seq, at: work.now, actor: who.clone(), word: word.to_owned(), sealed })?;
    let noted = Noted { kind: case.kind, name: case.name.as_str(), state: case.state };
    note(work.tx, work.registrar, &who, &id, &format!("case-{word}"), &noted, work.now)
}

/// What was said at a step; none where nothing was.
pub(super) fn words_of(tx: &mut Tx<'_>, registrar: &Registrar, case: CaseId, step: &StepRow) -> Result<Option<CaseWords>, Failure> {
    let id = case.to_string();
    let open = |sealed: &Vec<u8>| registrar.vault().open(tx, &id, &step_place(&id, step.seq), sealed);
    Ok(step.sealed.as_ref().map(open).transpose()?)
}

/// The newest step of a word, with what was said.
pub(super) fn last_words(tx: &mut Tx<'_>, registrar: &Registrar, case: CaseId, word: &str) -> Result<Option<CaseWords>, Failure> {
    match desk::list_steps(tx, case)?.into_iter().rev().find(|step| step.word == word) {
        Some(step) => words_of(tx, registrar, case, &step),
        None => Ok(None),
    }
}

/// A case.
pub(super) fn get(tx: &mut Tx<'_>, id: CaseId) -> Result<CaseRow, Failure> {
    desk::find_case(tx, id)?.ok_or_else(|| {
        Refusal::new("case.unknown", "DSC-4", format!("there is no case `{id}`")).hint("list the cases to see their ids").into()
    })
}

/// What was sent.
pub(super) fn open_form(tx: &mut Tx<'_>, registrar: &Registrar, row: &CaseRow) -> Result<Form, Failure> {
    let id = row.case.id.to_string();
    Ok(registrar.vault().open(tx, &id, &content_place(&id), &row.sealed)?)
}

/// Seals a letter and puts it into the queue.
pub(super) fn order_letter(work: &mut Work<'_, '_>, case: CaseId, kind: &str, letter: &Letter) -> Result<(), Failure> {
    let id = LetterId::new(work.now, &mut work.draw());
    let row = id.to_string();
    let sealed = work.registrar.vault().seal(work.tx, &case.to_string(), &letter_place(&row), letter)?;
    desk::insert_letter(work.tx, &LetterRow { id, case, kind: kind.to_owned(), ordered_at: work.now, sealed })?;
    Ok(())
}

/// Keeps the receipt of a form.
pub(super) fn keep_receipt(
    work: &mut Work<'_, '_>,
    id: ReceiptId,
    posted_at: Timestamp,
    form: FormKind,
    name: Option<&DomainName>,
    sender: Option<[u8; 16]>,
    outcome: &str,
) -> Result<(), Failure> {
    let keep_until = work.now.saturating_add(DAY * i32::try_from(KEEP_RECEIPT_DAYS).unwrap_or(i32::MAX)).unwrap_or(Timestamp::MAX);
    let receipt = Receipt { id, form, name, sender, posted_at, outcome, keep_until };
    if desk::insert_receipt(work.tx, &receipt)? {
        return Ok(());
    }
    Err(Fault::words(format!("the receipt {id} was taken before")).into())
}

/// Who sent the form of a case. Every such form names them.
pub(super) fn outsider(form: &Form) -> Result<Outsider<'_>, Fault> {
    form.outsider().ok_or_else(|| Fault::words(format!("the form `{}` has no sender", form.kind().word())))
}

/// Senders are counted by a blind index, and not named.
pub(super) fn blind_sender(tx: &mut Tx<'_>, registrar: &Registrar, email: &Email) -> Result<[u8; 16], Failure> {
    Ok(registrar.vault().blind_index(tx, "receipt.sender", &email.as_str().to_lowercase())?)
}

/// The beginning of the last 24 hours.
pub(super) fn since(now: Timestamp) -> Timestamp {
    now.saturating_sub(DAY).unwrap_or(Timestamp::MIN)
}

/// DSC-6: what has been kept long enough goes, with its key.
pub(crate) fn purge_cases(tx: &mut Tx<'_>, registrar: &Registrar, now: Timestamp, limit: u32) -> Result<u64, Failure> {
    let over = desk::list_over(tx, now, limit)?;
    for case in &over {
        desk::remove_case(tx, *case)?;
        registrar.vault().destroy(tx, &case.to_string(), now)?;
    }
    Ok(over.len() as u64 + desk::purge_receipts(tx, now, limit)?)
}

fn content_place(row: &str) -> Place<'_> {
    Place { table: "desk_case", column: "sealed", row, version: 0 }
}

fn step_place(row: &str, seq: u64) -> Place<'_> {
    Place { table: "desk_step", column: "sealed", row, version: seq }
}

pub(super) fn letter_place(row: &str) -> Place<'_> {
    Place { table: "desk_letter", column: "sealed", row, version: 0 }
}
