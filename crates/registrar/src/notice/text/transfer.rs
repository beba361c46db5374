//! What a registrant is told about transfers besides the standard form (TRF-10, and courtesy at both ends).

use super::{Letter, Material};

/// A transfer away was denied, with the reason (TRF-10).
pub(super) fn denied(material: &Material<'_>) -> Letter {
    let name = material.shown_name();
    let paragraphs = [
        Some(format!("a transfer of your domain name {name} to another registrar was requested, and we denied it.")),
        material.with("gaining_registrar", "The other registrar's handle at the registry is {}."),
        material.with("reason", "The reason: {}."),
        Some("If you want the transfer and the reason no longer holds, answer this message.".to_owned()),
    ];
    material.letter(format!("Transfer of {name} denied"), paragraphs)
}

/// The name is at another registrar.
pub(super) fn away(material: &Material<'_>) -> Letter {
    let name = material.shown_name();
    let paragraphs = [
        Some(format!("your domain name {name} was transferred to another registrar.")),
        material.with("transferred_on", "Date: {} (UTC)."),
        Some("If you did not ask for this, answer this message at once.".to_owned()),
    ];
    material.letter(format!("{name} was transferred away"), paragraphs)
}

/// The name arrived.
pub(super) fn arrived(material: &Material<'_>) -> Letter {
    let name = material.shown_name();
    let paragraphs = [
        Some(format!("your domain name {name} is now with us.")),
        material.with("expires_on", "It is registered until {} (UTC)."),
        Some(format!("Renew it, change it or move it at {}.", material.settings.portal)),
    ];
    material.letter(format!("{name} has arrived"), paragraphs)
}
