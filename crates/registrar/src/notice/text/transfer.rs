//! What a registrant is told about transfers besides the standard form (TRF-10, and courtesy at both ends).

use super::{Letter, Material};

/// A transfer away was denied, with the reason (TRF-10).
pub(super) fn denied(material: &Material<'_>) -> Letter {
    let name = material.shown_name();
    let paragraphs = [
        Some(format!("a transfer of your domain name {name} to another registrar was requested, and we denied it.")),
        material.fact("reason").map(|word| format!("The reason: {}.", said(word))),
        material.with("reference", "Reference: {}."),
        Some("If you want the transfer and the reason no longer holds, answer this message.".to_owned()),
    ];
    material.letter(format!("Transfer of {name} denied"), paragraphs)
}

/// A reason of the closed lists in words (TRF-7, TRF-8); a reason that is not a word of the lists stands as it is.
fn said(reason: &str) -> &str {
    match reason {
        "fraud" => "there is evidence of fraud",
        "identity-dispute" => "there is a reasonable dispute over the identity of the registered name holder",
        "non-payment" => "the registration was not paid for and the name is on hold",
        "holder-objection" => "you objected to the transfer expressly",
        "recently-created" => "the name was created within the last 60 days",
        "recently-transferred" => "the name was transferred within the last 60 days",
        "pending-udrp" => "a UDRP proceeding about the name is pending",
        "court-order" => "a court ordered it",
        "pending-tdrp" => "a transfer dispute (TDRP) about the name is pending",
        "urs" => "there is a URS proceeding about the name, or it is suspended by one",
        "change-of-registrant-lock" => "the registrant changed within the last 60 days",
        other => other,
    }
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

#[cfg(test)]
mod tests {
    use policy::DenialReason;

    use super::*;

    #[test]
    fn every_lawful_reason_has_a_sentence() {
        for word in DenialReason::WORDS {
            assert!(said(word).contains(' '), "{word} would be shown as a code word");
        }
    }
}
