//! Work on a case: one command at a time, by the rules of `policy::desk`.

use model::CaseId;
use policy::desk::{Case, CaseCommand, CaseKind, Finding};
use policy::{Permission, Refusal, VerificationCause};
use store::desk::CaseRow;
use store::registrations;

use super::answer;
use super::case::{CaseWords, acknowledge, change, get, log, open_form};
use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::use_case::{UseCase, Work};
use crate::verification::doubt;

/// Longest text said at a step, in characters.
const WORDS_CHARS: usize = 10_000;

/// Give a command in a case.
#[derive(Clone, Debug)]
pub struct WorkCase {
    /// Which case.
    pub case: CaseId,
    /// Of which kind it has to be.
    pub kind: Option<CaseKind>,
    /// What to do.
    pub command: CaseCommand,
    /// Why, where a reason is needed.
    pub words: Option<CaseWords>,
}

impl NeedsPermission for WorkCase {
    fn permission(&self) -> Permission {
        Permission::WorkDesk
    }
}

impl UseCase for WorkCase {
    type Answer = Case;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Case, Failure> {
        let row = get(work.tx, self.case)?;
        require_kind(&row, self.kind)?;
        require_words(&self.command, self.words.as_ref())?;
        let after = policy::desk::decide(&row.case, &self.command, work.actor, work.now)?;
        match &self.command {
            CaseCommand::Acknowledge => {
                let form = open_form(work.tx, work.registrar, &row)?;
                acknowledge(work, &row.case, row.receipt, &form)?;
                return Ok(after);
            }
            CaseCommand::Inquire => {
                answer::inquire(work, &row)?;
                doubt_holder(work, &after, VerificationCause::Inquiry)?;
            }
            CaseCommand::Extend { .. } => answer::tell_extension(work, &row, &after, self.words.as_ref())?,
            CaseCommand::Answer => answer::send(work, &row)?,
            CaseCommand::Close { finding } => {
                if *finding == Finding::Identity {
                    doubt_holder(work, &after, VerificationCause::Doubt)?;
                }
                answer::tell_finding(work, &row, *finding)?;
            }
            CaseCommand::Note | CaseCommand::Propose { .. } | CaseCommand::Approve | CaseCommand::Refuse => {}
        }
        change(work, &after, row.version, self.command.word(), self.words.as_ref())?;
        Ok(after)
    }
}

/// Note the age recipient that a requestor gave us by a way we trust, so that the answer can be encrypted to it.
#[derive(Clone, Debug)]
pub struct SetRecipient {
    /// Which case.
    pub case: CaseId,
    /// The recipient, `age1...`.
    pub recipient: String,
}

impl NeedsPermission for SetRecipient {
    fn permission(&self) -> Permission {
        Permission::WorkDesk
    }
}

impl UseCase for SetRecipient {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        let row = get(work.tx, self.case)?;
        require_kind(&row, Some(CaseKind::Disclosure))?;
        answer::read_recipient(&self.recipient)?;
        log(work, &row.case, answer::RECIPIENT, Some(&CaseWords { reason: self.recipient.clone(), balancing: None }))
    }
}

fn require_kind(row: &CaseRow, wanted: Option<CaseKind>) -> Result<(), Refusal> {
    if wanted.is_some_and(|kind| kind != row.case.kind) {
        let sentence = format!("the case `{}` is about {}", row.case.id, row.case.kind.word());
        return Err(Refusal::new("case.kind", "DSC-4", sentence).hint("reports have `case`, requests have `disclosure`"));
    }
    Ok(())
}

/// What has to be said: why, and for a decision what was weighed (DSC-4, DSC-5).
fn require_words(command: &CaseCommand, words: Option<&CaseWords>) -> Result<(), Refusal> {
    let needs_reason = matches!(
        command,
        CaseCommand::Note | CaseCommand::Propose { .. } | CaseCommand::Refuse | CaseCommand::Extend { .. } | CaseCommand::Close { .. }
    );
    let needs_balancing = matches!(command, CaseCommand::Propose { .. } | CaseCommand::Refuse);
    let is_said = |text: &str| !text.trim().is_empty() && text.chars().count() <= WORDS_CHARS;
    if needs_reason && !words.is_some_and(|words| is_said(&words.reason)) {
        let sentence = format!("`{}` needs a reason of 1 to {WORDS_CHARS} characters", command.word());
        return Err(Refusal::new("case.reason", "DSC-5", sentence).hint("say why; it is kept sealed with the case"));
    }
    if needs_balancing && !words.and_then(|words| words.balancing.as_deref()).is_some_and(is_said) {
        return Err(Refusal::new("case.balancing", "DSC-5", "a decision says what was weighed against what")
            .hint("give the requestor's interest, the holder's rights, and which weighs more here and why"));
    }
    Ok(())
}

/// The holder is verified anew: their identity is in doubt (ACY-7), or they were asked and have 15 days to answer (ACY-8).
fn doubt_holder(work: &mut Work<'_, '_>, case: &Case, cause: VerificationCause) -> Result<(), Failure> {
    let registration = registrations::find_open(work.tx, &case.name)?;
    match registration.and_then(|registration| registration.registrant) {
        Some(holder) => doubt(work, holder, cause, &format!("case {}", case.id)),
        None => Ok(()),
    }
}
