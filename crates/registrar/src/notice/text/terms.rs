//! EXP-16: the deletion and auto-renewal policy, told to each new registrant, from the TLD's own numbers.

use super::{Letter, Material};

pub(super) fn registration(material: &Material<'_>) -> Letter {
    let name = material.shown_name();
    let renewal = match material.fact("auto_renew") {
        Some("true") => "You asked us to renew it at expiry; you can change that at any time before.",
        _ => "It is not renewed by itself; we remind you about a month and about a week before it expires, and once after.",
    };
    let paragraphs = [
        Some(format!("your domain name {name} is registered.")),
        material.with("expires_on", "It is registered until {} (UTC)."),
        Some(renewal.to_owned()),
        material.with("delete_after_days", "If it is not renewed, its DNS is interrupted and it is deleted {} days after expiry."),
        material.with("renewal_fee", "The fee for a year is {}."),
        material.with("restore_fee", "Once deleted it can be restored for a limited time; the fee for that is {}."),
        Some(format!("Renew it, change it or move it at {}.", material.settings.portal)),
    ];
    material.letter(format!("{name} is registered: renewal and deletion"), paragraphs)
}
