//! List the names in our care, by name, page by page: a million of them are never in memory at once.

use model::{DomainId, DomainName, RegistryId, Timestamp};
use policy::{Permission, Phase, Registration};
use serde::Serialize;
use store::registrations;

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::page::{Page, PageRequest};
use crate::use_case::{Question, Work};

pub use store::registrations::DomainFilter;

/// List names.
#[derive(Clone, Debug, Default)]
pub struct ListDomains {
    /// Which names.
    pub filter: DomainFilter,
    /// Which part of the list. A name can have had several lives, so the key is name and id.
    pub page: PageRequest<(DomainName, DomainId)>,
}

/// One name in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DomainLine {
    /// Identity.
    pub id: DomainId,
    /// The name.
    pub name: DomainName,
    /// The registry that holds it.
    pub registry: RegistryId,
    /// Where it is in its life.
    pub phase: Phase,
    /// The end of the term that the registrant has.
    pub expires_at: Option<Timestamp>,
    /// Whether it is to be renewed.
    pub auto_renew: bool,
    /// Whether it expired and is neither renewed nor deleted.
    pub is_expired: bool,
    /// Client statuses wanted, as EPP words.
    pub statuses: Vec<String>,
    /// Intents that are not settled.
    pub open_intents: usize,
    /// Elements that differ at the registry and wait for a decision.
    pub drift: Vec<String>,
}

impl From<Registration> for DomainLine {
    fn from(registration: Registration) -> Self {
        Self {
            id: registration.id,
            name: registration.name,
            registry: registration.registry,
            phase: registration.phase,
            expires_at: registration.expires_at,
            auto_renew: registration.auto_renew,
            is_expired: registration.expiry.is_some(),
            statuses: registration.desired.statuses.wanted().map(|status| status.to_string()).collect(),
            open_intents: registration.open_intents.len(),
            drift: registration.drift.into_iter().collect(),
        }
    }
}

impl NeedsPermission for ListDomains {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for ListDomains {
    type Answer = Page<DomainLine, (DomainName, DomainId)>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Self::Answer, Failure> {
        let rows = registrations::list(work.tx, &self.filter, self.page.after.clone(), self.page.limit_and_one())?;
        let (rows, next) = self.page.cut(rows, |row| (row.name.clone(), row.id));
        Ok(Page { items: rows.into_iter().map(DomainLine::from).collect(), next })
    }
}
