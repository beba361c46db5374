//! The stage of the demo: a world of two registries, two registrars, a cast.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use model::{ContactId, ContactRole, Currency, DomainName, Money, RegistrarHandle, RegistryId};
use policy::profile::{ContactRequirement, RegistryProfile};
use registrar::PageRequest;
use registrar::command::RegisterDomain;
use registrar::portfolio::{DomainFilter, ListCharges, ListDomains};
use sandbox::{DomainState, FaultPlan, RunningWorld, Verb, VirtualClock, World, WorldSetup};

use super::cast::Cast;
use super::house::{Accounts, House, order_of_a_year, started};
use super::public_directory::PublicDirectory;
use crate::argument;
use crate::failure::{Exit, Failure};
use crate::shipped::shipped_profiles;

/// Our account at both registries.
const OURS: &str = "NAMEKEEP";
/// The other registrar's account at both registries.
const OTHER: &str = "OTHER-REG";

/// The set stage.
pub struct Stage {
    /// The time everybody shares.
    pub clock: VirtualClock,
    /// The registrar the demo is about.
    pub ours: House,
    /// The one that names move to and from.
    pub other: House,
    /// The names the portfolio starts with.
    pub portfolio: Vec<DomainName>,
    /// A holder for names that come in.
    pub holder: ContactId,
    holders: Vec<ContactId>,
    others_holder: ContactId,
    world: RunningWorld,
    control: sandbox::control::Client,
    directory: Arc<PublicDirectory>,
}

/// Names of the tour's scenes.
pub struct NameOf;

impl NameOf {
    /// A name at the thick registry.
    pub fn thick(label: &str) -> Result<DomainName, Failure> {
        argument::domain(&format!("{label}.alpha"))
    }

    /// A name at the registry with the minimum data set.
    pub fn minimal(label: &str) -> Result<DomainName, Failure> {
        argument::domain(&format!("{label}.minimal"))
    }
}

impl Stage {
    /// Sets the stage in `folder`: everything is under it, ports move aside if taken.
    pub async fn set(folder: &Path, seed: u64, scale: u32) -> Result<Self, Failure> {
        let clock = VirtualClock::running_from(registrar::Clock::now(&registrar::SystemClock));
        let profiles = shipped_profiles()?;
        let handles = [OURS, OTHER].map(|handle| argument::parse::<RegistrarHandle>("account", handle));
        let handles = handles.into_iter().collect::<Result<Vec<_>, _>>()?;
        let setup = WorldSetup::new(profiles.iter().map(|(profile, _)| profile.clone()).collect(), handles, clock.clone());
        let sandbox = folder.join("sandbox");
        let world = World::start(&sandbox, setup).await.map_err(|error| broken(&error))?;
        let control = sandbox::control::Client::connect(&sandbox).await.map_err(|error| broken(&error))?;
        let registries = started(&world, profiles)?;
        let accounts = |handle| Accounts { sandbox: &sandbox, handle, registries: &registries };
        let ours = House::build(&folder.join("registrar"), "registrar.example", &accounts(OURS), &clock)?;
        let other = House::build(&folder.join("other"), "other.example", &accounts(OTHER), &clock)?;
        let mut cast = Cast::new(seed);
        let portfolio = (0..scale)
            .map(|index| argument::domain(&format!("{}.{}", cast.label(), if index % 2 == 0 { "alpha" } else { "minimal" })))
            .collect::<Result<_, _>>()?;
        let mut person = |house: &House| house.save(cast.person().map_err(|words| broken(&words))?);
        let holders = (0..scale.clamp(4, 200) / 2).map(|_| person(&ours)).collect::<Result<Vec<_>, _>>()?;
        let others_holder = person(&other)?;
        let directory = Arc::new(ours.start_directory(&folder.join("directory"))?);
        Ok(Self { clock, holder: holders[0], holders, others_holder, ours, other, portfolio, world, control, directory })
    }

    /// A name of the portfolio below a TLD.
    pub fn portfolio_of(&self, tld: &str, index: usize) -> Result<DomainName, Failure> {
        let found = self.portfolio.iter().filter(|name| name.tld() == tld).nth(index).cloned();
        found.ok_or_else(|| {
            Failure::usage(format!("The portfolio has no name number {index} below `{tld}`.")).hint("use a larger `--scale`")
        })
    }

    /// The public directory of the registrar that the demo is about.
    pub fn directory(&self) -> Arc<PublicDirectory> {
        Arc::clone(&self.directory)
    }

    /// Our account.
    pub fn ours_handle(&self) -> &'static str {
        OURS
    }

    /// A holder for names that leave.
    pub fn others_holder(&self) -> ContactId {
        self.others_holder
    }

    /// Moves the clock; both registrars work until they rest.
    pub async fn advance(&self, by: SignedDuration) -> Result<(), Failure> {
        self.clock.advance(by).map_err(|error| broken(&error))?;
        self.work().await
    }

    /// Both registrars work until they rest.
    pub async fn work(&self) -> Result<(), Failure> {
        self.ours.rest().await?;
        self.other.rest().await
    }

    /// Which registry runs a name.
    fn registry_of(&self, name: &DomainName) -> Result<RegistryId, Failure> {
        let profile = self.ours.instance.registrar.profile_of(name).ok_or_else(|| broken(&format!("no registry runs `{name}`")))?;
        Ok(profile.registry.clone())
    }

    /// How often a registry executed a command on a name, by its own ledger.
    pub async fn executed(&self, name: &DomainName, verb: Verb) -> Result<usize, Failure> {
        let object = format!("domain:{name}");
        let count = self.world.look(&self.registry_of(name)?, |registry| {
            registry.ledger().iter().filter(|entry| entry.object == object && entry.verb == verb).count()
        });
        count.ok_or_else(|| broken(&"the registry is gone"))
    }

    /// A name as its registry holds it.
    pub async fn domain(&self, name: &DomainName) -> Result<Option<DomainState>, Failure> {
        let found = self.world.look(&self.registry_of(name)?, |registry| registry.domain_state_of(name));
        found.ok_or_else(|| broken(&"the registry is gone"))
    }

    /// Plans faults at a name's registry, or ends them.
    pub async fn set_faults(&self, name: &DomainName, plan: Option<FaultPlan>) -> Result<(), Failure> {
        let registry = self.registry_of(name)?;
        let answered = match plan {
            Some(plan) => self.control.set_faults(Some(&registry), plan).await,
            None => self.control.clear_faults().await,
        };
        answered.map_err(|error| broken(&error))
    }

    /// Writes the zones of all TLDs.
    pub async fn write_zones(&self) -> Result<(), Failure> {
        self.control.write_zones().await.map(|_| ()).map_err(|error| broken(&error))
    }

    /// What we have in our books and what the registries billed us, by registry, each in its own currency.
    pub async fn charges(&self) -> Result<Vec<Bill>, Failure> {
        let handle: RegistrarHandle = argument::parse("account", OURS)?;
        let mut bills = Vec::new();
        for (profile, _) in &self.ours.instance.accounts {
            let billed = self.world.look(&profile.id, |registry| registry.charged_minor(&handle));
            let (billed, currency) = (billed.unwrap_or_default(), currency_of(profile)?);
            bills.push(Bill {
                registry: profile.id.clone(),
                booked: self.booked(&profile.id, currency)?,
                billed: Money::new(billed, currency),
            });
        }
        Ok(bills)
    }

    /// The sum of what we booked for the names at a registry.
    fn booked(&self, registry: &RegistryId, currency: Currency) -> Result<Money, Failure> {
        let mut names = BTreeSet::new();
        let mut after = None;
        loop {
            let filter = DomainFilter { registry: Some(registry.clone()), ..DomainFilter::default() };
            let page = self.ours.ask(ListDomains { filter, page: PageRequest { after, limit: 500 } })?;
            names.extend(page.items.into_iter().map(|line| line.name));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        let mut booked = Money::new(0, currency);
        for name in names {
            for amount in self.ours.ask(ListCharges { name })?.into_iter().filter_map(|line| line.charge.amount) {
                booked = booked.checked_add(amount).map_err(|error| broken(&error))?;
            }
        }
        Ok(booked)
    }

    /// Both registrars log out; the world ends when the stage is dropped.
    pub async fn strike(&self) {
        self.ours.close().await;
        self.other.close().await;
    }

    /// Contacts for a name besides the registrant, by what its registry takes today.
    fn contacts(&self, name: &DomainName, holder: ContactId) -> BTreeMap<ContactRole, ContactId> {
        let mut contacts = BTreeMap::new();
        if let Some(profile) = self.ours.instance.registrar.profile_of(name) {
            let rules = profile.contacts_at(self.clock.now());
            for role in [ContactRole::Admin, ContactRole::Tech, ContactRole::Billing] {
                if rules.of(role) == ContactRequirement::Required
                    || (role == ContactRole::Tech && rules.of(role) == ContactRequirement::Optional)
                {
                    contacts.insert(role, holder);
                }
            }
        }
        contacts
    }
}

/// What the names at one registry cost so far, by our books and by its own.
pub struct Bill {
    /// The registry.
    pub registry: RegistryId,
    /// What we booked.
    pub booked: Money,
    /// What it charged.
    pub billed: Money,
}

/// A registry has one account, and that one currency.
fn currency_of(profile: &RegistryProfile) -> Result<Currency, Failure> {
    profile.tlds.first().map(|tld| tld.fees.currency).ok_or_else(|| broken(&"a registry without a TLD"))
}

/// The order that registers a name of ours in the demo: a year, two nameservers, contacts as the registry takes them.
pub fn order_of(stage: &Stage, name: &DomainName) -> Result<RegisterDomain, Failure> {
    let holder = stage.holders[name.as_str().len() % stage.holders.len()];
    order_for(stage, name, holder)
}

/// The same for a name of the other registrar.
pub fn order_of_other(stage: &Stage, name: &DomainName) -> Result<RegisterDomain, Failure> {
    order_for(stage, name, stage.others_holder)
}

fn order_for(stage: &Stage, name: &DomainName, holder: ContactId) -> Result<RegisterDomain, Failure> {
    order_of_a_year(name.clone(), holder, stage.contacts(name, holder))
}

fn broken(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Fault, "demo.stage", format!("The stage of the demo broke: {error}"))
}
