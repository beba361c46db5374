//! `namekeep contact ...`: holders and contacts, kept sealed.

use model::{Contact, ContactId};
use policy::calendar::utc_date;
use policy::publication::ConsentElement;
use registrar::PageRequest;
use registrar::contact::{
    ContactLine, HolderChanges, ListContacts, ReadConsent, ReadContact, ReadContactRevision, ReadCustomer, SaveContact, SetConsent,
    SetCustomer,
};
use registrar::verification::{CallHolder, DoubtHolder};
use serde::Serialize;

use super::verification::{CallReport, standing, verify};
use super::{Ending, Session};
use crate::argument;
use crate::cli::ContactCommand;
use crate::config;
use crate::failure::Failure;
use crate::output::{Report, fields, print, table};

/// What a contact file holds.
const CONTACT_HINT: &str = "a contact has `kind`, `name`, `email` and an `[address]` with `street`, `city`, `country`; \
                            `organisation`, `phone`, `fax`, `address.province`, `address.postcode` where there are any";

#[derive(Serialize)]
struct SavedReport {
    id: model::ContactId,
}

impl Report for SavedReport {
    fn text(&self) -> String {
        self.id.to_string()
    }
}

#[derive(Serialize)]
struct CustomerReport {
    customer: Option<ContactId>,
}

impl Report for CustomerReport {
    fn text(&self) -> String {
        self.customer.map_or_else(|| "it stands for nobody".to_owned(), |customer| customer.to_string())
    }
}

/// A contact's data.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct ContactReport(pub(super) Contact);

impl Report for ContactReport {
    fn text(&self) -> String {
        let contact = &self.0;
        let address = &contact.address;
        let town = [address.postcode.as_deref(), Some(address.city.as_str()), address.province.as_deref(), Some(address.country.as_str())];
        fields(&[
            ("name", contact.name.clone()),
            ("organisation", contact.organisation.clone().unwrap_or_default()),
            ("street", address.street.join(", ")),
            ("town", town.into_iter().flatten().collect::<Vec<_>>().join(" ")),
            ("phone", contact.phone.as_ref().map(|phone| phone.number().to_owned()).unwrap_or_default()),
            ("e-mail", contact.email.as_str().to_owned()),
        ])
    }
}

#[derive(Serialize)]
struct ContactsReport {
    contacts: Vec<ContactLine>,
    /// After which contact the next page begins; none on the last.
    next: Option<ContactId>,
}

impl Report for ContactsReport {
    fn text(&self) -> String {
        if self.contacts.is_empty() {
            return "No contacts.".to_owned();
        }
        let rows = self.contacts.iter().map(|line| {
            let handles: Vec<String> = line.handles.iter().map(|(registry, handle)| format!("{registry}: {handle}")).collect();
            let name = line.erased_at.map_or_else(|| line.name.clone(), |at| format!("erased on {}", utc_date(at)));
            vec![line.id.to_string(), name, handles.join(", ")]
        });
        let table = table(&["id", "name", "handles"], rows);
        match self.next {
            Some(next) => format!("{table}\nMore: --after {next}"),
            None => table,
        }
    }
}

/// What a holder agreed to have published.
#[derive(Serialize)]
struct ConsentReport {
    consents: Vec<ConsentLine>,
}

#[derive(Serialize)]
struct ConsentLine {
    element: ConsentElement,
    is_given: bool,
    at: model::Timestamp,
    source: String,
}

impl ConsentReport {
    fn of(words: Vec<store::consents::Word>) -> Self {
        let line =
            |word: store::consents::Word| ConsentLine { element: word.element, is_given: word.is_given, at: word.at, source: word.source };
        Self { consents: words.into_iter().map(line).collect() }
    }
}

impl Report for ConsentReport {
    fn text(&self) -> String {
        if self.consents.is_empty() {
            return "Nothing was said: everything that may be withheld is.".to_owned();
        }
        let rows = self.consents.iter().map(|line| {
            let word = if line.is_given { "published" } else { "withdrawn" };
            vec![line.element.word().to_owned(), word.to_owned(), line.at.to_string(), line.source.clone()]
        });
        table(&["element", "consent", "since", "source"], rows)
    }
}

/// An element of a contact, by its word.
pub fn element(word: &str) -> Result<ConsentElement, Failure> {
    ConsentElement::from_word(word).ok_or_else(|| {
        Failure::usage(format!("`{word}` is no element of a contact that can be published."))
            .hint("the elements are: name, organisation, street, city, postcode, phone, fax, email")
    })
}

/// Runs one command on contacts.
pub fn run(session: &Session, command: &ContactCommand) -> Result<Ending, Failure> {
    match command {
        ContactCommand::Save { file, id } => {
            let text = std::fs::read_to_string(file).map_err(|error| Failure::file(file, "read the contact", &error))?;
            let contact: Contact =
                toml::from_str(&text).map_err(|error| config::fault::of_toml(&text, file, &error).or_hint(CONTACT_HINT))?;
            let id = id.as_deref().map(|id| argument::parse("contact id", id)).transpose()?;
            let report = SavedReport { id: session.carry_out(SaveContact { id, contact })? };
            tell_names(session)?;
            print(session.format, &report);
        }
        ContactCommand::Consent { id, publish, withdraw, source } => {
            let contact = argument::parse("contact id", id)?;
            for (words, is_given) in [(publish, true), (withdraw, false)] {
                let elements = words.iter().map(|word| element(word)).collect::<Result<Vec<_>, _>>()?;
                if !elements.is_empty() {
                    session.carry_out(SetConsent { contact, elements, is_given, source: source.clone() })?;
                }
            }
            print(session.format, &ConsentReport::of(session.ask(ReadConsent { contact })?.1));
        }
        ContactCommand::Show { id, revision } => {
            let id = argument::parse("contact id", id)?;
            let contact = match revision {
                Some(revision) => session.ask(ReadContactRevision { id, revision: *revision })?,
                None => session.ask(ReadContact { id })?,
            };
            print(session.format, &ContactReport(contact));
        }
        ContactCommand::Customer { id, customer } => {
            let contact = argument::parse("contact id", id)?;
            if let Some(customer) = customer {
                session.carry_out(SetCustomer { contact, customer: argument::parse("contact id", customer)? })?;
            }
            print(session.format, &CustomerReport { customer: session.ask(ReadCustomer { contact })? });
        }
        ContactCommand::Standing { id } => standing(session, argument::parse("contact id", id)?)?,
        ContactCommand::Verify(args) => verify(session, args)?,
        ContactCommand::Call { id } => {
            let said = session.carry_out(CallHolder { contact: argument::parse("contact id", id)? })?;
            print(session.format, &CallReport { phone: said.phone.number().to_owned(), code: said.code });
        }
        ContactCommand::Doubt { id, reason, inquiry } => {
            let contact = argument::parse("contact id", id)?;
            session.carry_out(DoubtHolder { contact, is_inquiry: *inquiry, reference: reason.clone() })?;
            tell_names(session)?;
            standing(session, contact)?;
        }
        ContactCommand::List { limit, after } => {
            let after = after.as_deref().map(|id| argument::parse("contact id", id)).transpose()?;
            let page = session.ask(ListContacts { page: PageRequest { after, limit: *limit } })?;
            print(session.format, &ContactsReport { contacts: page.items, next: page.next });
        }
    }
    Ok(Ending::Done)
}

/// What follows for the names of a holder is carried at once, whether a server runs or not.
pub(super) fn tell_names(session: &Session) -> Result<(), Failure> {
    let holder_changes = HolderChanges::new(&session.instance.registrar);
    while holder_changes.step()? > 0 {}
    Ok(())
}
