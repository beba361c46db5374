//! Pages and posts without a connection; the wire is in `tests/posted.rs`.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use model::{ReceiptId, SeededEntropy};
use policy::desk::FormKind;
use proptest::prelude::*;
use store::intake::{Inbox, IntakeKey, Spool, SpoolLimits};

use super::*;
use crate::testing::forms_in;

const FROM: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// A whole form of each kind, as a browser sends it.
const CONTACT: &str = "domain=example.com&name=Ada+Canary&email=ada%40canary.example&reason=rights&message=Line+1%0D%0ALine+2";
const INACCURACY: &str = "domain=example.com&name=Ada+Canary&email=ada%40canary.example&element=name&explanation=Nobody+lives+there";
const DISCLOSURE: &str = "domain=example.com&name=Ada+Canary&email=ada%40canary.example&capacity=self&element=name&element=email&\
                          grounds=Trade+mark+4711&good_faith=yes&lawful=yes";

const VERIFICATION: &str = "code=nkv_CanaryCode";

fn whole(kind: FormKind) -> &'static str {
    match kind {
        FormKind::Contact => CONTACT,
        FormKind::Inaccuracy => INACCURACY,
        FormKind::Disclosure => DISCLOSURE,
        FormKind::Verification => VERIFICATION,
    }
}

#[test]
fn the_pages_read_as_they_should() {
    let folder = tempfile::tempdir().unwrap();
    let (forms, _) = forms_in(folder.path(), SpoolLimits::default());
    insta::assert_snapshot!("contact", forms.show(FormKind::Contact, "domain=example.com&role=technical").body);
    insta::assert_snapshot!("inaccuracy", forms.show(FormKind::Inaccuracy, "").body);
    insta::assert_snapshot!("disclosure", forms.show(FormKind::Disclosure, "domain=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").body);
    insta::assert_snapshot!("verification", forms.show(FormKind::Verification, "code=nkv_%22%3E").body);
    insta::assert_snapshot!("incomplete", forms.post(FormKind::Contact, b"domain=example.com&name=%3Cb%3EAda%3C%2Fb%3E&email=nobody").body);
    insta::assert_snapshot!("received", forms.post(FormKind::Disclosure, DISCLOSURE.as_bytes()).body);
}

#[test]
fn what_is_posted_is_sealed_and_comes_out_as_it_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let (forms, key) = forms_in(folder.path(), SpoolLimits::default());
    for kind in FormKind::ALL {
        let answer = forms.post(kind, whole(kind).as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let inbox = Inbox::new(folder.path());
    let items = inbox.list(10).unwrap();
    assert_eq!(items.len(), FormKind::ALL.len());
    for item in items {
        let sealed = inbox.read(&item).unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"Canary" || window == b"canary"), "{item:?}");
        let posted: Posted = serde_json::from_slice(&key.open(&item.place(), &sealed).unwrap()).unwrap();
        assert_eq!((posted.receipt, posted.form.kind()), (item.receipt, item.form));
        match &posted.form {
            Form::Verification(answer) => assert_eq!(answer.code, "nkv_CanaryCode"),
            form => assert_eq!(form.outsider().unwrap().name, "Ada Canary"),
        }
    }
}

/// A page says the same whether a name is ours or not: nothing here even knows.
#[test]
fn answers_differ_by_nothing_but_the_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let (forms, _) = forms_in(folder.path(), SpoolLimits::default());
    let said = |name: &str| {
        let body = forms.post(FormKind::Contact, CONTACT.replace("example.com", name).as_bytes()).body;
        let (before, rest) = body.split_once("<code>").unwrap();
        format!("{before}{}", rest.split_once("</code>").unwrap().1)
    };
    assert_eq!(said("example.com"), said("nobody-ever-had-this.example"));
}

/// Ten thousand posts of one form: limited, nothing lost that was accepted, and the other forms are open.
#[test]
fn a_flood_of_one_form_is_bounded_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (forms, key) = forms_in(folder.path(), SpoolLimits { files: 50, bytes: 1 << 24 });
    let mut accepted = Vec::new();
    let mut refused = [0, 0];
    for n in 0..10_000_u32 {
        // From everywhere and about every name, so that only the spool itself sets a bound.
        let from = IpAddr::V4((0x0b00_0000 + n * 257).into());
        let answer = match forms.admit(from) {
            Ok(()) => forms.post(FormKind::Contact, CONTACT.replace("example.com", &format!("n{n}.example")).as_bytes()),
            Err(answer) => answer,
        };
        match answer.status {
            200 => accepted.push(answer.body.split_once("<code>").unwrap().1.split_once("</code>").unwrap().0.to_owned()),
            429 => refused[0] += 1,
            503 => refused[1] += 1,
            other => panic!("{other}"),
        }
        assert_eq!(answer.retry_after.is_some(), answer.status != 200);
    }
    assert_eq!((accepted.len(), refused), (50, [0, 9_950]));
    assert_eq!(forms.post(FormKind::Disclosure, DISCLOSURE.as_bytes()).status, 200);
    let inbox = Inbox::new(folder.path());
    let items = inbox.list(100).unwrap();
    let kept: Vec<String> = items.iter().filter(|item| item.form == FormKind::Contact).map(|item| item.receipt.to_string()).collect();
    accepted.sort();
    assert_eq!(kept, accepted);
    assert!(items.iter().all(|item| key.open(&item.place(), &inbox.read(item).unwrap()).is_some()));
}

#[test]
fn a_network_and_a_name_have_their_limits() {
    let folder = tempfile::tempdir().unwrap();
    let (forms, _) = forms_in(folder.path(), SpoolLimits::default());
    let taken = (0..100).filter(|_| forms.admit(FROM).is_ok()).count();
    assert_eq!(taken, POSTS_OF_NETWORK as usize);
    let refused = forms.admit(FROM).unwrap_err();
    assert_eq!((refused.status, refused.retry_after.is_some()), (429, true));
    // The same /64, one neighbour after another, and everybody else.
    let of_prefix = (0..1000_u32).filter(|n| forms.admit(IpAddr::V4((0xc633_6400 + n % 256).into())).is_ok()).count();
    assert_eq!(of_prefix, POSTS_OF_PREFIX as usize);
    assert!(forms.admit("2001:db8::1".parse().unwrap()).is_ok());
    let of_name = (0..50).filter(|_| forms.post(FormKind::Contact, CONTACT.as_bytes()).status == 200).count();
    assert_eq!(of_name, FORMS_OF_NAME as usize);
    assert_eq!(forms.post(FormKind::Inaccuracy, INACCURACY.as_bytes()).status, 200);
}

/// What is posted, and the status.
#[test]
fn bad_posts_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (forms, _) = forms_in(folder.path(), SpoolLimits::default());
    let long = format!("domain=example.com&message={}", "a".repeat(MAX_BODY_BYTES));
    let many = "a=b&".repeat(65);
    for (body, status) in [
        ("", 422),
        ("domain", 422),
        ("domain=%FF", 400),
        ("&&&=&", 422),
        (long.as_str(), 400),
        (many.as_str(), 400),
        ("domain=192.0.2.1&name=x&email=x@example.com&reason=general", 422),
        ("domain=b%C3%BCcher.example&name=x&email=x@example.com&reason=general", 200),
        ("domain=example.com&name=x%0D%0ABcc:%20y&email=x@example.com&reason=general", 422),
    ] {
        assert_eq!(forms.post(FormKind::Contact, body.as_bytes()).status, status, "{body:.60}");
    }
}

proptest! {
    /// Whatever is posted: a page, and nothing of it unescaped.
    #[test]
    fn any_body_is_answered(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        crate::fuzz::form_body(&body);
    }
}

/// Receipts in order, one a second.
pub(crate) fn stamps() -> Box<Stamp> {
    let next = AtomicU64::new(1);
    Box::new(move || {
        let n = next.fetch_add(1, Ordering::Relaxed);
        let at = Timestamp::from_second(1_796_000_000 + n as i64).unwrap();
        (ReceiptId::new(at, &mut SeededEntropy::new(n)), at)
    })
}

/// Used by the tests of the wire too.
pub(crate) fn spool_in(folder: &std::path::Path, limits: SpoolLimits) -> (Spool, IntakeKey) {
    let key = IntakeKey::generate().unwrap();
    (Spool::open(folder, key.public().clone(), limits).unwrap(), key)
}
