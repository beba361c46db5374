//! The registry's word for what a restore lost: a name that changed after the recovery point is taken as it is there, and a name that only
//! the registry knows is taken on. Both are entries of the ledger under the name of whoever ran the reconciliation.

use std::collections::BTreeSet;

use model::{ContactId, ContactRole, DomainId, Timestamp};
use policy::command::AdoptDomain;
use policy::{Actual, DomainCommand, Permission, Refusal, Registration, drift};
use serde::Serialize;
use store::recovery::{self, Freeze};
use store::{Tx, contacts, registrations};

use crate::actor::{self, ledger_name};
use crate::authorised::NeedsPermission;
use crate::contact::{open_contact, place};
use crate::execute::note;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::registrar::Registrar;
use crate::use_case::{UseCase, Work};

/// How far a registry's clock may be behind ours where it dates what it did, in seconds.
const SKEW_SECONDS: i64 = policy::calendar::CLOCK_SKEW_MINUTES * 60;

/// Take what differs of a name as the registry has it, if the registry's word is newer than the recovery point.
#[derive(Clone, Copy, Debug)]
pub struct TakeRegistryTruth {
    /// The registration.
    pub domain: DomainId,
}

impl NeedsPermission for TakeRegistryTruth {
    fn permission(&self) -> Permission {
        Permission::ResolveDrift
    }
}

impl UseCase for TakeRegistryTruth {
    type Answer = BTreeSet<String>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<BTreeSet<String>, Failure> {
        let missing = || store::StoreFault::Missing { what: format!("registration {}", self.domain) };
        let registration = registrations::find(work.tx, self.domain)?.ok_or_else(missing)?;
        let Some(freeze) = recovery::find_freeze(work.tx)? else {
            return Err(Refusal::new("recovery.not-frozen", "END-5", "the instance is not frozen").into());
        };
        if let Some(why) = unexplained(&registration, &freeze) {
            return Err(Refusal::new("recovery.unexplained", "DRIFT", format!("`{}`: {why}", registration.name))
                .hint(format!("decide: `namekeep registry reconcile --name {}` with `--accept` or `--push`", registration.name))
                .into());
        }
        work.order(DomainOrder::new(Target::Existing(self.domain), DomainCommand::AcceptActual))?;
        Ok(registration.drift)
    }
}

/// Why the recovery point does not explain the difference; none where it does.
fn unexplained(registration: &Registration, freeze: &Freeze) -> Option<String> {
    if registration.drift.contains(drift::EXISTENCE) {
        return Some("the registry does not know the name".to_owned());
    }
    let Some(actual) = &registration.actual else {
        return Some("the registry was not asked".to_owned());
    };
    if registration.drift.contains(drift::PHASE) {
        return Some("it is being deleted or transferred at the registry".to_owned());
    }
    let longer = registration.expires_at.zip(actual.expires_at).is_some_and(|(ours, theirs)| theirs > ours);
    if longer && registration.drift.iter().all(|element| element == drift::EXPIRY) {
        // Nobody but the sponsor renews, and a registry does not take a year away by itself.
        return None;
    }
    let Some(point) = freeze.point else {
        return Some("it differs, and no recovery point is known that could explain it".to_owned());
    };
    let changed_at = actual.updated_at.max(actual.transferred_at).max(actual.created_at);
    let skew = jiff::SignedDuration::from_secs(SKEW_SECONDS);
    let explains = |at: Timestamp| at.saturating_add(skew).is_ok_and(|at| at >= point);
    if changed_at.is_some_and(explains) {
        return None;
    }
    Some(format!("it differs, and the registry has not changed it since the recovery point {point}"))
}

/// Take on a name that the registry holds for us and our records do not hold.
#[derive(Clone, Debug)]
pub struct AdoptName {
    /// What the name is, and what a record says of it.
    pub adoption: AdoptDomain,
    /// What the registry says of it, where it was asked already.
    pub actual: Option<Box<Actual>>,
}

impl NeedsPermission for AdoptName {
    fn permission(&self) -> Permission {
        Permission::ResolveDrift
    }
}

impl UseCase for AdoptName {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let mut adoption = self.adoption.clone();
        if let (Some(actual), Some(profile)) = (&self.actual, work.registrar.profile_of(&adoption.name)) {
            // Contacts that we hold under the handles that the registry names.
            for (role, handle) in &actual.contacts {
                let Some(contact) = contacts::find_by_handle(work.tx, &profile.registry, handle)? else { continue };
                match role {
                    ContactRole::Registrant => adoption.registrant = adoption.registrant.or(Some(contact)),
                    role => drop(adoption.contacts.entry(*role).or_insert(contact)),
                }
            }
        }
        work.order(DomainOrder::new(Target::New(adoption.name.clone()), DomainCommand::Adopt(adoption)))
    }
}

/// A record names contacts by who they are, the registry by its handles: at the first look at a name that was taken on, each contact of the
/// record gets the handle that the registry has for its role, unless somebody has that already. Where the contact has another one there, the
/// registry tells two people apart whom the record could not: the second becomes a contact of its own with the same data.
pub(crate) fn learn_handles(tx: &mut Tx<'_>, registrar: &Registrar, domain: DomainId, actual: &Actual) -> Result<(), Failure> {
    let Some(registration) = registrations::find(tx, domain)?.filter(|registration| registration.is_adopting) else { return Ok(()) };
    let (registry, now) = (&registration.registry, registrar.now());
    for (role, handle) in &actual.contacts {
        let named = match role {
            ContactRole::Registrant => registration.registrant,
            role => registration.desired.contacts.get(role).copied(),
        };
        let Some(contact) = named else { continue };
        if contacts::find_by_handle(tx, registry, handle)?.is_some() {
            continue;
        }
        let has_another = !contacts::list_handles(tx, registry, &BTreeSet::from([contact]))?.is_empty();
        let whose = if has_another { copy(tx, registrar, contact)? } else { Some(contact) };
        if let Some(whose) = whose {
            contacts::set_handle(tx, registry, whose, handle, now)?;
        }
    }
    Ok(())
}

/// The same data as a contact of its own; none if no data is left.
fn copy(tx: &mut Tx<'_>, registrar: &Registrar, of: ContactId) -> Result<Option<ContactId>, Failure> {
    let Some(contact) = open_contact(tx, registrar, of)? else { return Ok(None) };
    let (now, id) = (registrar.now(), ContactId::new(registrar.now(), &mut registrar.draw()));
    let owner = id.to_string();
    let sealed = registrar.vault().seal(tx, &owner, &place(&owner, 1), &contact)?;
    contacts::insert(tx, id, &sealed, now)?;
    let who = ledger_name(&actor::gate());
    note(tx, registrar, &who, &owner, "contact-adopted", &Copied { contact: id, same_as: of }, now)?;
    Ok(Some(id))
}

/// What the ledger keeps of a contact that was told apart.
#[derive(Serialize)]
struct Copied {
    contact: ContactId,
    same_as: ContactId,
}
