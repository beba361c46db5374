//! List notices with what became of them: of one name, or of all, the newest first.

use model::{DomainName, NoticeId, Timestamp};
use policy::{NoticeKind, Permission};
use serde::Serialize;
use store::notices::{self, NoticeFilter, NoticeRow};
use store::registrations;

use crate::authorised::NeedsPermission;
use crate::execute::Subject;
use crate::failure::Failure;
use crate::order::Target;
use crate::page::{Page, PageRequest};
use crate::use_case::{Question, Work};

/// List notices.
#[derive(Clone, Debug, Default)]
pub struct ListNotices {
    /// Only about this name, in the order they were decided; the others do not count then.
    pub name: Option<DomainName>,
    /// Which.
    pub filter: NoticeFilter,
    /// Which part of the list, by id.
    pub page: PageRequest<NoticeId>,
}

/// One notice in a list. No personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NoticeEntry {
    /// Identity.
    pub id: NoticeId,
    /// The name it is about.
    pub name: Option<DomainName>,
    /// What it says.
    pub kind: NoticeKind,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// When it left.
    pub carried_at: Option<Timestamp>,
    /// In which language (BCP 47).
    pub language: Option<String>,
    /// What became of it: `waiting`, `carried`, `delayed`, `bounced-soft`, `bounced-hard`, `refused`.
    pub outcome: &'static str,
    /// When that was known.
    pub outcome_at: Option<Timestamp>,
    /// Why, as a code.
    pub reason: Option<String>,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// When it is tried again, if it waits for that.
    pub next_try_at: Option<Timestamp>,
}

impl NeedsPermission for ListNotices {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for ListNotices {
    type Answer = Page<NoticeEntry, NoticeId>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Self::Answer, Failure> {
        if let Some(name) = &self.name {
            let subject = Subject::load(work.tx, work.registrar, &Target::Named(name.clone()))?;
            let rows = subject.registration.map(|registration| notices::list_of(work.tx, registration.id)).transpose()?;
            let items = rows.unwrap_or_default().into_iter().map(|row| entry(row, Some(name.clone()))).collect();
            return Ok(Page { items, next: None });
        }
        let rows = notices::list(work.tx, self.filter, self.page.after, self.page.limit_and_one())?;
        let (rows, next) = self.page.cut(rows, |row| row.order.id);
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let name = registrations::find(work.tx, row.order.domain)?.map(|registration| registration.name);
            items.push(entry(row, name));
        }
        Ok(Page { items, next })
    }
}

/// A row as it is listed.
pub(super) fn entry(row: NoticeRow, name: Option<DomainName>) -> NoticeEntry {
    NoticeEntry {
        id: row.order.id,
        name,
        kind: row.order.kind,
        ordered_at: row.order.decided_at,
        carried_at: row.carried_at,
        language: row.language,
        outcome: row.outcome.map_or("waiting", |(outcome, _)| outcome.word()),
        outcome_at: row.outcome.map(|(_, at)| at),
        reason: row.reason,
        attempts: row.attempts,
        next_try_at: row.next_try_at.filter(|_| row.carried_at.is_none()),
    }
}
