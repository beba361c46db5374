//! What leaves for those outside: the inquiry to a holder, the answer to a request, the word to a reporter.
//!
//! Personal data leaves encrypted to an age recipient (C2SP age) and in no other way: without one there is no answer that discloses. Mail
//! over TLS alone would have to trust every relay, mailbox and copy of it.

use std::collections::BTreeMap;
use std::io::Write;
use std::str::FromStr;

use age::armor::{ArmoredWriter, Format};
use age::x25519::Recipient;
use model::{Contact, NoticeId};
use policy::calendar::{add_days, utc_date};
use policy::desk::{Case, Decision, Finding, Form};
use policy::publication::ConsentElement;
use policy::{NoticeKind, NoticeOrder, Refusal};
use store::desk::CaseRow;
use store::{notices, registrations};

use super::case::{CaseWords, last_words, open_form, order_letter};
use super::text;
use crate::contact::open_contact;
use crate::failure::{Failure, Fault};
use crate::use_case::Work;

/// The step in which a recipient was noted.
pub(super) const RECIPIENT: &str = "recipient";

/// ACY-8: days the holder has to answer.
const INQUIRY_DAYS: i32 = 15;

/// Asks the holder: a notice like every other, kept as sent.
pub(super) fn inquire(work: &mut Work<'_, '_>, row: &CaseRow) -> Result<(), Failure> {
    let registration = registrations::find_open(work.tx, &row.case.name)?.ok_or_else(|| not_ours(&row.case))?;
    let Form::Inaccuracy(report) = open_form(work.tx, work.registrar, row)? else {
        return Err(Fault::words("a report of inaccurate data holds another form").into());
    };
    let elements: Vec<&str> = report.elements.iter().map(|element| element.word()).collect();
    let order = NoticeOrder {
        id: NoticeId::new(work.now, &mut work.draw()),
        kind: NoticeKind::AccuracyInquiry,
        domain: registration.id,
        key: format!("{}:{}", NoticeKind::AccuracyInquiry.word(), row.case.id),
        addressee: None,
        duty: None,
        duty_key: None,
        decided_at: work.now,
        facts: BTreeMap::from([
            ("elements".to_owned(), elements.join(", ")),
            ("answer_by".to_owned(), utc_date(add_days(work.now, INQUIRY_DAYS)).to_string()),
        ]),
    };
    notices::insert(work.tx, &order)?;
    Ok(())
}

/// Tells a reporter that the report was dealt with; not what came of it, which concerns the holder.
pub(super) fn tell_finding(work: &mut Work<'_, '_>, row: &CaseRow, finding: Finding) -> Result<(), Failure> {
    let form = open_form(work.tx, work.registrar, row)?;
    let letter = text::finding(&row.case, &form, finding, work.registrar.notices())?;
    order_letter(work, row.case.id, "finding", &letter)
}

/// DSC-4: a later end is told, with its reason.
pub(super) fn tell_extension(work: &mut Work<'_, '_>, row: &CaseRow, after: &Case, words: Option<&CaseWords>) -> Result<(), Failure> {
    let form = open_form(work.tx, work.registrar, row)?;
    let reason = words.map_or("", |words| words.reason.as_str());
    let letter = text::extension(after, &form, reason, work.registrar.notices())?;
    order_letter(work, row.case.id, "extension", &letter)
}

/// Sends what was decided.
pub(super) fn send(work: &mut Work<'_, '_>, row: &CaseRow) -> Result<(), Failure> {
    let form = open_form(work.tx, work.registrar, row)?;
    let case = &row.case;
    let letter = match &case.decision {
        Some(Decision::Disclose { elements, .. }) => {
            let words = last_words(work.tx, work.registrar, case.id, "propose")?;
            let recipient = recipient(work, row, &form)?;
            let holder = holder(work, case)?;
            let data: Vec<(ConsentElement, String)> = elements.iter().map(|element| (*element, value(&holder, *element))).collect();
            let sealed = encrypt(&recipient, &text::disclosed(case, &data))?;
            text::disclosure(case, &form, words.as_ref(), &sealed, work.registrar.notices())?
        }
        Some(Decision::Refuse { .. }) => {
            let words = last_words(work.tx, work.registrar, case.id, "refuse")?;
            text::refusal(case, &form, words.as_ref(), work.registrar.notices())?
        }
        None => return Err(Fault::words("a decided case has no decision").into()),
    };
    order_letter(work, case.id, "answer", &letter)
}

/// The recipient that was noted last, or else the one in the request.
fn recipient(work: &mut Work<'_, '_>, row: &CaseRow, form: &Form) -> Result<Recipient, Failure> {
    let noted = last_words(work.tx, work.registrar, row.case.id, RECIPIENT)?.map(|words| words.reason);
    let asked = match form {
        Form::Disclosure(request) => request.recipient.clone(),
        _ => None,
    };
    let text = noted.or(asked).ok_or_else(|| {
        Refusal::new("disclosure.recipient", "DSC-5", "the requestor gave no key that the answer can be encrypted to")
            .hint("ask the requestor for an age recipient by a way you trust, then `namekeep disclosure recipient CASE age1...`")
    })?;
    Ok(read_recipient(&text)?)
}

/// Reads a recipient.
pub(super) fn read_recipient(text: &str) -> Result<Recipient, Refusal> {
    Recipient::from_str(text.trim()).map_err(|_| {
        Refusal::new("disclosure.recipient", "DSC-5", "it is not an age recipient")
            .hint("it begins with `age1`; `age-keygen` prints it as the public key")
    })
}

/// The present data of whoever holds the name.
fn holder(work: &mut Work<'_, '_>, case: &Case) -> Result<Contact, Failure> {
    let registration = registrations::find_open(work.tx, &case.name)?.ok_or_else(|| not_ours(case))?;
    let id = registration.registrant.ok_or_else(|| not_ours(case))?;
    Ok(open_contact(work.tx, work.registrar, id)?.ok_or_else(|| not_ours(case))?)
}

fn not_ours(case: &Case) -> Refusal {
    Refusal::new("case.holder", "DSC-5", format!("{} has no holder with us any more", case.name))
        .hint("refuse the request for that reason, or close the report as `not-ours`")
}

/// An element as it is disclosed; empty where there is none.
fn value(holder: &Contact, element: ConsentElement) -> String {
    let phone = |phone: &Option<model::Phone>| phone.as_ref().map(|phone| phone.number().to_owned());
    match element {
        ConsentElement::Name => Some(holder.name.clone()),
        ConsentElement::Organisation => holder.organisation.clone(),
        ConsentElement::Street => Some(holder.address.street.join(", ")),
        ConsentElement::City => Some(holder.address.city.clone()),
        ConsentElement::Postcode => holder.address.postcode.clone(),
        ConsentElement::Phone => phone(&holder.phone),
        ConsentElement::Fax => phone(&holder.fax),
        ConsentElement::Email => Some(holder.email.as_str().to_owned()),
    }
    .unwrap_or_default()
}

/// An armoured age file (C2SP age).
fn encrypt(recipient: &Recipient, text: &str) -> Result<String, Failure> {
    let broken = |error: &dyn std::error::Error| Fault::new("the answer cannot be encrypted", error);
    let recipients = std::iter::once(recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(|error| broken(&error))?;
    let mut sealed = Vec::new();
    let armour = ArmoredWriter::wrap_output(&mut sealed, Format::AsciiArmor).map_err(|error| broken(&error))?;
    let mut writer = encryptor.wrap_output(armour).map_err(|error| broken(&error))?;
    writer.write_all(text.as_bytes()).map_err(|error| broken(&error))?;
    writer.finish().and_then(ArmoredWriter::finish).map_err(|error| broken(&error))?;
    Ok(String::from_utf8(sealed).map_err(|error| broken(&error))?)
}
