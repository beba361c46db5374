//! The notices of the expiry chain (EXP-1, EXP-2, EXP-3, EXP-9, EXP-11).

use super::{Letter, Material};

/// About a month before expiry (EXP-1).
pub(super) fn first(material: &Material<'_>) -> Letter {
    let subject = format!("{} expires {}", material.shown_name(), on(material));
    material.letter(subject, before_expiry(material))
}

/// About a week before expiry (EXP-2).
pub(super) fn second(material: &Material<'_>) -> Letter {
    let subject = format!("Second notice: {} expires {}", material.shown_name(), on(material));
    material.letter(subject, before_expiry(material))
}

/// Within five days after expiry, with renewal instructions (EXP-3).
pub(super) fn after(material: &Material<'_>) -> Letter {
    let name = material.shown_name();
    let paragraphs = [
        Some(format!("your domain name {name} expired {} and was not renewed.", on(material))),
        Some(format!("You can still renew it. {}", material.renewal())),
        Some("If it is not renewed, we interrupt its DNS: web sites and mail under it stop working.".to_owned()),
        material.with("delete_after_days", "It is deleted {} days after it expired."),
        restore_fee(material),
    ];
    material.letter(format!("{name} has expired"), paragraphs)
}

/// DNS is interrupted (EXP-9): that it expired, and how to renew.
pub(super) fn interrupted(material: &Material<'_>) -> Letter {
    let name = material.shown_name();
    let paragraphs = [
        Some(format!("your domain name {name} expired {} and was not renewed. Its DNS is now interrupted.", on(material))),
        Some(format!("{} Its DNS is restored at once when you renew.", material.renewal())),
        material.with("delete_on", "Without renewal it is deleted on {} (UTC)."),
        restore_fee(material),
    ];
    material.letter(format!("{name} has expired and is interrupted"), paragraphs)
}

/// Deleted, and until when it can be redeemed at what fee (EXP-11, EXP-12).
pub(super) fn deleted(material: &Material<'_>) -> Letter {
    let name = material.shown_name();
    let paragraphs = [
        Some(format!("your domain name {name} was deleted.")),
        material.with("restorable_until", "You can have it restored until {} (UTC); after that anybody can register it."),
        material.with("restore_fee", "The fee for the restoration is {}."),
        material.with("renewal_fee", "The renewal that comes with it costs {}."),
        Some(format!("To have it restored, go to {} or answer this message.", material.settings.portal)),
    ];
    material.letter(format!("{name} was deleted"), paragraphs)
}

fn before_expiry(material: &Material<'_>) -> Vec<Option<String>> {
    let is_renewed = material.fact("auto_renew") == Some("true");
    let course = if is_renewed {
        "You asked us to renew it at expiry, so you need not do anything. To change that, go to our site or answer this message.".to_owned()
    } else {
        material.renewal()
    };
    vec![
        Some(format!("your domain name {} expires {}.", material.shown_name(), on(material))),
        Some(course),
        Some("If it is not renewed, its DNS is interrupted after expiry: web sites and mail under it stop working.".to_owned()),
        material.with("delete_after_days", "It is deleted {} days after expiry."),
        restore_fee(material),
    ]
}

fn restore_fee(material: &Material<'_>) -> Option<String> {
    material.with("restore_fee", "Once deleted it can be restored for a limited time; the fee for that is {}.")
}

fn on(material: &Material<'_>) -> String {
    material.fact("expires_on").map_or_else(|| "soon".to_owned(), |date| format!("on {date} (UTC)"))
}
