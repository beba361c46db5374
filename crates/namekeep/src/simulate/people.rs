//! What people do: registrants who renew, forget, move, quarrel and come back, and the other registrar that names move to and
//! from. Every choice is a draw about the name and the day, so a life is the same whatever happens in between.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use model::{Contact, ContactId, ContactRole, DomainName, DsData, HostName, Period};
use policy::profile::ContactRequirement;
use registrar::command::RegisterDomain;

use super::chance::Chance;
use super::world::World;
use crate::argument;
use crate::demo::cast::Cast;
use crate::failure::{Exit, Failure};

/// Days after the start within which the first names are registered.
pub const SPREAD_DAYS: u32 = 150;
/// Providers of nameservers that names are delegated to.
const PROVIDERS: u64 = 12;
/// Names in a thousand whose registrant wants them renewed without being asked.
const AUTO_RENEW_PER_MILLE: u64 = 650;
/// Names in a thousand with a nameserver below themselves.
const OWN_HOST_PER_MILLE: u64 = 120;

/// Something that somebody does about a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Orders it.
    Register,
    /// Looks two months ahead to the end of the term and makes up their mind.
    Consider,
    /// Renews it for so many years.
    Renew(u8),
    /// Turns renewal without asking on or off.
    SetAutoRenew(bool),
    /// Delegates it elsewhere.
    ChangeNameservers,
    /// Replaces its DS records.
    ChangeDs,
    /// Gives it to another holder.
    ChangeHolder,
    /// Has other data as its holder: moved, renamed, another mailbox.
    EditContact,
    /// Its holder is to be verified anew, because something speaks against their data.
    Doubt,
    /// Its holder is verified by hand.
    VerifyByHand,
    /// Somebody new enrols with us, and holds it for a while or never anything.
    Visit,
    /// Whom a visit brought gives it to somebody else.
    Quit(ContactId),
    /// Somebody asks to be erased.
    Forget(ContactId),
    /// Gives a nameserver below it another address.
    ChangeGlue,
    /// Locks it.
    Lock,
    /// Unlocks it.
    Unlock,
    /// Starts a proceeding about it, entered on that day.
    Dispute(u32),
    /// Ends the proceeding that began on that day.
    EndDispute(u32),
    /// Reports abuse with it, in a case opened on that day.
    Abuse(u32),
    /// Ends the case that was opened on that day.
    EndAbuse(u32),
    /// Has its deletion put off by so many days, for a reason on the list.
    Postpone(u32),
    /// Deletes it.
    Delete,
    /// Wants it back from redemption.
    Restore,
    /// Asks for its code.
    Leave(Answer),
    /// Asks for it at the other registrar, with the code.
    Request(Answer),
    /// The holder, or we for a lawful reason, answer the transfer away.
    Answer(Answer),
    /// Brings it to us from the other registrar.
    Arrive,
    /// The other registrar answers our request.
    TheirAnswer(Answer),
}

/// How a transfer is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// By the five days (TRF-6).
    Silence,
    /// Yes.
    Approve,
    /// No.
    Deny,
    /// By whoever asked.
    Withdraw,
}

/// A name with those who care for it.
#[derive(Clone, Debug)]
pub struct Name {
    /// The name.
    pub name: DomainName,
    /// Its number, for draws.
    pub number: u64,
}

/// Draws about names.
#[derive(Clone, Copy, Debug)]
pub struct People {
    chance: Chance,
}

impl People {
    /// The people of a seed.
    pub fn new(chance: Chance) -> Self {
        Self { chance }
    }

    /// A number below `limit`, about a name on a day.
    pub fn below(self, about: &str, number: u64, day: u32, limit: u64) -> u32 {
        u32::try_from(self.chance.below(about, number ^ (u64::from(day) << 32), limit)).unwrap_or(0)
    }

    /// A number from `from` to `to`, about a name on a day.
    pub fn between(self, about: &str, number: u64, day: u32, from: u32, to: u32) -> u32 {
        from + self.below(about, number, day, u64::from(to.saturating_sub(from)) + 1)
    }

    fn holds(self, about: &str, number: u64, day: u32, per_mille: u64) -> bool {
        u64::from(self.below(about, number, day, 1000)) < per_mille
    }

    /// Whether the registrant wants it renewed without being asked.
    pub fn wants_auto_renewal(self, number: u64, day: u32) -> bool {
        self.holds("auto-renew", number, day, AUTO_RENEW_PER_MILLE)
    }

    /// What happens to a name that is ours from `day` on: the end of its term is considered, and now and then something else.
    pub fn plan(self, number: u64, day: u32, term_days: u32, horizon: u32) -> Vec<(u32, Act)> {
        let mut acts = vec![(day + term_days.saturating_sub(65).max(1), Act::Consider)];
        if self.holds("regret", number, day, 30) {
            acts.push((day + self.between("regret-day", number, day, 1, 3), Act::Delete));
        }
        let mut quarter = day + 6;
        while quarter < horizon {
            if self.holds("quarter", number, quarter, 220) {
                acts.extend(self.something(number, quarter));
            }
            if self.holds("visit", number, quarter, 12) {
                acts.push((quarter + self.below("visit-day", number, quarter, 80), Act::Visit));
            }
            quarter += 90;
        }
        acts
    }

    /// One of the things that happen to names, with what follows from it.
    fn something(self, number: u64, quarter: u32) -> Vec<(u32, Act)> {
        let day = quarter + self.below("something-day", number, quarter, 80);
        match self.below("something", number, quarter, 100) {
            0..=15 => vec![(day, Act::ChangeNameservers)],
            16..=25 => vec![(day, Act::ChangeDs)],
            26..=32 => vec![(day, Act::ChangeHolder)],
            33..=40 => vec![(day, Act::EditContact)],
            41..=45 => vec![(day, Act::ChangeGlue)],
            46..=54 => vec![(day, Act::Lock), (day + self.between("unlock", number, day, 5, 60), Act::Unlock)],
            55..=60 => vec![(day, Act::Dispute(day)), (day + self.between("verdict", number, day, 20, 90), Act::EndDispute(day))],
            61..=65 => vec![(day, Act::Abuse(day)), (day + self.between("cleared", number, day, 2, 40), Act::EndAbuse(day))],
            66..=80 => vec![(day, Act::Unlock), (day + 1, Act::Leave(self.answer(number, day)))],
            81..=86 => vec![(day, Act::Delete)],
            87..=92 => vec![(day, Act::Renew(1))],
            93..=94 => vec![(day, Act::Doubt)],
            95 => vec![(day, Act::VerifyByHand)],
            _ => vec![(day, Act::SetAutoRenew(self.holds("auto-renew-now", number, day, 500)))],
        }
    }

    /// How a transfer that is asked for on `day` will be answered.
    pub fn answer(self, number: u64, day: u32) -> Answer {
        match self.below("answer", number, day, 10) {
            0..=4 => Answer::Silence,
            5..=6 => Answer::Approve,
            7..=8 => Answer::Deny,
            _ => Answer::Withdraw,
        }
    }

    /// What a registrant who is asked about the end of a term, 65 days ahead, does without automatic renewal.
    pub fn make_up_mind(self, number: u64, day: u32) -> Vec<(u32, Act)> {
        let years = if self.holds("years", number, day, 150) { 2 } else { 1 };
        match self.below("mind", number, day, 100) {
            // In time.
            0..=37 => vec![(day + self.between("in-time", number, day, 3, 64), Act::Renew(years))],
            // After the end, some of them in the interruption of DNS.
            38..=59 => vec![(day + 65 + self.between("late", number, day, 1, 39), Act::Renew(1))],
            // Something on the list stands in the way of deleting it; some renew before the new date.
            60..=64 => {
                let put_off = self.between("put-off", number, day, 1, 39);
                let mut acts = vec![(day + 65 + put_off, Act::Postpone(self.between("put-off-days", number, day, 41, 80)))];
                if self.holds("pays-after-all", number, day, 500) {
                    acts.push((day + 65 + put_off + self.between("pays-days", number, day, 1, 40), Act::Renew(1)));
                }
                acts
            }
            // Not at all; some find out when it is gone, and some of those come back for it later.
            65..=76 => vec![(day + 65 + 40 + self.between("shock", number, day, 2, 28), Act::Restore)],
            77..=87 => vec![(day + 65 + 40 + 36 + self.between("again", number, day, 0, 90), Act::Register)],
            _ => Vec::new(),
        }
    }

    /// What follows a deletion that somebody asked for.
    pub fn after_deletion(self, number: u64, day: u32) -> Vec<(u32, Act)> {
        match self.below("after-deletion", number, day, 10) {
            0..=3 => vec![(day + self.between("regret-late", number, day, 1, 28), Act::Restore)],
            4..=6 => vec![(day + self.between("anew", number, day, 37, 120), Act::Register)],
            _ => Vec::new(),
        }
    }

    /// The order for a name.
    pub fn order(self, world: &World, name: &Name, day: u32, holder: ContactId) -> Result<RegisterDomain, Failure> {
        let years = match self.below("period", name.number, day, 20) {
            0..=16 => 1,
            17..=18 => 2,
            _ => 3,
        };
        let fee = world.own_price(&name.name, years, |fees| fees.create)?;
        let consents = self.holds("consent", name.number, day, 300);
        Ok(RegisterDomain {
            name: name.name.clone(),
            period: Period::years(years).map_err(|error| Failure::usage(error.to_string()))?,
            registrant: Some(holder),
            contacts: contacts(world, &name.name, holder)?,
            nameservers: self.nameservers(name, day)?,
            ds: if self.holds("signed", name.number, day, 250) { self.ds(name.number, day)? } else { BTreeSet::new() },
            auto_renew: self.wants_auto_renewal(name.number, day),
            lock_consent: consents.then(|| "terms-2026-11".to_owned()),
            fee,
            launch: Default::default(),
        })
    }

    /// Two nameservers of a provider, or one of a provider and one below the name itself.
    pub fn nameservers(self, name: &Name, day: u32) -> Result<BTreeMap<HostName, BTreeSet<IpAddr>>, Failure> {
        let provider = self.below("provider", name.number, day, PROVIDERS);
        let mut nameservers = BTreeMap::from([(argument::host(&format!("ns1.dns{provider}.example"))?, BTreeSet::new())]);
        if self.holds("own-host", name.number, day, OWN_HOST_PER_MILLE) {
            nameservers.insert(argument::host(&format!("ns1.{}", name.name))?, self.addresses(name.number, day));
        } else {
            nameservers.insert(argument::host(&format!("ns2.dns{provider}.example"))?, BTreeSet::new());
        }
        Ok(nameservers)
    }

    /// The address of a nameserver below a name.
    pub fn addresses(self, number: u64, day: u32) -> BTreeSet<IpAddr> {
        let last = u8::try_from(self.between("address", number, day, 1, 250)).unwrap_or(1);
        BTreeSet::from([IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))])
    }

    /// Somebody, as they are from a day on.
    pub fn person(self, number: u64, day: u32) -> Result<Contact, Failure> {
        let seed = self.chance.draw("person", number ^ (u64::from(day) << 32));
        Cast::new(seed).person().map_err(|words| Failure::new(Exit::Fault, "simulate.cast", words))
    }

    /// A DS record.
    pub fn ds(self, number: u64, day: u32) -> Result<BTreeSet<DsData>, Failure> {
        let tag = u16::try_from(self.below("ds", number, day, 65_536)).unwrap_or(1);
        let digest: Vec<u8> = (0..32u64).map(|index| self.chance.draw("digest", number ^ index << 40).to_le_bytes()[0]).collect();
        DsData::new(tag, 13, 2, digest).map(|ds| BTreeSet::from([ds])).map_err(|error| Failure::usage(error.to_string()))
    }
}

/// Contacts besides the registrant, as the registry takes them on that day.
pub fn contacts(world: &World, name: &DomainName, holder: ContactId) -> Result<BTreeMap<ContactRole, ContactId>, Failure> {
    let profile = world.profile_of(name)?;
    let Some(rules) = profile.tld_of(name).map(|tld| tld.contacts_at(world.now())) else { return Ok(BTreeMap::new()) };
    let roles = [ContactRole::Admin, ContactRole::Tech, ContactRole::Billing];
    let is_given = |role: &ContactRole| match rules.of(*role) {
        ContactRequirement::Required => true,
        ContactRequirement::Optional => *role == ContactRole::Tech,
        ContactRequirement::Forbidden => false,
    };
    Ok(roles.into_iter().filter(is_given).map(|role| (role, holder)).collect())
}
