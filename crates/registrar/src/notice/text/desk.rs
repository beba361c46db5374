//! What the desk tells a holder: that somebody wrote (RDP-12), that somebody doubts the data (ACY-8).

use super::{Letter, Material, wrap};

/// A message of somebody outside, every line of it marked as theirs.
pub(super) fn relayed(material: &Material<'_>) -> Letter {
    let name = material.shown_name();
    let Some(message) = material.relayed else {
        return material.letter(format!("Somebody asked to reach you about {name}"), []);
    };
    let role = if message.is_technical { "the technical contact" } else { "the registrant" };
    let paragraphs = [
        Some(format!("somebody asked us to pass a message on to {role} of the domain name {name}. We did not tell them who you are or how you are reached.")),
        Some("The name, address and words below are theirs; we have not checked them. If you answer this message, your answer goes to them, and they learn your address.".to_owned()),
        Some(format!("From: {} <{}>", message.name, message.email.as_str())),
    ];
    let mut letter = material.letter(format!("Somebody asks to reach you about {name}"), paragraphs);
    let text = [Some(message.reason.sentence()), message.message.as_deref()].into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    letter.body.push('\n');
    letter.body.push_str(&quote(&text));
    letter
}

/// Somebody says that the data is wrong: what the holder has to do, and by when.
pub(super) fn inquiry(material: &Material<'_>) -> Letter {
    let name = material.shown_name();
    let paragraphs = [
        Some(format!("we were told that registration data of the domain name {name} is inaccurate.")),
        material.with("elements", "It is about: {}."),
        material.with(
            "answer_by",
            "Please look at your data, and correct it or confirm it by answering this message, by {} (UTC) at the latest.",
        ),
        Some(format!("You can see and correct your data at {}.", material.settings.portal)),
        Some(
            "If you do not answer within 15 calendar days, or the data is false on purpose, we have to suspend the name or end its \
             registration."
                .to_owned(),
        ),
    ];
    material.letter(format!("Please check the registration data of {name}"), paragraphs)
}

/// The lines of somebody else, each behind `> `, wrapped so that none escapes its mark.
fn quote(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let wrapped = wrap(line);
        for part in wrapped.lines() {
            out.push_str(format!("> {part}").trim_end());
            out.push('\n');
        }
    }
    out
}
