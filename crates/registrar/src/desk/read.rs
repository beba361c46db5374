//! Read the cases, one case with everything that was sent and said, and the log of what came by the forms (RDP-15, DSC-6).

use model::{CaseId, DomainName, ReceiptId, Timestamp};
use policy::Permission;
use policy::desk::{Case, CaseDue, CaseKind, Form};
use serde::Serialize;
use store::desk::{self, LetterLine, ReceiptRow};

use super::case::{CaseWords, get, open_form, words_of};
use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::page::{Page, PageRequest};
use crate::use_case::{Question, Work};

/// Receipts of one name that are listed at most.
const RECEIPTS: u32 = 200;

/// List cases of a kind: those that are owed, the one due first first; or all, the oldest first, page by page.
#[derive(Clone, Debug)]
pub struct ListCases {
    /// Of which kind.
    pub kind: CaseKind,
    /// Closed ones too.
    pub with_closed: bool,
    /// Which part; without the closed ones there is one page.
    pub page: PageRequest<(Timestamp, CaseId)>,
}

impl NeedsPermission for ListCases {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for ListCases {
    type Answer = Page<Case, (Timestamp, CaseId)>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Self::Answer, Failure> {
        if !self.with_closed {
            return Ok(Page { items: desk::list_owed(work.tx, self.kind, self.page.limit())?, next: None });
        }
        let rows = desk::list_cases(work.tx, self.kind, self.page.after, self.page.limit_and_one())?;
        let (items, next) = self.page.cut(rows, |case| (case.received_at, case.id));
        Ok(Page { items, next })
    }
}

/// Show a case with what was sent and said.
#[derive(Clone, Copy, Debug)]
pub struct ShowCase {
    /// Which.
    pub case: CaseId,
}

/// A case as whoever works on it sees it.
#[derive(Serialize)]
pub struct CaseView {
    /// The case.
    pub case: Case,
    /// What is owed next.
    pub due: Option<CaseDue>,
    /// The receipt it came with.
    pub receipt: ReceiptId,
    /// What was sent.
    pub form: Form,
    /// What was done.
    pub steps: Vec<StepView>,
    /// The letters that were ordered.
    pub letters: Vec<LetterLine>,
}

/// One step of a case.
#[derive(Serialize)]
pub struct StepView {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What.
    pub word: String,
    /// What was said.
    pub words: Option<CaseWords>,
}

impl NeedsPermission for ShowCase {
    fn permission(&self) -> Permission {
        Permission::WorkDesk
    }
}

impl Question for ShowCase {
    type Answer = CaseView;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<CaseView, Failure> {
        let row = get(work.tx, self.case)?;
        let form = open_form(work.tx, work.registrar, &row)?;
        let mut steps = Vec::new();
        for step in desk::list_steps(work.tx, self.case)? {
            let words = words_of(work.tx, work.registrar, self.case, &step)?;
            steps.push(StepView { at: step.at, actor: step.actor, word: step.word, words });
        }
        let letters = desk::list_letters(work.tx, self.case)?;
        Ok(CaseView { due: row.case.due(), receipt: row.receipt, form, steps, letters, case: row.case })
    }
}

/// List what came by the forms about one of our names: when, by which form, what came of it. Nothing of what was written, nor by whom.
#[derive(Clone, Debug)]
pub struct ListReceipts {
    /// About which name.
    pub name: DomainName,
}

impl NeedsPermission for ListReceipts {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for ListReceipts {
    type Answer = Vec<ReceiptRow>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Self::Answer, Failure> {
        Ok(desk::list_receipts(work.tx, &self.name, RECEIPTS)?)
    }
}
