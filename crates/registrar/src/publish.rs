//! The publisher: follows the ledger, has every name that an entry touches projected anew, and writes the feed that the public services
//! follow (design 8). It is the only worker that both opens the vault and writes something public; what it writes went through
//! [`policy::publication::project`].

use std::collections::BTreeSet;
use std::path::Path;

use jiff::SignedDuration;
use model::{Contact, ContactId, ContactRole, DomainId, DomainName, Timestamp};
use policy::Registration;
use policy::publication::{Consent, FORM, PublicationRules, Subjects, project};
use store::ledger::{self, LedgerRow, SignerKey};
use store::registrations::DomainFilter;
use store::{Tx, consents, feed, publications, registrations, settings};

use crate::contact::{ERASED, open_contact};
use crate::failure::{Failure, Fault};
use crate::registrar::Registrar;
use crate::sole::{InFreeze, Sole};

/// Entries of the ledger looked at in one step.
const PAGE_ENTRIES: u32 = 1000;
/// Names projected in one transaction.
const PAGE_NAMES: u32 = 500;
/// How often the feed is told that nothing happened: how old an answer may say it is while all is well.
const TELL_EVERY: SignedDuration = SignedDuration::from_secs(5);
/// Setting: the entry of the ledger up to which everything is published.
const POSITION: &str = "publication.ledger_position";
/// Setting: the rules everything was published by.
const RULES: &str = "publication.rules";

/// Setting: whether the feed's files are to be written anew, and its word for yes.
const RENEWAL: &str = "publication.renewal";
const DUE: &str = "due";

/// Publishes.
pub struct Publisher {
    registrar: Registrar,
    sole: Sole,
    rules: PublicationRules,
    feed: feed::Writer,
    /// When the feed was last told how far it is.
    told_at: Option<Timestamp>,
}

/// What an entry of the ledger touches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Touched {
    Name(DomainName),
    Contact(ContactId),
}

impl Publisher {
    /// The publisher of a registrar, by these rules, into the feed in `folder`, signed with `key`.
    #[must_use]
    pub fn new(registrar: &Registrar, rules: PublicationRules, folder: &Path, key: SignerKey) -> Self {
        let feed = feed::Writer::new(folder, key);
        Self { registrar: registrar.clone(), sole: Sole::new(registrar, "publisher", InFreeze::GoesOn), rules, feed, told_at: None }
    }

    /// Publishes what happened since the last step; gives how many public records changed, 0 while another process does it. Where the
    /// rules are others than at the last time, or nothing was published yet, every name is projected anew.
    ///
    /// # Errors
    /// A fault of the store, of the vault, or of the feed's folder.
    pub fn step(&mut self) -> Result<usize, Failure> {
        if self.is_idle()? {
            return Ok(0);
        }
        let Self { registrar, sole, rules, feed, told_at } = self;
        let done = sole.alone(|_| {
            let published = match position(registrar, rules)? {
                Some(position) => follow(registrar, rules, position)?,
                None => begin(registrar, rules)?,
            };
            if is_renewal_due(registrar)? {
                feed.begin_alone(registrar.store(), published.complete_at).map_err(Fault::from)?;
                set_renewal(registrar, false)?;
            } else {
                feed.follow(registrar.store(), published.complete_at).map_err(Fault::from)?;
            }
            Ok(published.changes)
        })?;
        *told_at = done.is_some().then(|| registrar.now()).or(*told_at);
        Ok(done.unwrap_or(0))
    }

    /// Publishes until nothing is left, or another process does it; gives how many public records changed.
    ///
    /// # Errors
    /// As [`Publisher::step`].
    pub fn catch_up(&mut self) -> Result<usize, Failure> {
        let (mut changes, mut before) = (0, None);
        loop {
            changes += self.step()?;
            let now = position(&self.registrar, &self.rules)?;
            if now == before || now == Some(size(&self.registrar)?) {
                return Ok(changes);
            }
            before = now;
        }
    }

    /// Nothing happened, here or where another process publishes, and the feed said so a moment ago.
    fn is_idle(&self) -> Result<bool, Failure> {
        let is_fresh = self.told_at.is_some_and(|at| self.registrar.now().duration_since(at) < TELL_EVERY);
        if !is_fresh || position(&self.registrar, &self.rules)? != Some(size(&self.registrar)?) {
            return Ok(false);
        }
        let last = self.registrar.store().read::<_, Failure>(|tx| Ok(publications::last(tx)?))?;
        Ok(self.feed.position() == Some(last))
    }
}

/// Entries of the ledger.
fn size(registrar: &Registrar) -> Result<u64, Failure> {
    registrar.store().read(|tx| Ok(ledger::find_last_checkpoint(tx)?.map_or(0, |(checkpoint, _)| checkpoint.size)))
}

/// A contact with what it agreed to publish.
struct Subject {
    contact: Contact,
    consent: Consent,
}

impl Subject {
    fn pair(&self) -> (&Contact, &Consent) {
        (&self.contact, &self.consent)
    }
}

/// What a step did.
struct Published {
    /// Public records that changed.
    changes: usize,
    /// When nothing newer was in the ledger.
    complete_at: Timestamp,
}

/// Up to where everything is published by these rules; none if it has to begin anew.
fn position(registrar: &Registrar, rules: &PublicationRules) -> Result<Option<u64>, Failure> {
    let word = rules_word(rules)?;
    let (known, position) = registrar.store().read::<_, Failure>(|tx| Ok((settings::find(tx, RULES)?, settings::find(tx, POSITION)?)))?;
    if known.as_deref() != Some(word.as_str()) {
        return Ok(None);
    }
    Ok(position.and_then(|position| position.parse().ok()))
}

/// The rules and the form of a record as one word.
fn rules_word(rules: &PublicationRules) -> Result<String, Fault> {
    let json = serde_json::to_string(rules).map_err(|error| Fault::new("the rules of publication cannot be written as JSON", &error))?;
    Ok(format!("form {FORM} {json}"))
}

/// Whether a person was erased since the feed was begun anew: what was once published of them is to go from its files too.
fn is_renewal_due(registrar: &Registrar) -> Result<bool, Failure> {
    registrar.store().read(|tx| Ok(settings::find(tx, RENEWAL)?.as_deref() == Some(DUE)))
}

/// It is noted before the entry that asks for it is behind us, so that no crash in between forgets it.
fn set_renewal(registrar: &Registrar, is_due: bool) -> Result<(), Failure> {
    let word = if is_due { DUE } else { "done" };
    registrar.store().write(move |tx| Ok(settings::set(tx, RENEWAL, word)?))
}

/// Every name there is. What happens meanwhile is in the ledger behind the position that is noted first.
fn begin(registrar: &Registrar, rules: &PublicationRules) -> Result<Published, Failure> {
    // Entries that are skipped may tell of erasures.
    set_renewal(registrar, true)?;
    let complete_at = registrar.now();
    let size = size(registrar)?;
    let (mut changes, mut after): (usize, Option<(DomainName, DomainId)>) = (0, None);
    loop {
        let from = after.take();
        let page =
            registrar.store().read::<_, Failure>(|tx| Ok(registrations::list(tx, &DomainFilter::default(), from.clone(), PAGE_NAMES)?))?;
        let Some(last) = page.last() else { break };
        after = Some((last.name.clone(), last.id));
        let names: BTreeSet<DomainName> = page.iter().map(|registration| registration.name.clone()).collect();
        changes += publish(registrar, rules, &names, None)?;
    }
    let word = rules_word(rules)?;
    registrar.store().write::<_, Failure>(move |tx| {
        settings::set(tx, RULES, &word)?;
        Ok(settings::set(tx, POSITION, &size.to_string())?)
    })?;
    Ok(Published { changes, complete_at })
}

/// What a page of the ledger touches.
fn follow(registrar: &Registrar, rules: &PublicationRules, position: u64) -> Result<Published, Failure> {
    let now = registrar.now();
    let page = registrar.store().read::<_, Failure>(|tx| Ok(ledger::list_entries(tx, position, PAGE_ENTRIES)?))?;
    let Some(last) = page.last() else { return Ok(Published { changes: 0, complete_at: now }) };
    let next = last.seq + 1;
    // Behind a full page there may be more.
    let complete_at = if page.len() < PAGE_ENTRIES as usize { now } else { last.at };
    if page.iter().any(|row| row.kind == ERASED) {
        set_renewal(registrar, true)?;
    }
    let touched: BTreeSet<Touched> = page.iter().filter_map(touched).collect();
    let (mut changes, mut names) = (0, BTreeSet::new());
    for touched in touched {
        match touched {
            Touched::Name(name) => drop(names.insert(name)),
            Touched::Contact(contact) => changes += publish_names_of(registrar, rules, contact)?,
        }
    }
    changes += publish(registrar, rules, &names, Some(next))?;
    Ok(Published { changes, complete_at })
}

/// Subjects are `dom_... NAME` and `con_...`; others have nothing public.
fn touched(row: &LedgerRow) -> Option<Touched> {
    match row.subject.split_once(' ') {
        Some((_, name)) => DomainName::parse(name).ok().map(Touched::Name),
        None => row.subject.parse().ok().map(Touched::Contact),
    }
}

fn publish_names_of(registrar: &Registrar, rules: &PublicationRules, contact: ContactId) -> Result<usize, Failure> {
    let (mut changes, mut after) = (0, None);
    loop {
        let from = after.take();
        let page =
            registrar.store().read::<_, Failure>(|tx| Ok(registrations::list_names_of_contact(tx, contact, from.clone(), PAGE_NAMES)?))?;
        let Some((last, _)) = page.last() else { return Ok(changes) };
        after = Some(last.clone());
        changes += publish(registrar, rules, &page.into_iter().map(|(_, name)| name).collect(), None)?;
    }
}

/// Projects names anew and stores what differs, with the position where one is given.
fn publish(registrar: &Registrar, rules: &PublicationRules, names: &BTreeSet<DomainName>, position: Option<u64>) -> Result<usize, Failure> {
    let changed = registrar.store().read::<_, Failure>(|tx| {
        let mut changed = Vec::new();
        for name in names {
            let record = record(tx, registrar, rules, name)?;
            if record != publications::find(tx, name)? {
                changed.push((name.clone(), record));
            }
        }
        Ok(changed)
    })?;
    let count = changed.len();
    if count > 0 || position.is_some() {
        let now = registrar.now();
        registrar.store().write::<_, Failure>(move |tx| {
            for (name, record) in &changed {
                publications::put(tx, name, record.as_deref(), now)?;
            }
            if let Some(position) = position {
                settings::set(tx, POSITION, &position.to_string())?;
            }
            Ok(())
        })?;
    }
    Ok(count)
}

/// The public record of a name as bytes; none where there is none.
fn record(tx: &mut Tx<'_>, registrar: &Registrar, rules: &PublicationRules, name: &DomainName) -> Result<Option<Vec<u8>>, Failure> {
    let Some(registration) = registrations::find_open(tx, name)? else { return Ok(None) };
    let technical = registration.desired.contacts.get(&ContactRole::Tech).copied();
    let registrant = subject(tx, registrar, registration.registrant)?;
    let technical = subject(tx, registrar, technical)?;
    to_bytes(&registration, registrant.as_ref(), technical.as_ref(), rules)
}

fn to_bytes(
    registration: &Registration,
    registrant: Option<&Subject>,
    technical: Option<&Subject>,
    rules: &PublicationRules,
) -> Result<Option<Vec<u8>>, Failure> {
    let subjects = Subjects { registrant: registrant.map(Subject::pair), technical: technical.map(Subject::pair) };
    let record = project(registration, subjects, rules).map(|record| record.to_bytes()).transpose();
    Ok(record.map_err(|error| Fault::new("a public record cannot be written", &error))?)
}

/// A contact with its consent; none if there is none, or its data was erased.
fn subject(tx: &mut Tx<'_>, registrar: &Registrar, contact: Option<ContactId>) -> Result<Option<Subject>, Failure> {
    let Some(id) = contact else { return Ok(None) };
    let Some(contact) = open_contact(tx, registrar, id)? else { return Ok(None) };
    let consent = consents::get(tx, id)?;
    Ok(Some(Subject { contact, consent }))
}
