//! What is kept of a deposit, and what the ledger says of it.

use escrow::deposit::Manifest;
use model::{DepositId, Timestamp};
use policy::{Permission, Refusal};
use serde::Serialize;
use store::deposits::{self, DepositRow, Verdict};

use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::{Failure, Fault};
use crate::registry::alarm::{self, Raised};
use crate::use_case::{Question, UseCase, Work};

/// Longest answer of an agent that is kept, in characters.
const WORDS_CHARS: usize = 2000;

/// Subject of the ledger's entries.
const SUBJECT: &str = "deposit";

/// The alarm that the agent rejected a deposit.
pub(super) const REJECTED_ALARM: &str = "deposit-rejected";

/// Leave to write, send and read deposits.
#[derive(Clone, Copy, Debug)]
pub struct RunDeposit;

impl NeedsPermission for RunDeposit {
    fn permission(&self) -> Permission {
        Permission::RunDeposit
    }
}

/// A deposit as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct DepositEntry {
    /// Identity.
    pub id: DepositId,
    /// `full` or `inc`.
    pub kind: String,
    /// The instant of the state that it holds.
    pub watermark: Timestamp,
    /// Names in it.
    pub names: u64,
    /// Cells that had to be filled and are empty.
    pub gaps: u64,
    /// When all of it lay at the agent's.
    pub sent_at: Option<Timestamp>,
    /// Tries to send it.
    pub tries: u32,
    /// What the last try that failed said.
    pub last_fault: Option<String>,
    /// When it is tried next.
    pub next_try_at: Option<Timestamp>,
    /// Whether the agent accepted it; none while it has not answered.
    pub is_accepted: Option<bool>,
    /// The agent's words.
    pub verdict: Option<String>,
}

impl From<DepositRow> for DepositEntry {
    fn from(row: DepositRow) -> Self {
        let DepositRow { id, kind, watermark, names, gaps, tries, last_fault, next_try_at, sent_at, verdict, .. } = row;
        let is_accepted = verdict.as_ref().map(|verdict| verdict.is_accepted);
        let verdict = verdict.map(|verdict| verdict.words);
        Self { id, kind, watermark, names, gaps, sent_at, tries, last_fault, next_try_at, is_accepted, verdict }
    }
}

/// What the ledger keeps of a deposit that was written: enough to know each file by.
#[derive(Serialize)]
struct Noted<'a> {
    deposit: DepositId,
    kind: &'a str,
    watermark: Timestamp,
    names: u64,
    files: Vec<(&'a str, &'a str)>,
}

/// Keep a deposit whose files are whole.
#[derive(Clone, Debug)]
pub(super) struct KeepDeposit {
    pub id: DepositId,
    pub manifest: Manifest,
    pub gaps: u64,
}

impl NeedsPermission for KeepDeposit {
    fn permission(&self) -> Permission {
        Permission::RunDeposit
    }
}

impl UseCase for KeepDeposit {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        let Self { id, manifest, gaps } = self;
        let json = serde_json::to_string(manifest).map_err(|error| Fault::new("the account of a deposit cannot be written", &error))?;
        let row = DepositRow {
            id: *id,
            kind: manifest.kind.clone(),
            watermark: manifest.watermark,
            names: manifest.names,
            gaps: *gaps,
            manifest: json,
            written_at: work.now,
            tries: 0,
            last_fault: None,
            next_try_at: None,
            sent_at: None,
            verdict: None,
        };
        deposits::insert(work.tx, &row)?;
        let files = manifest.files.iter().map(|file| (file.plain_name.as_str(), file.plain_sha256.as_str())).collect();
        let noted = Noted { deposit: *id, kind: &manifest.kind, watermark: manifest.watermark, names: manifest.names, files };
        note(work.tx, work.registrar, &ledger_name(work.actor), SUBJECT, "deposit-written", &noted, work.now)
    }
}

/// What the ledger keeps of a deposit that was sent.
#[derive(Serialize)]
struct NotedSent {
    deposit: DepositId,
}

/// All of a deposit lies at the agent's.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoteSent {
    pub id: DepositId,
}

impl NeedsPermission for NoteSent {
    fn permission(&self) -> Permission {
        Permission::RunDeposit
    }
}

impl UseCase for NoteSent {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        if !deposits::note_sent(work.tx, self.id, work.now)? {
            return Ok(());
        }
        if let Some(row) = deposits::find(work.tx, self.id)? {
            deposits::remove_unsent_before(work.tx, row.watermark)?;
        }
        note(work.tx, work.registrar, &ledger_name(work.actor), SUBJECT, "deposit-sent", &NotedSent { deposit: self.id }, work.now)
    }

    fn goes_on_while_frozen(&self) -> bool {
        true
    }
}

/// What the agent said of a deposit (ESC-7).
#[derive(Clone, Debug)]
pub struct NoteVerdict {
    /// Which.
    pub id: DepositId,
    /// Whether it was accepted.
    pub is_accepted: bool,
    /// The agent's words.
    pub words: String,
}

/// What the ledger keeps of it.
#[derive(Serialize)]
struct NotedVerdict<'a> {
    deposit: DepositId,
    is_accepted: bool,
    words: &'a str,
}

impl NeedsPermission for NoteVerdict {
    fn permission(&self) -> Permission {
        Permission::RunDeposit
    }
}

impl UseCase for NoteVerdict {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        let unknown = || Refusal::new("deposit.unknown", "ESC-7", format!("there is no deposit `{}`", self.id));
        let row = deposits::find(work.tx, self.id)?.ok_or_else(unknown)?;
        if row.sent_at.is_none() {
            let sentence = format!("the deposit `{}` was never sent, so the agent cannot have answered it", self.id);
            return Err(Refusal::new("deposit.unsent", "ESC-7", sentence).hint("`namekeep escrow status` lists the deposits").into());
        }
        let words: String = self.words.chars().filter(|c| !c.is_control()).take(WORDS_CHARS).collect();
        let verdict = Verdict { is_accepted: self.is_accepted, words, at: work.now };
        deposits::note_verdict(work.tx, self.id, &verdict)?;
        if self.is_accepted {
            alarm::clear(work.tx, REJECTED_ALARM)?;
        } else {
            let sentence = format!(
                "the agent rejected the deposit of {}: {}; mend what it names and run `namekeep escrow run`",
                row.watermark, verdict.words
            );
            alarm::raise(work.tx, &Raised { key: REJECTED_ALARM.to_owned(), registry: None, sentence }, work.now)?;
        }
        let noted = NotedVerdict { deposit: self.id, is_accepted: self.is_accepted, words: &verdict.words };
        note(work.tx, work.registrar, &ledger_name(work.actor), SUBJECT, "deposit-answered", &noted, work.now)
    }

    fn goes_on_while_frozen(&self) -> bool {
        true
    }
}

/// Deposits, the newest first.
#[derive(Clone, Copy, Debug)]
pub struct ListDeposits {
    /// At most this many.
    pub limit: u32,
}

impl NeedsPermission for ListDeposits {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for ListDeposits {
    type Answer = Vec<DepositEntry>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Vec<DepositEntry>, Failure> {
        let rows = deposits::list(work.tx, Timestamp::MAX, self.limit)?;
        Ok(rows.into_iter().map(DepositEntry::from).collect())
    }
}
