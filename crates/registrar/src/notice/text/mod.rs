//! What notices say, one function a kind. English; other languages come with the agreement's language (EXP-4).
//!
//! A text is made of facts that the decision states and never of personal data; a fact that is not known leaves its sentence out
//! instead of holding the notice back, because a notice that is due is worth more than a complete one that is late.

mod data_reminder;
mod desk;
mod expiry;
mod holder;
mod losing_transfer;
mod terms;
#[cfg(test)]
mod tests;
mod transfer;
mod verification;

use std::collections::BTreeMap;

use model::{Contact, DomainName};
use policy::NoticeKind;
use policy::desk::RelayRequest;

use super::NoticeSettings;

/// Longest line of a text, in characters: mail programs show it unbroken.
const LINE_CHARS: usize = 72;

/// The language of the texts (BCP 47).
pub(super) const LANGUAGE: &str = "en";

/// A finished text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) body: String,
}

/// What a text is made of.
pub(super) struct Material<'m> {
    /// The name it is about.
    pub(super) name: &'m DomainName,
    /// Whom it addresses.
    pub(super) holder: &'m Contact,
    /// What the holder sends back to be verified.
    pub(super) token: Option<&'m str>,
    /// What the decision stated.
    pub(super) facts: &'m BTreeMap<String, String>,
    /// Who we are.
    pub(super) settings: &'m NoticeSettings,
    /// What somebody outside wrote, where that is what it carries.
    pub(super) relayed: Option<&'m RelayRequest>,
}

/// Writes the text of a kind.
pub(super) fn write(kind: NoticeKind, material: &Material<'_>) -> Letter {
    match kind {
        NoticeKind::ExpiryFirst => expiry::first(material),
        NoticeKind::ExpirySecond => expiry::second(material),
        NoticeKind::ExpiryAfter => expiry::after(material),
        NoticeKind::Interrupted => expiry::interrupted(material),
        NoticeKind::Deleted => expiry::deleted(material),
        NoticeKind::LosingTransfer => losing_transfer::form(material),
        NoticeKind::TransferDenied => transfer::denied(material),
        NoticeKind::TransferredAway => transfer::away(material),
        NoticeKind::TransferredIn => transfer::arrived(material),
        NoticeKind::HolderChangedPrior => holder::prior(material),
        NoticeKind::HolderChangedNew => holder::new(material),
        NoticeKind::RegistrationTerms => terms::registration(material),
        NoticeKind::VerificationRequest => verification::request(material),
        NoticeKind::VerificationReminder => verification::reminder(material),
        NoticeKind::Suspended => verification::suspended(material),
        NoticeKind::DataReminder => data_reminder::reminder(material),
        NoticeKind::RelayedMessage => desk::relayed(material),
        NoticeKind::AccuracyInquiry => desk::inquiry(material),
    }
}

impl Material<'_> {
    /// A fact, if it is known.
    fn fact(&self, name: &str) -> Option<&str> {
        self.facts.get(name).map(String::as_str)
    }

    /// A sentence with a fact in the place of `{}`; nothing where the fact is not known.
    fn with(&self, fact: &str, sentence: &str) -> Option<String> {
        self.fact(fact).map(|value| sentence.replace("{}", value))
    }

    /// The name as its holder writes it, and as machines do where that differs.
    fn shown_name(&self) -> String {
        if self.name.is_idn() { format!("{} ({})", self.name.to_unicode(), self.name) } else { self.name.to_string() }
    }

    /// How to renew, for every expiry notice (EXP-3: renewal instructions).
    fn renewal(&self) -> String {
        let fee = self.with("renewal_fee", " The fee for a year is {}.").unwrap_or_default();
        format!("To renew it, go to {} or answer this message.{fee}", self.settings.portal)
    }

    /// A letter of paragraphs, with salutation and signature.
    fn letter(&self, subject: String, paragraphs: impl IntoIterator<Item = Option<String>>) -> Letter {
        let mut body = wrap(&format!("Dear {},", self.holder.name));
        for paragraph in paragraphs.into_iter().flatten() {
            body.push('\n');
            body.push_str(&wrap(&paragraph));
        }
        body.push('\n');
        body.push_str(&wrap(&self.settings.sender_name));
        body.push_str(&wrap(self.settings.sender.as_str()));
        Letter { subject, body }
    }
}

/// Breaks the lines of a paragraph at blanks. A word longer than a line stays whole: it is an address.
pub(crate) fn wrap(paragraph: &str) -> String {
    paragraph.split('\n').map(wrap_line).collect()
}

fn wrap_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut width = 0;
    for word in line.split_whitespace() {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > LINE_CHARS {
            out.push('\n');
            width = 0;
        }
        if width > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += length;
    }
    out.push('\n');
    out
}
