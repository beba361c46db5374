//! Everything we know of one name: the registration whole, what is on its way, its duties, charges and notices.

use model::{DomainName, NoticeId, Timestamp};
use policy::{Charge, Duty, NoticeKind, Permission, Registration};
use serde::Serialize;
use store::{charges, duties, notices};

use crate::authorised::NeedsPermission;
use crate::execute::Subject;
use crate::failure::Failure;
use crate::order::Target;
use crate::settlement::Settlement;
use crate::use_case::{Question, Work};

/// Look at one name: its open registration, or the last one it had.
#[derive(Clone, Debug)]
pub struct DomainInfo {
    /// The name.
    pub name: DomainName,
}

/// One name in full.
#[derive(Clone, Debug, Serialize)]
pub struct DomainView {
    /// The registration: desired and actual side by side.
    pub registration: Registration,
    /// When the clock has something to do for it next.
    pub next_due: Option<Timestamp>,
    /// Intents that are not settled, in the order they were decided.
    pub intents: Vec<Settlement>,
    /// Its duties, the earliest due first.
    pub duties: Vec<Duty>,
    /// What it cost.
    pub charges: Vec<Charge>,
    /// Notices ordered and carried.
    pub notices: Vec<NoticeLine>,
}

/// One notice of a name. The text is sealed; this is that it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NoticeLine {
    /// Identity; also the name of its message file.
    pub id: NoticeId,
    /// What it says.
    pub kind: NoticeKind,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// When it was handed to the mail system.
    pub carried_at: Option<Timestamp>,
}

impl NeedsPermission for DomainInfo {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for DomainInfo {
    type Answer = DomainView;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<DomainView, Failure> {
        let subject = Subject::load(work.tx, work.registrar, &Target::Named(self.name.clone()))?;
        let registration =
            subject.registration.ok_or_else(|| store::StoreFault::Missing { what: format!("registration of {}", self.name) })?;
        let open: Vec<_> = registration.open_intents.iter().map(|open| open.id).collect();
        Ok(DomainView {
            next_due: registration.next_due(subject.profile),
            intents: open.into_iter().map(|id| crate::settlement::settlement(work.tx, id)).collect::<Result<_, _>>()?,
            duties: duties::list_of(work.tx, registration.id)?,
            charges: charges::list_of(work.tx, registration.id)?,
            notices: notices::list_of(work.tx, registration.id)?.into_iter().map(NoticeLine::from).collect(),
            registration,
        })
    }
}

impl From<notices::NoticeRow> for NoticeLine {
    fn from(row: notices::NoticeRow) -> Self {
        Self { id: row.order.id, kind: row.order.kind, ordered_at: row.order.decided_at, carried_at: row.carried_at }
    }
}
