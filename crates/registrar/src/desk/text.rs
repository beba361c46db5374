//! The letters of the desk: plain text, no personal data of a holder but what is encrypted in it.

use model::{Email, ReceiptId, Timestamp};
use policy::calendar::utc_date;
use policy::desk::{Case, CaseKind, Finding, Form, Outsider};
use policy::publication::ConsentElement;
use serde::{Deserialize, Serialize};

use super::case::{CaseWords, outsider};
use crate::failure::Fault;
use crate::notice::{NoticeSettings, wrap};

/// A letter as it is sealed until it leaves.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Letter {
    /// To which address.
    pub(super) email: Email,
    /// What it is about.
    pub(super) subject: String,
    /// The text, lines separated by `\n`.
    pub(super) body: String,
}

/// A part of a letter: text that is wrapped, or lines that stay as they are.
enum Part<'p> {
    Paragraph(String),
    Lines(&'p str),
}

use Part::{Lines, Paragraph};

/// DSC-3, ACY-9: that it is here, and when more will be heard.
pub(super) fn acknowledgement(case: &Case, receipt: ReceiptId, form: &Form, settings: &NoticeSettings) -> Result<Letter, Fault> {
    let name = &case.name;
    let (subject, what, next) = match case.kind {
        CaseKind::Disclosure => (
            format!("We received your request about {name}"),
            "your request for registration data",
            format!("We weigh it on its merits and answer it by {} (UTC) at the latest.", day(case.due().map(|due| due.hard_due))),
        ),
        CaseKind::Inaccuracy => (
            format!("We received your report about {name}"),
            "your report of inaccurate registration data",
            "We look into it. If we ask the holder of the name, the holder has 15 days to answer.".to_owned(),
        ),
    };
    let recipient = match form {
        Form::Disclosure(request) if request.recipient.is_none() => Some(Paragraph(
            "Data is only ever sent encrypted. If you want an answer that holds any, answer this message with your age recipient \
             (https://age-encryption.org), and by what other way we can make sure that it is yours."
                .to_owned(),
        )),
        _ => None,
    };
    let head = Paragraph(format!("we received {what} about the domain name {name} (case {}, receipt {receipt}).", case.id));
    letter(form, subject, [Some(head), Some(Paragraph(next)), recipient], settings)
}

/// DSC-4: that the answer takes longer, why, and until when.
pub(super) fn extension(case: &Case, form: &Form, reason: &str, settings: &NoticeSettings) -> Result<Letter, Fault> {
    let until = day(case.extension.map(|extension| extension.until));
    let parts = [
        Some(Paragraph(format!("your request about the domain name {} (case {}) takes longer than 30 days.", case.name, case.id))),
        Some(Paragraph(format!("Reason: {reason}"))),
        Some(Paragraph(format!("We answer it by {until} (UTC) at the latest."))),
    ];
    letter(form, format!("Your request about {} takes longer", case.name), parts, settings)
}

/// DSC-4: the data, encrypted, and the reasons as far as something else was asked for.
pub(super) fn disclosure(
    case: &Case,
    form: &Form,
    words: Option<&CaseWords>,
    sealed: &str,
    settings: &NoticeSettings,
) -> Result<Letter, Fault> {
    let parts = [
        Some(Paragraph(format!("your request about the domain name {} (case {}) is granted as follows.", case.name, case.id))),
        words.map(|words| Paragraph(format!("Reasons: {}", words.reason))),
        Some(Paragraph("The data is in the block below, encrypted to your age recipient; `age --decrypt -i KEYFILE` opens it.".to_owned())),
        Some(Lines(sealed)),
        Some(Paragraph("Use it for the purpose that you stated, and lawfully, as you promised.".to_owned())),
    ];
    letter(form, format!("Your request about {}: answer", case.name), parts, settings)
}

/// DSC-5: nothing is disclosed, and why, so that the requestor understands it.
pub(super) fn refusal(case: &Case, form: &Form, words: Option<&CaseWords>, settings: &NoticeSettings) -> Result<Letter, Fault> {
    let parts = [
        Some(Paragraph(format!("we do not disclose registration data of the domain name {} (case {}).", case.name, case.id))),
        words.map(|words| Paragraph(format!("Reasons: {}", words.reason))),
        words.and_then(|words| words.balancing.as_ref()).map(|balancing| Paragraph(format!("What we weighed: {balancing}"))),
        Some(Paragraph("If you can add to your request, send it again. Anyone can reach the holder by the contact form.".to_owned())),
    ];
    letter(form, format!("Your request about {}: answer", case.name), parts, settings)
}

/// ACY-9: that a report was dealt with. What the holder's data is or was is not told.
pub(super) fn finding(case: &Case, form: &Form, finding: Finding, settings: &NoticeSettings) -> Result<Letter, Fault> {
    let what = match finding {
        Finding::Format => "We corrected how the data was written.",
        Finding::Identity => "The holder has to prove the data, and the name is suspended if that does not happen in time.",
        Finding::Accurate => "We found the data to be accurate.",
        Finding::NotOurs => "The name is not with us any more; its registry's RDAP says which registrar sponsors it.",
    };
    let head = Paragraph(format!("we dealt with your report about the domain name {} (case {}).", case.name, case.id));
    letter(form, format!("Your report about {}", case.name), [Some(head), Some(Paragraph(what.to_owned()))], settings)
}

/// What stands in the encrypted part.
pub(super) fn disclosed(case: &Case, data: &[(ConsentElement, String)]) -> String {
    let width = data.iter().map(|(element, _)| element.word().len()).max().unwrap_or(0);
    let lines = data.iter().map(|(element, value)| {
        let value = if value.is_empty() { "(not on record)" } else { value };
        format!("{:<width$}  {value}\n", element.word())
    });
    format!("Registrant of {} (case {})\n\n{}", case.name, case.id, lines.collect::<String>())
}

fn letter<'p>(
    form: &Form,
    subject: String,
    parts: impl IntoIterator<Item = Option<Part<'p>>>,
    settings: &NoticeSettings,
) -> Result<Letter, Fault> {
    // Whose address it is nobody has checked, so nothing of what was typed is repeated: a form must not be a way to send people words.
    let Outsider { email, .. } = outsider(form)?;
    let mut body = wrap("Hello,");
    for part in parts.into_iter().flatten() {
        body.push('\n');
        match part {
            Paragraph(text) => body.push_str(&wrap(&text)),
            Lines(lines) => body.push_str(lines),
        }
    }
    body.push('\n');
    body.push_str(&wrap(&settings.sender_name));
    body.push_str(&wrap(settings.sender.as_str()));
    Ok(Letter { email: email.clone(), subject, body })
}

fn day(at: Option<Timestamp>) -> String {
    at.map(|at| utc_date(at).to_string()).unwrap_or_default()
}
