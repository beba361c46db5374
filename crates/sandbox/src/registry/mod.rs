//! The registry itself: pure state and rules. No sockets and no clock; time and entropy are arguments.
//!
//! [`Registry::handle`] answers one command of one session, [`Registry::advance`] lets time pass. The way of a command is one file
//! under `command/`; what happens without a command is in `life`.

mod account;
mod admin;
mod authinfo;
mod billing;
mod change;
mod command;
mod ledger;
mod life;
mod links;
mod object;
mod poll;
mod refusal;
mod rules;
mod session;
mod snapshot;
mod timers;
mod transfers;
mod zone_text;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use model::{ContactHandle, Currency, DomainName, Entropy, HostName, Money, RegistrarHandle, RegistryId, Roid, Timestamp};
use policy::profile::{FeeTable, HostModel, Quirk, RegistryProfile};

pub use account::RegistrarConfig;
pub use admin::{AdminAction, AdminError, TokenText};
pub use ledger::{BillingItem, BillingLine, LedgerEntry, Verb};
pub use rules::Options;
pub use session::SessionState;
pub use snapshot::{AccountState, ContactState, DomainState, HostState, RegistryState};

use account::{Account, Accounts};
use ledger::Ledger;
use object::{ContactObject, Domain, HostObject};
use poll::{Maintenance, PollQueue};
use rules::Rules;
use timers::Timers;

/// A registry with its TLDs, registrars and objects.
#[derive(Clone, Debug)]
pub struct Registry {
    id: RegistryId,
    profile: RegistryProfile,
    options: Options,
    /// By TLD.
    tlds: BTreeMap<String, Rules>,
    currency: Currency,
    /// Last part of every ROID.
    repository: String,
    accounts: Accounts,
    domains: HashMap<DomainName, Domain>,
    hosts: HashMap<HostName, HostObject>,
    contacts: HashMap<ContactHandle, ContactObject>,
    /// Host objects below each domain.
    subordinates: HashMap<DomainName, BTreeSet<HostName>>,
    /// Names with a price of their own, set by the control face; the profile's premium labels come on top.
    premium: BTreeMap<DomainName, FeeTable>,
    /// Names that need an allocation token (RFC 8495), with the token's hash; none where no token opens them.
    reserved: BTreeMap<DomainName, Option<authinfo::AuthHash>>,
    maintenances: BTreeMap<String, Maintenance>,
    queues: HashMap<RegistrarHandle, PollQueue>,
    timers: Timers,
    ledger: Ledger,
    /// clTRIDs of executed transforms, kept where the profile's quirk makes them unique.
    used_cltrids: HashSet<(RegistrarHandle, String)>,
    /// The last number used in a ROID.
    last_object: u64,
    /// The last number used in an svTRID.
    last_transaction: u64,
    /// The last number used for a message.
    last_message: u64,
    /// The latest instant seen.
    now: Timestamp,
}

impl Registry {
    /// A registry with no objects yet, which opens at `now`.
    pub fn new(
        profile: RegistryProfile,
        options: Options,
        registrars: &[RegistrarConfig],
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Registry {
        let currency = profile.tlds.first().map_or(Currency::USD, |tld| tld.fees.currency);
        let tlds = profile.tlds.iter().map(|tld| (tld.name.as_str().to_owned(), Rules::new(tld.clone()))).collect();
        let repository = profile.id.as_str().chars().filter(char::is_ascii_alphanumeric).take(8).collect::<String>().to_ascii_uppercase();
        let accounts = registrars.iter().map(|config| (config.handle.clone(), Account::new(config, entropy))).collect();
        Registry {
            id: profile.id.clone(),
            options,
            tlds,
            currency,
            repository,
            accounts,
            domains: HashMap::new(),
            hosts: HashMap::new(),
            contacts: HashMap::new(),
            subordinates: HashMap::new(),
            premium: BTreeMap::new(),
            reserved: BTreeMap::new(),
            maintenances: BTreeMap::new(),
            queues: HashMap::new(),
            timers: Timers::default(),
            ledger: Ledger::default(),
            used_cltrids: HashSet::new(),
            last_object: 0,
            last_transaction: 0,
            last_message: 0,
            now,
            profile,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &RegistryId {
        &self.id
    }

    /// Its profile.
    #[must_use]
    pub fn profile(&self) -> &RegistryProfile {
        &self.profile
    }

    /// The latest instant it has seen.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// How many domains it holds, whatever their state.
    #[must_use]
    pub fn domain_count(&self) -> usize {
        self.domains.len()
    }

    /// The rules for a name directly below one of its TLDs.
    pub(crate) fn rules_of(&self, name: &DomainName) -> Option<&Rules> {
        let (_, tld) = name.as_str().split_once('.')?;
        self.tlds.get(tld)
    }

    /// The price table that holds for a name.
    pub(crate) fn fees_of<'a>(&'a self, rules: &'a Rules, name: &DomainName) -> &'a FeeTable {
        self.premium.get(name).unwrap_or_else(|| rules.profile.fees_of(name))
    }

    /// Whether the name has a price of its own, which must be acknowledged.
    pub(crate) fn is_premium(&self, rules: &Rules, name: &DomainName) -> bool {
        self.premium.contains_key(name) || rules.profile.is_premium(name)
    }

    /// Whether a host lies in one of our TLDs, so that it needs a registered name above it.
    pub(crate) fn is_below_own_tld(&self, host: &HostName) -> bool {
        self.tlds.values().any(|rules| host.is_within(rules.profile.name.as_domain()))
    }

    /// The name directly below one of our TLDs that a host lies at or below.
    pub(crate) fn superordinate_name(&self, host: &HostName) -> Option<DomainName> {
        let mut rest = host.as_str();
        while let Some((_, parent)) = rest.split_once('.') {
            if self.tlds.contains_key(parent) {
                return DomainName::parse(rest).ok();
            }
            rest = parent;
        }
        None
    }

    pub(crate) fn uses_host_objects(&self) -> bool {
        self.profile.host_model == HostModel::Objects
    }

    pub(crate) fn has_quirk(&self, quirk: Quirk) -> bool {
        self.profile.quirks.contains(&quirk)
    }

    pub(crate) fn next_roid(&mut self, kind: char) -> Option<Roid> {
        self.last_object += 1;
        Roid::parse(&format!("{kind}{}-{}", self.last_object, self.repository)).ok()
    }

    pub(crate) fn next_svtrid(&mut self) -> String {
        self.last_transaction += 1;
        self.current_svtrid()
    }

    /// The svTRID given last.
    pub(crate) fn current_svtrid(&self) -> String {
        format!("{}-{:010}", self.repository, self.last_transaction)
    }

    pub(crate) fn zero(&self) -> Money {
        Money::zero(self.currency)
    }
}

/// Kind and name of an object, as the ledger writes it.
pub(crate) fn object_key(kind: &str, name: impl std::fmt::Display) -> String {
    format!("{kind}:{name}")
}
