//! Find a person by e-mail, telephone or name, and the buckets that make it possible without a list of people in clear.
//!
//! A bucket gives candidates, several people to each; every candidate is opened and compared, so what is found is right.

use model::{Contact, ContactId, Email};
use policy::accuracy::folded;
use policy::{Permission, Refusal};
use serde::Serialize;
use store::Tx;
use store::contact_buckets::{self, IndexedField};

use super::open_contact;
use crate::actor;
use crate::authorised::{NeedsPermission, authorise};
use crate::failure::Failure;
use crate::registrar::Registrar;
use crate::use_case::{Question, UseCase, Work};

/// How values are put into buckets; another way gets the next number, and every contact is indexed anew.
const FORM: u32 = 1;

/// Words of a name that are indexed at most.
const WORDS: usize = 16;

/// Candidates read at once.
const PAGE: u32 = 500;

/// Candidates opened for one search at most.
const CANDIDATES: usize = 20_000;

/// People found by one search at most.
const FOUND: usize = 200;

/// What to find a person by.
#[derive(Clone)]
pub enum Clue {
    /// The e-mail address, whatever its case.
    Email(String),
    /// The telephone number, by its digits.
    Phone(String),
    /// Words of the name or organisation, whole, in any order, case and accent.
    Name(String),
}

impl std::fmt::Debug for Clue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clue([personal data])")
    }
}

/// Find people.
#[derive(Clone, Debug)]
pub struct FindRegistrant {
    /// By what.
    pub clue: Clue,
}

/// A person found.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct FoundRegistrant {
    /// Identity.
    pub id: ContactId,
    /// The name, which is personal data: for the operator's eyes.
    pub name: String,
}

impl std::fmt::Debug for FoundRegistrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FoundRegistrant({}, [personal data])", self.id)
    }
}

impl NeedsPermission for FindRegistrant {
    fn permission(&self) -> Permission {
        Permission::ReadRegistrant
    }
}

impl Question for FindRegistrant {
    type Answer = Vec<FoundRegistrant>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Self::Answer, Failure> {
        let wanted = self.clue.values()?;
        // The longest word is the rarest, as a rule.
        let Some((field, value)) = wanted.iter().max_by_key(|(_, value)| value.chars().count()) else { return Ok(Vec::new()) };
        let bucket = contact_buckets::find_bucket(work.tx, work.registrar.vault(), *field, value)?;
        let Some(bucket) = bucket else { return Ok(Vec::new()) };
        let (mut found, mut opened, mut after) = (Vec::new(), 0, None);
        loop {
            let page = contact_buckets::list(work.tx, *field, &bucket, after, PAGE)?;
            after = page.last().copied();
            for id in &page {
                opened += 1;
                let Some(contact) = open_contact(work.tx, work.registrar, *id)? else { continue };
                let has = values(&contact);
                if wanted.iter().all(|value| has.contains(value)) {
                    found.push(FoundRegistrant { id: *id, name: contact.name.clone() });
                }
            }
            if found.len() > FOUND || opened > CANDIDATES {
                return Err(Refusal::new("registrant.too_many", "design 8", format!("more than {FOUND} people answer to that"))
                    .hint("give more words of the name, or the e-mail address")
                    .into());
            }
            if page.len() < PAGE as usize {
                return Ok(found);
            }
        }
    }
}

/// Put contacts into their buckets that are in none yet; the answer says how many.
#[derive(Clone, Copy, Debug)]
pub struct IndexContacts {
    /// Most contacts in one transaction.
    pub limit: u32,
}

impl NeedsPermission for IndexContacts {
    fn permission(&self) -> Permission {
        Permission::RunClock
    }
}

impl UseCase for IndexContacts {
    type Answer = usize;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<usize, Failure> {
        let behind = contact_buckets::list_behind(work.tx, FORM, self.limit)?;
        for id in &behind {
            let values = open_contact(work.tx, work.registrar, *id)?.as_ref().map(values).unwrap_or_default();
            contact_buckets::put(work.tx, work.registrar.vault(), *id, &values, FORM)?;
        }
        Ok(behind.len())
    }

    fn goes_on_while_frozen(&self) -> bool {
        true
    }
}

/// Contacts indexed in one transaction.
const INDEX_PAGE: u32 = 200;

/// Puts every contact into its buckets that is in none yet, as it is for those that were saved before there were buckets.
///
/// # Errors
/// A fault of the store or the vault.
pub fn index_contacts(registrar: &Registrar) -> Result<(), Failure> {
    if registrar.store().read(is_complete)? {
        return Ok(());
    }
    while registrar.carry_out(authorise(&actor::timer(), IndexContacts { limit: INDEX_PAGE })?)? > 0 {}
    Ok(())
}

/// Puts a contact that is saved into its buckets.
pub(super) fn index(tx: &mut Tx<'_>, registrar: &Registrar, id: ContactId, contact: &Contact) -> Result<(), Failure> {
    Ok(contact_buckets::put(tx, registrar.vault(), id, &values(contact), FORM)?)
}

/// Whether every contact is in its buckets.
fn is_complete(tx: &mut Tx<'_>) -> Result<bool, Failure> {
    Ok(contact_buckets::list_behind(tx, FORM, 1)?.is_empty())
}

/// What a contact is found by, normalised.
fn values(contact: &Contact) -> Vec<(IndexedField, String)> {
    let mut values = vec![(IndexedField::Email, email(&contact.email))];
    values.extend(contact.phone.as_ref().map(|phone| (IndexedField::Phone, digits(phone.number()))));
    let organisation = contact.organisation.as_deref().unwrap_or_default();
    values.extend(words(&format!("{} {organisation}", contact.name)));
    values.sort();
    values.dedup();
    values
}

impl Clue {
    fn values(&self) -> Result<Vec<(IndexedField, String)>, Failure> {
        let unusable =
            |what: &str, hint: &str| -> Failure { Refusal::new("registrant.clue", "design 8", what.to_owned()).hint(hint).into() };
        match self {
            Self::Email(address) => {
                let address = Email::parse(&address.trim().to_lowercase())
                    .map_err(|_| unusable("that is no e-mail address", "write it as `name@example.com`"))?;
                Ok(vec![(IndexedField::Email, email(&address))])
            }
            Self::Phone(number) => match digits(number) {
                digits if digits.is_empty() => Err(unusable("a telephone number has digits", "write it as `+354.5550100`")),
                digits => Ok(vec![(IndexedField::Phone, digits)]),
            },
            Self::Name(name) => match words(name) {
                words if words.is_empty() => Err(unusable("a name has letters", "give a whole word of the name or organisation")),
                words => Ok(words),
            },
        }
    }
}

/// The domain is in A-labels and lower case already; few mail systems tell case apart before the `@`.
fn email(address: &Email) -> String {
    address.as_str().to_lowercase()
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

fn words(name: &str) -> Vec<(IndexedField, String)> {
    let words = name.split(|c: char| c.is_whitespace() || c == '-' || c == ',');
    words.map(folded).filter(|word| !word.is_empty()).take(WORDS).map(|word| (IndexedField::Word, word)).collect()
}
