//! COR-6: both the prior and the new registrant are told of a change of registrant, and of the lock that follows from it.

use super::{Letter, Material};

/// To whoever held the name before.
pub(super) fn prior(material: &Material<'_>) -> Letter {
    let name = material.shown_name();
    let paragraphs = [
        Some(format!("the registrant of the domain name {name} was changed, and you are no longer on record as you were.")),
        material.with("changed_on", "Date: {} (UTC)."),
        Some(lock(material)),
        Some("If you did not agree to this change, answer this message at once.".to_owned()),
    ];
    material.letter(format!("The registrant of {name} has changed"), paragraphs)
}

/// To whoever holds it now.
pub(super) fn new(material: &Material<'_>) -> Letter {
    let name = material.shown_name();
    let paragraphs = [
        Some(format!("the registrant of the domain name {name} was changed: it is registered to you, with the data that you gave us.")),
        material.with("changed_on", "Date: {} (UTC)."),
        Some(lock(material)),
        Some("If you did not ask for this change, answer this message at once.".to_owned()),
    ];
    material.letter(format!("You are the registrant of {name}"), paragraphs)
}

/// The lock of sixty days, or that there is none.
fn lock(material: &Material<'_>) -> String {
    let locked = "Until {} (UTC) the name cannot be transferred to another registrar: the Transfer Policy sets this lock for 60 days after a change \
                  of registrant, and neither you nor we can lift it before.";
    let free = "The lock of 60 days against a transfer to another registrar, which usually follows a change of registrant, was not set, because \
                the registrant had opted out of it beforehand.";
    material.with("locked_until", locked).unwrap_or_else(|| free.to_owned())
}
