//! Answers and what they mean, one line each.

use std::collections::{BTreeMap, BTreeSet};

use epp::domain::{Data, RenewData};
use epp::extension::fee::{Decimal, Fee, FeeBody, FeeLine, FeeVersion, TransformData};
use epp::{CreateData, EppResult, Response, ResultCode, TransferData};
use model::{Period, Timestamp, TransferStatus};
use policy::Operation;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn answer(code: u16) -> Response {
    Response::new(ResultCode(code), Some("nk-1".into()), "SV-1")
}

fn create() -> Operation {
    let (nameservers, contacts, ds) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    Operation::CreateDomain { period: Period::ONE_YEAR, nameservers, contacts, ds, fee: None, launch: None, has_token: false }
}

fn renew() -> Operation {
    Operation::RenewDomain { current_expiry: at("2027-01-01T00:00:00Z"), period: Period::ONE_YEAR, fee: None }
}

fn transfer() -> Operation {
    Operation::RequestTransfer { period: Period::ONE_YEAR, fee: None, has_token: false }
}

/// The outcome in a few words.
fn word(settled: &Settled) -> String {
    match settled {
        Settled::Outcome { outcome: Outcome::Done(_), .. } => "done".to_owned(),
        Settled::Outcome { outcome: Outcome::Pending { svtrid }, .. } => format!("pending {svtrid}"),
        Settled::Outcome { outcome: Outcome::Refused { code, .. }, reaction } => format!("refused {code} {reaction:?}"),
        Settled::Outcome { outcome: Outcome::Cancelled { .. }, .. } => "cancelled".to_owned(),
        Settled::NeedsFacts => "needs facts".to_owned(),
        Settled::Doubtful { code, .. } => format!("doubtful {code}"),
        Settled::Unknown { .. } => "unknown".to_owned(),
        Settled::Again { .. } => "again".to_owned(),
        Settled::NoMoney { .. } => "no money".to_owned(),
    }
}

#[test]
fn codes_by_the_table_and_by_their_digits() {
    let update = Operation::SetAuthInfo { clear: true };
    for (code, expected) in [
        (1000, "done"),
        (1001, "pending SV-1"),
        (1300, "done"),
        (2000, "refused 2000 OurFault"),
        (2003, "refused 2003 OurFault"),
        (2005, "refused 2005 OurFault"),
        (2103, "refused 2103 OurFault"),
        (2104, "no money"),
        (2105, "refused 2105 ObjectState"),
        (2106, "refused 2106 ObjectState"),
        (2201, "refused 2201 Caller"),
        (2202, "refused 2202 Caller"),
        (2300, "refused 2300 ObjectState"),
        (2303, "refused 2303 ObjectState"),
        (2304, "refused 2304 ObjectState"),
        (2305, "refused 2305 ObjectState"),
        (2306, "refused 2306 Caller"),
        (2307, "refused 2307 OurFault"),
        (2308, "refused 2308 Caller"),
        (2400, "again"),
        (2500, "unknown"),
        (2502, "unknown"),
        // Codes that nobody defined.
        (1999, "done"),
        (2099, "refused 2099 OurFault"),
        (2299, "refused 2299 Caller"),
        (2399, "refused 2399 ObjectState"),
        (2499, "again"),
        (2599, "unknown"),
        (2600, "unknown"),
        (3000, "unknown"),
    ] {
        assert_eq!(word(&settle(&update, &answer(code), false)), expected, "{code}");
    }
}

#[test]
fn a_refusal_after_a_lost_answer_may_be_its_echo() {
    for (operation, code) in
        [(create(), 2302), (renew(), 2306), (renew(), 2004), (renew(), 2105), (transfer(), 2300), (Operation::DeleteDomain, 2304)]
    {
        assert!(word(&settle(&operation, &answer(code), false)).starts_with("refused"), "{operation:?} {code}");
        assert_eq!(word(&settle(&operation, &answer(code), true)), format!("doubtful {code}"), "{operation:?}");
    }
}

#[test]
fn a_refusal_that_says_that_all_is_as_wanted_is_looked_into() {
    let host = Operation::CreateHost { addresses: BTreeSet::new() };
    let contact = Operation::CreateContact { contact: model::ContactId::from_bytes([1; 16]) };
    for (operation, code) in [
        (host, 2302),
        (contact, 2302),
        (Operation::CreateContact { contact: model::ContactId::from_bytes([7; 16]) }, 2302),
        (Operation::DeleteDomain, 2303),
        (Operation::DeleteHost, 2303),
        (Operation::DeleteContact, 2303),
        (Operation::ApproveTransfer, 2301),
        (Operation::RejectTransfer, 2301),
        (Operation::CancelTransfer, 2301),
    ] {
        assert_eq!(word(&settle(&operation, &answer(code), false)), format!("doubtful {code}"), "{operation:?}");
    }
}

#[test]
fn an_answer_without_the_facts_that_the_rules_need_asks_for_them() {
    let created =
        CreateData { name: "example.alpha".into(), created: at("2026-11-23T12:00:00Z"), expires: Some(at("2027-11-23T12:00:00Z")) };
    let renewed = |expires| Data::Renew(RenewData { name: "example.alpha".into(), expires });
    let pending = TransferData {
        name: "example.alpha".into(),
        status: TransferStatus::Pending,
        requested_by: "NAMEKEEP-1".into(),
        requested: at("2026-11-23T12:00:00Z"),
        acted_by: "OTHER-1".into(),
        acted: at("2026-11-28T12:00:00Z"),
        expires: None,
    };
    let with = |code, data: Data| answer(code).with_data(epp::ResponseData::Domain(data));
    for (operation, response, expected) in [
        (create(), with(1000, Data::Create(created.clone())), "done"),
        (create(), with(1000, Data::Create(CreateData { expires: None, ..created })), "needs facts"),
        (create(), answer(1000), "needs facts"),
        (create(), answer(1001), "pending SV-1"),
        (renew(), with(1000, renewed(Some(at("2028-01-01T00:00:00Z")))), "done"),
        (renew(), with(1000, renewed(None)), "needs facts"),
        (transfer(), with(1001, Data::Transfer(pending)), "done"),
        (transfer(), answer(1000), "needs facts"),
        (Operation::DeleteDomain, answer(1000), "needs facts"),
        (Operation::DeleteDomain, answer(1001), "needs facts"),
        (Operation::RequestRestore { fee: None }, answer(1000), "needs facts"),
        (Operation::DeleteHost, answer(1000), "done"),
    ] {
        assert_eq!(word(&settle(&operation, &response, false)), expected, "{operation:?}");
    }
}

#[test]
fn of_several_results_the_gravest_decides_and_all_are_told() {
    let mut response = answer(2306);
    response.results.push(EppResult::new(ResultCode(2400)));
    response.results.push(EppResult::new(ResultCode(2003)));
    let Settled::Again { code, message } = settle(&create(), &response, false) else {
        panic!("2400 is not the gravest");
    };
    assert_eq!(code, 2400);
    assert_eq!(message, "Parameter value policy error; Command failed; Required parameter missing");
}

#[test]
fn what_the_registry_quotes_of_our_command_is_not_kept() {
    let mut response = answer(2202);
    let quoted = epp::xml::Element::new(epp::Namespace::Domain, "pw").with_text("canary-authinfo");
    response.results[0] = EppResult::new(ResultCode(2202)).because(quoted, "wrong authorisation information");
    let settled = settle(&transfer(), &response, false);
    assert!(format!("{settled:?}").contains("wrong authorisation information"), "{settled:?}");
    assert!(!format!("{settled:?}").contains("canary"), "{settled:?}");
}

#[test]
fn the_fee_is_the_sum_in_the_currency_told() {
    let data = |currency: Option<&str>, amounts: &[&str]| {
        let fees = amounts.iter().map(|amount| FeeLine::new(Decimal::parse(amount).unwrap())).collect();
        let data = TransformData { currency: currency.map(str::to_owned), fees, ..TransformData::default() };
        let response = answer(1000).with(Fee::new(FeeVersion::V1_0, FeeBody::RenewData(data)));
        fee_in(&response).map(|fee| fee.to_string())
    };
    assert_eq!(data(Some("USD"), &["8.00", "1.50"]).as_deref(), Some("9.50 USD"));
    assert_eq!(data(None, &["8.00"]), None);
    assert_eq!(data(Some("XQQ"), &["8.00"]), None);
    assert_eq!(data(Some("USD"), &[]), None);
}
