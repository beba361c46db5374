//! Reads for people and programs: what we hold, how it stands, what is due, what it cost.

mod charges;
mod domains;
mod duties;
mod info;

pub use charges::{ChargeLine, ListCharges};
pub use domains::{DomainFilter, DomainLine, ListDomains};
pub use duties::{CountLapsed, DutyFilter, DutyLine, ListDuties, OWED};
pub use info::{DomainInfo, DomainView, NoticeLine};
