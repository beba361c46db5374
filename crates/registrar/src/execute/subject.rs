//! What a command is about: the registration, if there is one, and the rules of its TLD.

use model::{DomainName, RegistryId};
use policy::profile::TldProfile;
use policy::{Refusal, Registration};
use store::{Tx, registrations};

use crate::failure::{Failure, Fault};
use crate::order::Target;
use crate::registrar::Registrar;

/// A registration with its surroundings, as read in the open transaction.
pub(crate) struct Subject<'r> {
    /// The name.
    pub(crate) name: DomainName,
    /// The registration; none until a command begins one.
    pub(crate) registration: Option<Registration>,
    /// The rules of its TLD.
    pub(crate) profile: &'r TldProfile,
}

impl<'r> Subject<'r> {
    /// Reads the target of an order.
    pub(crate) fn load(tx: &mut Tx<'_>, registrar: &'r Registrar, target: &Target) -> Result<Self, Failure> {
        match target {
            Target::New(name) => {
                let profile = served(registrar, name)?;
                refuse_second(tx, name)?;
                Ok(Self { name: name.clone(), registration: None, profile })
            }
            Target::Existing(id) => {
                let missing = || store::StoreFault::Missing { what: format!("registration {id}") };
                let registration = registrations::find(tx, *id)?.ok_or_else(missing)?;
                Self::of(registrar, registration)
            }
            Target::Named(name) => Self::of(registrar, named(tx, name)?),
        }
    }

    /// A registration that was read already.
    pub(crate) fn of(registrar: &'r Registrar, registration: Registration) -> Result<Self, Failure> {
        let profile = registrar.profile_of(&registration.name).ok_or_else(|| {
            Fault::words(format!("no profile serves `{}`, which is in our care; put the profile of its registry back", registration.name))
        })?;
        Ok(Self { name: registration.name.clone(), profile, registration: Some(registration) })
    }

    /// The registry that holds the name.
    pub(crate) fn registry(&self) -> &'r RegistryId {
        &self.profile.registry
    }
}

/// The registration of a name: the open one, or the last that there was, so that the rules can say what became of it.
fn named(tx: &mut Tx<'_>, name: &DomainName) -> Result<Registration, Failure> {
    registrations::find_latest(tx, name)?.ok_or_else(|| {
        Refusal::new("domain.unknown", "RFC 5730 3", format!("`{name}` is not in our care"))
            .hint("check the spelling, or register it or transfer it in first")
            .into()
    })
}

/// RFC 5731 section 2.1: only names directly below a TLD that we are accredited for.
pub(crate) fn served<'r>(registrar: &'r Registrar, name: &DomainName) -> Result<&'r TldProfile, Failure> {
    registrar.profile_of(name).ok_or_else(|| {
        let tlds: Vec<&str> = registrar.registries().flat_map(|registry| &registry.tlds).map(|tld| tld.name.as_str()).collect();
        let served = if tlds.is_empty() { "none yet; add the profile of a registry".to_owned() } else { tlds.join(", ") };
        Refusal::new("tld.not_served", "RFC 5731 2.1", format!("`{name}` is not directly below a TLD that we serve"))
            .hint(format!("the TLDs served are: {served}"))
            .into()
    })
}

/// A name has at most one open registration.
fn refuse_second(tx: &mut Tx<'_>, name: &DomainName) -> Result<(), Failure> {
    match registrations::find_open(tx, name)? {
        None => Ok(()),
        Some(open) => {
            let sentence = format!("`{name}` is in our care already: it is {}", open.phase.word());
            Err(Refusal::new("domain.held", "RFC 5731 2.1", sentence).hint(format!("see `namekeep domain info {name}`")).into())
        }
    }
}
