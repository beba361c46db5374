use std::path::PathBuf;

use model::{CountryCode, Email, LegalKind, Phone, PostalAddress};

use super::*;

fn ada() -> Contact {
    Contact {
        kind: LegalKind::Organisation,
        name: "Ada Lovelace".to_owned(),
        organisation: Some("Analytical Engines Ltd".to_owned()),
        address: PostalAddress {
            street: vec!["1 Example Street".to_owned(), "Second floor".to_owned()],
            city: "London".to_owned(),
            province: None,
            postcode: Some("EC1A 1BB".to_owned()),
            country: CountryCode::parse("GB").unwrap(),
        },
        phone: Some(Phone::parse("+44.2079460000", None).unwrap()),
        fax: None,
        email: Email::parse("ada@holder.example").unwrap(),
    }
}

fn letter(kind: NoticeKind, name: &str, facts: &[(&str, &str)]) -> String {
    letter_with(None, kind, name, facts)
}

fn letter_with(verification_page: Option<&str>, kind: NoticeKind, name: &str, facts: &[(&str, &str)]) -> String {
    let settings = NoticeSettings {
        maildrop: PathBuf::new(),
        sender: Email::parse("notices@registrar.example").unwrap(),
        sender_name: "Example Registrar, Inc.".to_owned(),
        portal: "https://registrar.example/renew".to_owned(),
        verification_page: verification_page.map(str::to_owned),
    };
    let facts = facts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let name = DomainName::parse(name).unwrap();
    let holder = ada();
    let material =
        Material { name: &name, holder: &holder, facts: &facts, token: Some("nkv_specimen"), settings: &settings, relayed: None };
    let letter = write(kind, &material);
    format!("{}\n--\n{}", letter.subject, letter.body)
}

const TERM: &[(&str, &str)] = &[
    ("expires_on", "2027-11-23"),
    ("delete_after_days", "40"),
    ("auto_renew", "false"),
    ("renewal_fee", "8.00 USD"),
    ("restore_fee", "40.00 USD"),
    ("delete_on", "2028-01-02"),
    ("restorable_until", "2028-02-01"),
];

#[test]
fn first_notice() {
    insta::assert_snapshot!(letter(NoticeKind::ExpiryFirst, "example.alpha", TERM), @r"
    example.alpha expires on 2027-11-23 (UTC)
    --
    Dear Ada Lovelace,

    your domain name example.alpha expires on 2027-11-23 (UTC).

    To renew it, go to https://registrar.example/renew or answer this
    message. The fee for a year is 8.00 USD.

    If it is not renewed, its DNS is interrupted after expiry: web sites and
    mail under it stop working.

    It is deleted 40 days after expiry.

    Once deleted it can be restored for a limited time; the fee for that is
    40.00 USD.

    Example Registrar, Inc.
    notices@registrar.example
    ");
}

#[test]
fn second_notice_of_a_name_that_is_renewed_by_wish() {
    let facts = [("expires_on", "2027-11-23"), ("auto_renew", "true"), ("delete_after_days", "40")];
    insta::assert_snapshot!(letter(NoticeKind::ExpirySecond, "xn--strae-oqa.alpha", &facts), @r"
    Second notice: straße.alpha (xn--strae-oqa.alpha) expires on 2027-11-23 (UTC)
    --
    Dear Ada Lovelace,

    your domain name straße.alpha (xn--strae-oqa.alpha) expires on
    2027-11-23 (UTC).

    You asked us to renew it at expiry, so you need not do anything. To
    change that, go to our site or answer this message.

    If it is not renewed, its DNS is interrupted after expiry: web sites and
    mail under it stop working.

    It is deleted 40 days after expiry.

    Example Registrar, Inc.
    notices@registrar.example
    ");
}

#[test]
fn notice_after_expiry() {
    insta::assert_snapshot!(letter(NoticeKind::ExpiryAfter, "example.alpha", TERM), @r"
    example.alpha has expired
    --
    Dear Ada Lovelace,

    your domain name example.alpha expired on 2027-11-23 (UTC) and was not
    renewed.

    You can still renew it. To renew it, go to
    https://registrar.example/renew or answer this message. The fee for a
    year is 8.00 USD.

    If it is not renewed, we interrupt its DNS: web sites and mail under it
    stop working.

    It is deleted 40 days after it expired.

    Once deleted it can be restored for a limited time; the fee for that is
    40.00 USD.

    Example Registrar, Inc.
    notices@registrar.example
    ");
}

#[test]
fn interruption() {
    insta::assert_snapshot!(letter(NoticeKind::Interrupted, "example.alpha", TERM), @r"
    example.alpha has expired and is interrupted
    --
    Dear Ada Lovelace,

    your domain name example.alpha expired on 2027-11-23 (UTC) and was not
    renewed. Its DNS is now interrupted.

    To renew it, go to https://registrar.example/renew or answer this
    message. The fee for a year is 8.00 USD. Its DNS is restored at once
    when you renew.

    Without renewal it is deleted on 2028-01-02 (UTC).

    Once deleted it can be restored for a limited time; the fee for that is
    40.00 USD.

    Example Registrar, Inc.
    notices@registrar.example
    ");
}

#[test]
fn deletion() {
    insta::assert_snapshot!(letter(NoticeKind::Deleted, "example.alpha", TERM), @r"
    example.alpha was deleted
    --
    Dear Ada Lovelace,

    your domain name example.alpha was deleted.

    You can have it restored until 2028-02-01 (UTC); after that anybody can
    register it.

    The fee for the restoration is 40.00 USD.

    The renewal that comes with it costs 8.00 USD.

    To have it restored, go to https://registrar.example/renew or answer
    this message.

    Example Registrar, Inc.
    notices@registrar.example
    ");
}

#[test]
fn losing_transfer() {
    let facts = [("notified_on", "2027-01-04"), ("passes_on", "2027-01-09")];
    insta::assert_snapshot!(letter(NoticeKind::LosingTransfer, "example.alpha", &facts), @r"
    Domain name transfer: example.alpha
    --
    DOMAIN NAME TRANSFER

    Attention: Ada Lovelace

    Re: Transfer of example.alpha

    Example Registrar, Inc. received notification on 2027-01-04 that you have
    requested/pre-approved a transfer to another domain name registrar. If
    you want to proceed with this transfer, you do not need to respond to
    this message. If you wish to cancel the transfer, please contact us
    before 2027-01-09 by:

    send an email to notices@registrar.example

    If we do not hear from you by 2027-01-09, the transfer will proceed.
    ");
}

#[test]
fn denied_transfer() {
    let facts = [("gaining_registrar", "GAINING-9"), ("reason", "a UDRP proceeding is pending (D2027-0001)")];
    insta::assert_snapshot!(letter(NoticeKind::TransferDenied, "example.alpha", &facts), @r"
    Transfer of example.alpha denied
    --
    Dear Ada Lovelace,

    a transfer of your domain name example.alpha to another registrar was
    requested, and we denied it.

    The other registrar's handle at the registry is GAINING-9.

    The reason: a UDRP proceeding is pending (D2027-0001).

    If you want the transfer and the reason no longer holds, answer this
    message.

    Example Registrar, Inc.
    notices@registrar.example
    ");
}

#[test]
fn both_ends_of_a_transfer() {
    insta::assert_snapshot!(letter(NoticeKind::TransferredAway, "example.alpha", &[]), @r"
    example.alpha was transferred away
    --
    Dear Ada Lovelace,

    your domain name example.alpha was transferred to another registrar.

    If you did not ask for this, answer this message at once.

    Example Registrar, Inc.
    notices@registrar.example
    ");
    insta::assert_snapshot!(letter(NoticeKind::TransferredIn, "example.alpha", &[("expires_on", "2028-01-04")]), @r"
    example.alpha has arrived
    --
    Dear Ada Lovelace,

    your domain name example.alpha is now with us.

    It is registered until 2028-01-04 (UTC).

    Renew it, change it or move it at https://registrar.example/renew.

    Example Registrar, Inc.
    notices@registrar.example
    ");
}

#[test]
fn both_ends_of_a_change_of_registrant() {
    let locked = [("changed_on", "2026-12-01"), ("locked_until", "2027-01-30")];
    insta::assert_snapshot!(letter(NoticeKind::HolderChangedPrior, "example.alpha", &locked), @r"
    The registrant of example.alpha has changed
    --
    Dear Ada Lovelace,

    the registrant of the domain name example.alpha was changed, and you are
    no longer on record as you were.

    Date: 2026-12-01 (UTC).

    Until 2027-01-30 (UTC) the name cannot be transferred to another
    registrar: the Transfer Policy sets this lock for 60 days after a change
    of registrant, and neither you nor we can lift it before.

    If you did not agree to this change, answer this message at once.

    Example Registrar, Inc.
    notices@registrar.example
    ");
    insta::assert_snapshot!(letter(NoticeKind::HolderChangedNew, "example.alpha", &locked[..1]), @r"
    You are the registrant of example.alpha
    --
    Dear Ada Lovelace,

    the registrant of the domain name example.alpha was changed: it is
    registered to you, with the data that you gave us.

    Date: 2026-12-01 (UTC).

    The lock of 60 days against a transfer to another registrar, which
    usually follows a change of registrant, was not set, because the
    registrant had opted out of it beforehand.

    If you did not ask for this change, answer this message at once.

    Example Registrar, Inc.
    notices@registrar.example
    ");
}

#[test]
fn registration_terms() {
    insta::assert_snapshot!(letter(NoticeKind::RegistrationTerms, "example.alpha", TERM), @r"
    example.alpha is registered: renewal and deletion
    --
    Dear Ada Lovelace,

    your domain name example.alpha is registered.

    It is registered until 2027-11-23 (UTC).

    It is not renewed by itself; we remind you about a month and about a
    week before it expires, and once after.

    If it is not renewed, its DNS is interrupted and it is deleted 40 days
    after expiry.

    The fee for a year is 8.00 USD.

    Once deleted it can be restored for a limited time; the fee for that is
    40.00 USD.

    Renew it, change it or move it at https://registrar.example/renew.

    Example Registrar, Inc.
    notices@registrar.example
    ");
}

#[test]
fn a_word_longer_than_a_line_stays_whole() {
    let address = format!("https://registrar.example/{}", "x".repeat(100));
    assert_eq!(wrap(&format!("go to {address} now")), format!("go to\n{address}\nnow\n"));
}

const ASKED: &[(&str, &str)] = &[("suspends_on", "2027-12-07"), ("asked_on", "2027-11-23")];

#[test]
fn verification_request_where_there_is_a_page() {
    let page = Some("https://rdap.registrar.example/verification");
    insta::assert_snapshot!(letter_with(page, NoticeKind::VerificationRequest, "example.alpha", ASKED), @"
    Please confirm your contact data for example.alpha
    --
    Dear Ada Lovelace,

    you are on record as the registrant of example.alpha. The rules for
    domain names oblige us to check that we can reach you.

    To confirm, open this page and press the button on it:

    https://rdap.registrar.example/verification?code=nkv_specimen

    If it does not open, answer this message and leave this code in it:

    nkv_specimen

    Your answer counts for every domain name that you hold with us under
    these data.

    Without an answer the domain name is suspended on 2027-12-07 (UTC): web
    sites and mail under it stop working.

    If you are not the registrant, please tell us by answering this message.

    Example Registrar, Inc.
    notices@registrar.example
    ");
}

#[test]
fn verification_request() {
    insta::assert_snapshot!(letter(NoticeKind::VerificationRequest, "example.alpha", ASKED), @r"
    Please confirm your contact data for example.alpha
    --
    Dear Ada Lovelace,

    you are on record as the registrant of example.alpha. The rules for
    domain names oblige us to check that we can reach you.

    To confirm, go to https://registrar.example/renew and give this code, or
    answer this message and leave the code in it:

    nkv_specimen

    Your answer counts for every domain name that you hold with us under
    these data.

    Without an answer the domain name is suspended on 2027-12-07 (UTC): web
    sites and mail under it stop working.

    If you are not the registrant, please tell us by answering this message.

    Example Registrar, Inc.
    notices@registrar.example
    ");
}

#[test]
fn verification_reminder() {
    insta::assert_snapshot!(letter(NoticeKind::VerificationReminder, "example.alpha", ASKED), @r"
    Reminder: please confirm your contact data for example.alpha
    --
    Dear Ada Lovelace,

    you are on record as the registrant of example.alpha. The rules for
    domain names oblige us to check that we can reach you.

    To confirm, go to https://registrar.example/renew and give this code, or
    answer this message and leave the code in it:

    nkv_specimen

    Your answer counts for every domain name that you hold with us under
    these data.

    Without an answer the domain name is suspended on 2027-12-07 (UTC): web
    sites and mail under it stop working.

    If you are not the registrant, please tell us by answering this message.

    Example Registrar, Inc.
    notices@registrar.example
    ");
}

#[test]
fn suspension() {
    insta::assert_snapshot!(letter(NoticeKind::Suspended, "example.alpha", ASKED), @r"
    example.alpha is suspended
    --
    Dear Ada Lovelace,

    we asked you on 2027-11-23 (UTC) to confirm your contact data, and have
    no answer.

    The rules for domain names oblige us to suspend example.alpha until you
    do: web sites and mail under it do not work.

    To confirm, go to https://registrar.example/renew and give this code, or
    answer this message and leave the code in it:

    nkv_specimen

    The domain name works again within minutes of your answer. It stays
    yours meanwhile, and its term runs on.

    Example Registrar, Inc.
    notices@registrar.example
    ");
}

#[test]
fn data_reminder() {
    insta::assert_snapshot!(letter(NoticeKind::DataReminder, "example.alpha", &[("anniversary", "2027-11-23")]), @r"
    Please check the data of example.alpha
    --
    Dear Ada Lovelace,

    once a year we show you the data that we hold for example.alpha. Please
    check them: false or outdated data can cost you the domain name.

    Registrant: Ada Lovelace
    Organisation: Analytical Engines Ltd
    Street: 1 Example Street, Second floor
    City: London
    Postcode: EC1A 1BB
    Country: GB
    Telephone: +44.2079460000
    E-mail: ada@holder.example

    If something is wrong, go to https://registrar.example/renew or answer
    this message. If all is right, you need not do anything.

    Example Registrar, Inc.
    notices@registrar.example
    ");
}
