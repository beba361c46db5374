//! E-mail addresses: [`model::Email`] holds the form (RFC 5322, RFC 5321, two labels at least); here it is asked whether mail can arrive.

use model::Email;

use super::field::Field;
use super::finding::{Finding, worst};

/// Domains kept for other purposes than mail, with the text that keeps them.
const RESERVED: &[(&str, &str)] = &[
    ("test", "RFC 6761"),
    ("example", "RFC 6761"),
    ("invalid", "RFC 6761"),
    ("localhost", "RFC 6761"),
    ("example.com", "RFC 2606"),
    ("example.net", "RFC 2606"),
    ("example.org", "RFC 2606"),
    ("local", "RFC 6762"),
    ("onion", "RFC 7686"),
    ("alt", "RFC 9476"),
    ("arpa", "RFC 3172"),
    ("internal", "ICANN, 29 July 2024"),
];

/// What is to be said of an e-mail address.
pub(super) fn look_at(email: &Email) -> Option<Finding> {
    worst([ending(email), reserved(email), internationalised(email)])
}

/// RFC 3696 section 2: no top-level domain is a number, and none has a single letter.
fn ending(email: &Email) -> Option<Finding> {
    let tld = email.domain().rsplit('.').next().unwrap_or_default();
    let can_exist = tld.len() > 1 && tld.contains(|c: char| c.is_ascii_alphabetic());
    let sentence = format!("the {} ends in what is no top-level domain", Field::Email.phrase());
    (!can_exist).then(|| Finding::fault("accuracy.email-ending", sentence, "write the whole address, such as `name@domain.org`"))
}

/// No mail arrives there. A doubt only: the address is well formed, demonstrations and tests live on such names, and the verification by
/// e-mail (ACY-3) fails by itself where somebody means it.
fn reserved(email: &Email) -> Option<Finding> {
    let domain = email.domain();
    let is_within = |name: &str| domain.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let (_, source) = RESERVED.iter().find(|(name, _)| is_within(name))?;
    let sentence = format!("the {} is in a domain that is reserved ({source}) and receives no mail", Field::Email.phrase());
    Some(Finding::doubt("accuracy.email-reserved", sentence, "give an address that receives mail; a code is sent to it"))
}

/// RFC 6531 is not RFC 5322, which the programme names; registries take such an address by RFC 9873 only.
fn internationalised(email: &Email) -> Option<Finding> {
    let sentence = format!("the {} has letters before the `@` that not every mail server takes (RFC 6531)", Field::Email.phrase());
    let hint = "give an address in plain letters if there is one";
    email.is_internationalised().then(|| Finding::doubt("accuracy.email-internationalised", sentence, hint))
}
