//! Letters to holders who have to be verified (ACY-3, ACY-4).

use super::{Letter, Material};

/// The first letter.
pub(super) fn request(material: &Material<'_>) -> Letter {
    asking(material, format!("Please confirm your contact data for {}", material.shown_name()))
}

/// A reminder.
pub(super) fn reminder(material: &Material<'_>) -> Letter {
    asking(material, format!("Reminder: please confirm your contact data for {}", material.shown_name()))
}

fn asking(material: &Material<'_>, subject: String) -> Letter {
    material.letter(
        subject,
        [
            Some(format!(
                "you are on record as the registrant of {}. The rules for domain names oblige us to check that we can reach you.",
                material.shown_name()
            )),
            page(material),
            link(material),
            answer(material),
            token(material),
            Some("Your answer counts for every domain name that you hold with us under these data.".to_owned()),
            material.with(
                "suspends_on",
                "Without an answer the domain name is suspended on {} (UTC): web sites and mail under it stop working.",
            ),
            Some("If you are not the registrant, please tell us by answering this message.".to_owned()),
        ],
    )
}

/// The name is off.
pub(super) fn suspended(material: &Material<'_>) -> Letter {
    material.letter(
        format!("{} is suspended", material.shown_name()),
        [
            material
                .with("asked_on", "we asked you on {} (UTC) to confirm your contact data, and have no answer.")
                .or_else(|| Some("we asked you to confirm your contact data, and have no answer.".to_owned())),
            Some(format!(
                "The rules for domain names oblige us to suspend {} until you do: web sites and mail under it do not work.",
                material.shown_name()
            )),
            page(material),
            link(material),
            answer(material),
            token(material),
            Some("The domain name works again within minutes of your answer. It stays yours meanwhile, and its term runs on.".to_owned()),
        ],
    )
}

/// A page on which the code stands already; opening it confirms nothing, for programs that look into mail open it too.
fn link(material: &Material<'_>) -> Option<String> {
    let (page, token) = material.settings.verification_page.as_ref().zip(material.token)?;
    Some(format!("{page}?code={token}"))
}

fn page(material: &Material<'_>) -> Option<String> {
    link(material).map(|_| "To confirm, open this page and press the button on it:".to_owned())
}

fn answer(material: &Material<'_>) -> Option<String> {
    Some(match material.token {
        Some(_) if material.settings.verification_page.is_some() => {
            "If it does not open, answer this message and leave this code in it:".to_owned()
        }
        Some(_) => {
            format!("To confirm, go to {} and give this code, or answer this message and leave the code in it:", material.settings.portal)
        }
        None => "To confirm, please answer this message.".to_owned(),
    })
}

fn token(material: &Material<'_>) -> Option<String> {
    material.token.map(str::to_owned)
}
