//! What the forms hold, and what each field has to be: the same reading for a page, a spool file and a case that is entered by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use model::{DomainName, Email, ReceiptId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::publication::ConsentElement;

/// Longest line of text, in characters.
pub const MAX_LINE_CHARS: usize = 200;
/// Longest text of several lines, in characters.
pub const MAX_TEXT_CHARS: usize = 4000;
/// Length of an age recipient: bech32 of 32 bytes with the prefix `age` (C2SP age, X25519 recipient).
const AGE_RECIPIENT_CHARS: usize = 62;

/// A form as it was filled in: each field with its values, in order.
pub type Fields = BTreeMap<String, Vec<String>>;

/// The forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormKind {
    /// A message to a holder (RDP-12).
    Contact,
    /// A report of inaccurate data (ACY-9).
    Inaccuracy,
    /// A request to disclose withheld data (DSC-2).
    Disclosure,
    /// The code by which a holder is verified (ACY-3).
    Verification,
}

impl FormKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Contact, Self::Inaccuracy, Self::Disclosure, Self::Verification];

    /// The word in addresses, folders and tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Inaccuracy => "inaccuracy",
            Self::Disclosure => "disclosure",
            Self::Verification => "verification",
        }
    }
}

/// Which field is not as it has to be, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field.
    pub field: &'static str,
    /// What is wrong and what to do, in a sentence.
    pub sentence: String,
}

/// Why somebody writes to a holder. The sentence is the pre-filled contact request of ICANN's advisory of 25 May 2026.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelayReason {
    /// The name or what is reached under it.
    General,
    /// To buy the name.
    Purchase,
    /// Rights of others.
    Rights,
    /// A fault or a vulnerability.
    Security,
}

impl RelayReason {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::General, Self::Purchase, Self::Rights, Self::Security];

    /// The word in the form.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Purchase => "purchase",
            Self::Rights => "rights",
            Self::Security => "security",
        }
    }

    /// The request in a sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::General => "I would like to get in touch with you about this domain name.",
            Self::Purchase => "I would like to get in touch with you about acquiring this domain name.",
            Self::Rights => "I would like to get in touch with you about a matter of rights that concerns this domain name.",
            Self::Security => "I would like to get in touch with you about a technical or security problem with this domain name.",
        }
    }
}

/// A message to the holder or the technical contact of a name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayRequest {
    /// The name.
    pub domain: DomainName,
    /// Whether it is for the technical contact.
    pub is_technical: bool,
    /// The sender's name.
    pub name: String,
    /// Where answers go.
    pub email: Email,
    /// Why.
    pub reason: RelayReason,
    /// More words, if there are any.
    pub message: Option<String>,
}

/// A report that registration data is wrong.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InaccuracyReport {
    /// The name.
    pub domain: DomainName,
    /// The reporter's name.
    pub name: String,
    /// Where the reporter is told.
    pub email: Email,
    /// Which elements are said to be wrong.
    pub elements: BTreeSet<ConsentElement>,
    /// What is wrong with them.
    pub explanation: String,
}

/// A request to disclose withheld data (DSC-2).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisclosureRequest {
    /// The name.
    pub domain: DomainName,
    /// The requestor's name.
    pub name: String,
    /// The requestor's organisation.
    pub organisation: Option<String>,
    /// Where the answer goes.
    pub email: Email,
    /// The telephone number, if one was given.
    pub phone: Option<String>,
    /// For whom, and by what authority; none where the requestor asks for itself.
    pub authority: Option<String>,
    /// Which elements are wanted.
    pub elements: BTreeSet<ConsentElement>,
    /// The legal rights and the reasons.
    pub grounds: String,
    /// The age recipient that the answer is encrypted to.
    pub recipient: Option<String>,
}

/// The code from the letter to a holder: whoever has it has read the letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderAnswer {
    /// As it was typed.
    pub code: String,
}

/// Whatever was posted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "form")]
pub enum Form {
    /// See [`RelayRequest`].
    Contact(RelayRequest),
    /// See [`InaccuracyReport`].
    Inaccuracy(InaccuracyReport),
    /// See [`DisclosureRequest`].
    Disclosure(DisclosureRequest),
    /// See [`HolderAnswer`].
    Verification(HolderAnswer),
}

/// Somebody who writes about a name that need not be theirs.
#[derive(Clone, Copy)]
pub struct Outsider<'f> {
    /// About which name.
    pub domain: &'f DomainName,
    /// As they call themselves.
    pub name: &'f str,
    /// Where they say they are reached.
    pub email: &'f Email,
}

/// A form with its receipt, as it is sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The receipt number that the sender was given.
    pub receipt: ReceiptId,
    /// When it was posted.
    pub at: Timestamp,
    /// What.
    pub form: Form,
}

impl Form {
    /// Which form.
    #[must_use]
    pub fn kind(&self) -> FormKind {
        match self {
            Self::Contact(_) => FormKind::Contact,
            Self::Inaccuracy(_) => FormKind::Inaccuracy,
            Self::Disclosure(_) => FormKind::Disclosure,
            Self::Verification(_) => FormKind::Verification,
        }
    }

    /// Who sent it about which name; none where a holder answers, who is known by the code.
    #[must_use]
    pub fn outsider(&self) -> Option<Outsider<'_>> {
        let (domain, name, email) = match self {
            Self::Contact(form) => (&form.domain, &form.name, &form.email),
            Self::Inaccuracy(form) => (&form.domain, &form.name, &form.email),
            Self::Disclosure(form) => (&form.domain, &form.name, &form.email),
            Self::Verification(_) => return None,
        };
        Some(Outsider { domain, name, email })
    }

    /// Reads a form of a kind.
    ///
    /// # Errors
    /// Every field that is not as it has to be.
    pub fn read(kind: FormKind, fields: &Fields) -> Result<Self, Vec<FieldFault>> {
        match kind {
            FormKind::Contact => read_relay(fields).map(Self::Contact),
            FormKind::Inaccuracy => read_inaccuracy(fields).map(Self::Inaccuracy),
            FormKind::Disclosure => read_disclosure(fields).map(Self::Disclosure),
            FormKind::Verification => read_answer(fields).map(Self::Verification),
        }
    }
}

macro_rules! debug_without_content {
    ($($name:ty),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([personal data])"))
            }
        }
    )+};
}
debug_without_content!(RelayRequest, InaccuracyReport, DisclosureRequest, HolderAnswer, Outsider<'_>, Form, Posted);

/// Reads a message to a holder.
///
/// # Errors
/// Every field that is not as it has to be.
fn read_relay(fields: &Fields) -> Result<RelayRequest, Vec<FieldFault>> {
    let mut reader = Reader::of(fields);
    let domain = reader.domain();
    let (name, email) = (reader.line("name", "Your name"), reader.email());
    let reason = reader.one("reason").and_then(|word| RelayReason::ALL.into_iter().find(|reason| reason.word() == word));
    let reason = reader.need("reason", reason, "Choose what your message is about.");
    let message = reader.text_if_any("message", "Your message");
    let is_technical = reader.one("role") == Some("technical");
    reader.end(|| Some(RelayRequest { domain: domain?, is_technical, name: name?, email: email?, reason: reason?, message }))
}

/// Reads a report of inaccurate data.
///
/// # Errors
/// Every field that is not as it has to be.
fn read_inaccuracy(fields: &Fields) -> Result<InaccuracyReport, Vec<FieldFault>> {
    let mut reader = Reader::of(fields);
    let domain = reader.domain();
    let (name, email) = (reader.line("name", "Your name"), reader.email());
    let elements = reader.elements("Choose what is inaccurate.");
    let explanation = reader.text("explanation", "What is inaccurate, and how you know");
    reader.end(|| Some(InaccuracyReport { domain: domain?, name: name?, email: email?, elements: elements?, explanation: explanation? }))
}

/// Reads a request to disclose withheld data: the six things of DSC-2, each with its own reason where it is missing.
///
/// # Errors
/// Every field that is not as it has to be.
fn read_disclosure(fields: &Fields) -> Result<DisclosureRequest, Vec<FieldFault>> {
    let mut reader = Reader::of(fields);
    let domain = reader.domain();
    let (name, email) = (reader.line("name", "Your name"), reader.email());
    let organisation = reader.line_if_any("organisation", "The organisation");
    let phone = reader.line_if_any("phone", "The telephone number");
    let is_for_another = match reader.one("capacity") {
        Some("self") => Some(false),
        Some("representative") => Some(true),
        _ => None,
    };
    let is_for_another = reader.need("capacity", is_for_another, "Say whether you ask for yourself or for somebody else.");
    let authority = match is_for_another {
        Some(true) => reader.text("authority", "For whom you ask, and by what authority"),
        _ => None,
    };
    let elements = reader.elements("Choose the elements of the registration data that you ask for.");
    let grounds = reader.text("grounds", "Your legal rights, and why you need these elements");
    reader.confirmed("good_faith", "Confirm that you make this request in good faith.");
    reader.confirmed("lawful", "Promise to process the data lawfully.");
    let recipient = reader.recipient();
    reader.end(|| {
        Some(DisclosureRequest {
            domain: domain?,
            name: name?,
            organisation,
            email: email?,
            phone,
            authority,
            elements: elements?,
            grounds: grounds?,
            recipient,
        })
    })
}

/// Reads the code of a holder. Whether it is valid is seen by those who hold the key.
///
/// # Errors
/// A field that is not as it has to be.
fn read_answer(fields: &Fields) -> Result<HolderAnswer, Vec<FieldFault>> {
    let mut reader = Reader::of(fields);
    let code = reader.line("code", "The code from our letter");
    reader.end(|| Some(HolderAnswer { code: code? }))
}

/// Reads fields and gathers what is wrong.
struct Reader<'f> {
    fields: &'f Fields,
    faults: Vec<FieldFault>,
}

impl<'f> Reader<'f> {
    fn of(fields: &'f Fields) -> Self {
        Self { fields, faults: Vec::new() }
    }

    /// What was read, or what is wrong. A form without fault is whole.
    fn end<T>(self, made: impl FnOnce() -> Option<T>) -> Result<T, Vec<FieldFault>> {
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        made().ok_or(self.faults)
    }

    /// The first value of a field, without blanks around it; none where it is empty.
    fn one(&self, field: &str) -> Option<&'f str> {
        self.fields.get(field)?.first().map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    fn fault(&mut self, field: &'static str, sentence: impl Into<String>) {
        self.faults.push(FieldFault { field, sentence: sentence.into() });
    }

    fn need<T>(&mut self, field: &'static str, value: Option<T>, sentence: &str) -> Option<T> {
        if value.is_none() {
            self.fault(field, sentence);
        }
        value
    }

    fn domain(&mut self) -> Option<DomainName> {
        let read = self.one("domain").map(|text| DomainName::parse(text.trim_end_matches('.')));
        match read {
            Some(Ok(name)) if name.labels().count() >= 2 => Some(name),
            Some(Err(error)) => {
                self.fault("domain", format!("This is not a domain name: {error}."));
                None
            }
            _ => self.need("domain", None, "Give the whole domain name, such as `example.com`."),
        }
    }

    fn email(&mut self) -> Option<Email> {
        match self.one("email").map(Email::parse) {
            Some(Ok(email)) => Some(email),
            Some(Err(error)) => {
                self.fault("email", format!("This address cannot be used: {error}."));
                None
            }
            None => self.need("email", None, "Give an e-mail address at which you can be reached."),
        }
    }

    fn line(&mut self, field: &'static str, what: &str) -> Option<String> {
        match self.line_if_any(field, what) {
            None if self.faults.iter().all(|fault| fault.field != field) => self.need(field, None, &format!("{what} is missing.")),
            line => line,
        }
    }

    fn line_if_any(&mut self, field: &'static str, what: &str) -> Option<String> {
        let line = self.one(field)?;
        if line.chars().count() > MAX_LINE_CHARS || line.contains(char::is_control) {
            self.fault(field, format!("{what} has at most {MAX_LINE_CHARS} characters, on one line."));
            return None;
        }
        Some(line.to_owned())
    }

    fn text(&mut self, field: &'static str, what: &str) -> Option<String> {
        match self.text_if_any(field, what) {
            None if self.faults.iter().all(|fault| fault.field != field) => self.need(field, None, &format!("{what}: this is missing.")),
            text => text,
        }
    }

    /// Several lines; their ends are `\n`, and no other control character is in them.
    fn text_if_any(&mut self, field: &'static str, what: &str) -> Option<String> {
        let text = self.one(field)?.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n").replace('\t', " ");
        if text.chars().count() > MAX_TEXT_CHARS {
            self.fault(field, format!("{what}: at most {MAX_TEXT_CHARS} characters, please."));
            return None;
        }
        if text.contains(|c: char| c.is_control() && c != '\n') {
            self.fault(field, format!("{what}: control characters cannot be used."));
            return None;
        }
        Some(text)
    }

    fn elements(&mut self, sentence: &str) -> Option<BTreeSet<ConsentElement>> {
        let words = self.fields.get("element").map(Vec::as_slice).unwrap_or_default();
        let elements: Option<BTreeSet<_>> = words.iter().map(|word| ConsentElement::from_word(word.trim())).collect();
        self.need("element", elements.filter(|elements| !elements.is_empty()), sentence)
    }

    fn confirmed(&mut self, field: &'static str, sentence: &str) {
        let said = self.one(field).map(|_| ());
        self.need(field, said, sentence);
    }

    /// By its shape; whether it is a key is seen when something is encrypted to it.
    fn recipient(&mut self) -> Option<String> {
        let text = self.one("recipient")?;
        let is_age = text.len() == AGE_RECIPIENT_CHARS
            && text.strip_prefix("age1").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        if !is_age {
            self.fault("recipient", "This is not an age recipient; it begins with `age1` and has 62 characters (`age-keygen` prints it).");
            return None;
        }
        Some(text.to_owned())
    }
}
