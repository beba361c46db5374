//! A person as the cells of a deposit tell of them. What cannot be read is left out and counted as a doubt; nobody is refused for it, because
//! the row is all that is left of them. What an agent was given for an empty cell (Q12) was never theirs.

use std::fmt;

use escrow::deposit::Placeholders;
use escrow::layout::Field;
use model::{Contact, CountryCode, Email, LegalKind, Phone, PostalAddress};
use policy::accuracy;

/// What depositors are known to write where a state or postcode is empty.
const KNOWN_PLACEHOLDERS: [&str; 2] = ["No-State-Land", "No-ZIP-City"];

/// A person and what in their data is doubtful.
#[derive(Clone)]
pub(super) struct Person {
    /// The data.
    pub(super) contact: Contact,
    /// Codes of doubts; never what the data says.
    pub(super) doubts: Vec<&'static str>,
}

/// Why nobody can be made of the cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoPerson {
    /// Every cell is empty.
    Empty,
    /// The e-mail address cannot be read.
    Email,
    /// The country cannot be read.
    Country,
}

impl NoPerson {
    /// What is said of it.
    pub(super) fn why(self) -> &'static str {
        match self {
            Self::Empty => "it names nobody as its holder",
            Self::Email => "its holder's e-mail address cannot be read, so the holder was not taken on: enter them by hand",
            Self::Country => "its holder's country cannot be read, so the holder was not taken on: enter them by hand",
        }
    }
}

/// Reads a person from cells by field.
pub(super) fn read<'c>(cell: impl Fn(Field) -> Option<&'c str>, placeholders: &Placeholders) -> Result<Person, NoPerson> {
    let mut doubts = Vec::new();
    let said = |field| cell(field).unwrap_or_default();
    if [Field::Name, Field::Email, Field::City].iter().all(|field| said(*field).trim().is_empty()) {
        return Err(NoPerson::Empty);
    }
    let email = Email::parse(said(Field::Email).trim()).map_err(|_| NoPerson::Email)?;
    let country = said(Field::Country).trim().to_ascii_uppercase();
    let country = CountryCode::parse(&country).map_err(|_| NoPerson::Country)?;
    let mut phone = |field, code| {
        let text = said(field).trim();
        let read = Phone::parse(text, None).ok();
        if read.is_none() && !text.is_empty() {
            doubts.push(code);
        }
        read
    };
    let (phone, fax) = (phone(Field::Phone, "phone.form"), phone(Field::Fax, "fax.form"));
    let optional = |field, placeholder: &Option<String>| {
        let text = said(field);
        let is_placeholder = KNOWN_PLACEHOLDERS.contains(&text) || placeholder.as_deref() == Some(text);
        (!text.trim().is_empty() && !is_placeholder).then(|| text.to_owned())
    };
    let contact = Contact {
        kind: LegalKind::Unknown,
        name: said(Field::Name).to_owned(),
        organisation: None,
        address: PostalAddress {
            // One cell stays one line, so that the next deposit says the same.
            street: Some(said(Field::Street)).filter(|street| !street.is_empty()).map(str::to_owned).into_iter().collect(),
            city: said(Field::City).to_owned(),
            province: optional(Field::State, &placeholders.state),
            postcode: optional(Field::Postcode, &placeholders.postcode),
            country,
        },
        phone,
        fax,
        email,
    };
    doubts.extend(contact.check().err().map(|error| error.code()));
    doubts.extend(accuracy::validate(&contact).results.iter().filter_map(|result| result.finding.as_ref()).map(|finding| finding.code));
    doubts.sort_unstable();
    doubts.dedup();
    Ok(Person { contact, doubts })
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person([personal data], {} doubts)", self.doubts.len())
    }
}
