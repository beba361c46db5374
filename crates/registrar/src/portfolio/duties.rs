//! What is due: the duties, by their hard due, page by page.

use model::{DomainName, DutyId, Timestamp};
use policy::{Duty, Permission};
use serde::Serialize;
use store::{duties, registrations};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::page::{Page, PageRequest};
use crate::use_case::{Question, Work};

pub use store::duties::{DutyFilter, OWED};

/// List duties.
#[derive(Clone, Debug, Default)]
pub struct ListDuties {
    /// Which duties.
    pub filter: DutyFilter,
    /// Which part of the list, by hard due and id.
    pub page: PageRequest<(Timestamp, DutyId)>,
}

/// One duty in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DutyLine {
    /// The name it is owed for.
    pub name: Option<DomainName>,
    /// The duty.
    #[serde(flatten)]
    pub duty: Duty,
}

/// How many duties are lapsed: not done by the contract's limit, and not done since.
#[derive(Clone, Copy, Debug, Default)]
pub struct CountLapsed;

impl NeedsPermission for CountLapsed {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for CountLapsed {
    type Answer = u64;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<u64, Failure> {
        Ok(duties::count_by_state(work.tx)?.get("lapsed").copied().unwrap_or(0))
    }
}

impl NeedsPermission for ListDuties {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for ListDuties {
    type Answer = Page<DutyLine, (Timestamp, DutyId)>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Self::Answer, Failure> {
        let rows = duties::list(work.tx, &self.filter, self.page.after, self.page.limit_and_one())?;
        let (rows, next) = self.page.cut(rows, |row| (row.hard_due, row.id));
        let mut items = Vec::with_capacity(rows.len());
        for duty in rows {
            let name = registrations::find(work.tx, duty.subject)?.map(|registration| registration.name);
            items.push(DutyLine { name, duty });
        }
        Ok(Page { items, next })
    }
}
