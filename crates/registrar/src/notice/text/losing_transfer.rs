//! TRF-5: ICANN's standard form for the losing registrar, "Confirmation of Registrar Transfer Request" (Transfer Policy I.A.3.1 to
//! 3.4; the form as updated on 21 February 2024 for the Registration Data Policy).
//!
//! Nothing is added to the form and nothing left out; a test locks its digest, so that whoever changes it does so on purpose and
//! with ICANN's page beside them. One of the form's optional ways to cancel is used, by e-mail; its line about a translation
//! belongs to forms that carry one.

use super::{Letter, Material};

/// The form. `{...}` marks what is inserted, as angle brackets do in ICANN's text.
const FORM: &str = include_str!("losing-transfer.txt");

/// Said where the registry gave no date; the form has no room for silence.
const UNKNOWN: &str = "(date not given by the registry)";

pub(super) fn form(material: &Material<'_>) -> Letter {
    let insertions = [
        ("{holder}", material.holder.name.as_str()),
        ("{name}", &material.shown_name()),
        ("{registrar}", &material.settings.sender_name),
        ("{notified_on}", material.fact("notified_on").unwrap_or(UNKNOWN)),
        ("{act_by}", material.fact("passes_on").unwrap_or(UNKNOWN)),
        ("{sender}", material.settings.sender.as_str()),
    ];
    Letter { subject: format!("Domain name transfer: {}", material.shown_name()), body: insert(FORM, &insertions) }
}

/// Puts each insertion in its place, in one pass: what is inserted is never read as a form again.
fn insert(form: &str, insertions: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(form.len() * 2);
    let mut rest = form;
    while let Some(at) = rest.find('{') {
        let (before, place) = rest.split_at(at);
        out.push_str(before);
        rest = match insertions.iter().find(|(mark, _)| place.starts_with(mark)) {
            Some((mark, text)) => {
                out.push_str(text);
                &place[mark.len()..]
            }
            None => {
                out.push('{');
                &place[1..]
            }
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TRF-5: nobody changes the form by accident.
    #[test]
    fn the_form_is_locked() {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, FORM.as_bytes());
        let hex: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "6e7c1c3607529fbb1a04a562170e4d059ea1767b20299e88219d1051b2f257d4");
    }

    #[test]
    fn an_insertion_is_not_a_form() {
        assert_eq!(insert("to {a}, {b}, {c}.", &[("{a}", "{b}"), ("{b}", "B")]), "to {b}, B, {c}.");
    }
}
