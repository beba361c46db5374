//! Record what the subject of a contact's data agrees to publish, or no longer does (RDP-13; RDP-4 for the organisation).
//!
//! Rule: consent is per element and kept with its time and source. What is shown follows from it by itself: the ledger's entry about the
//! contact has its names projected anew.

use model::ContactId;
use policy::publication::{Consent, ConsentElement};
use policy::{Permission, Refusal};
use serde::Serialize;
use store::consents;

use super::custody::get_living;
use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::Failure;
use crate::use_case::{Question, UseCase, Work};

/// Longest source, in characters.
const SOURCE_CHARS: usize = 200;

/// Record a subject's word.
#[derive(Clone, Debug)]
pub struct SetConsent {
    /// Whose data.
    pub contact: ContactId,
    /// Which elements.
    pub elements: Vec<ConsentElement>,
    /// Whether they may be published.
    pub is_given: bool,
    /// How the subject said so: a form with its version, a ticket. It is kept in the ledger, so no personal data.
    pub source: String,
}

/// What the ledger keeps.
#[derive(Serialize)]
struct Noted<'a> {
    contact: ContactId,
    elements: &'a [ConsentElement],
    is_given: bool,
    source: &'a str,
}

impl NeedsPermission for SetConsent {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

impl UseCase for SetConsent {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        if self.elements.is_empty() {
            return Err(Refusal::new("consent.nothing", "RDP-13", "no element is named that the consent is about")
                .hint("name at least one of: name, organisation, street, city, postcode, phone, fax, email")
                .into());
        }
        let source = self.source.trim();
        if source.is_empty() || source.chars().count() > SOURCE_CHARS || source.contains(char::is_control) {
            return Err(Refusal::new("consent.source", "RDP-13", format!("the source of a consent has 1 to {SOURCE_CHARS} characters"))
                .hint("say how the registrant agreed, such as `order form v3` or `ticket 4711`")
                .into());
        }
        get_living(work.tx, self.contact)?;
        for element in &self.elements {
            let word = consents::Word { element: *element, is_given: self.is_given, at: work.now, source: source.to_owned() };
            consents::set(work.tx, self.contact, &word)?;
        }
        let kind = if self.is_given { "consent-given" } else { "consent-withdrawn" };
        let noted = Noted { contact: self.contact, elements: &self.elements, is_given: self.is_given, source };
        note(work.tx, work.registrar, &ledger_name(work.actor), &self.contact.to_string(), kind, &noted, work.now)
    }
}

/// Read what a subject agreed to publish, with time and source of each word.
#[derive(Clone, Copy, Debug)]
pub struct ReadConsent {
    /// Whose data.
    pub contact: ContactId,
}

impl NeedsPermission for ReadConsent {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

impl Question for ReadConsent {
    type Answer = (Consent, Vec<consents::Word>);

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Self::Answer, Failure> {
        get_living(work.tx, self.contact)?;
        let words = consents::list(work.tx, self.contact)?;
        let given = words.iter().filter(|word| word.is_given).map(|word| word.element).collect();
        Ok((given, words))
    }
}
