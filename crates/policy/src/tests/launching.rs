//! Sunrise, claims phase and allocation tokens: which orders are taken, and what their creates tell the registry.
//!
//! `.beta` has its sunrise from June 2026, its claims phase from August, and is open from 30 October.

use model::Timestamp;

use super::at;
use super::house::House;
use crate::command::{DomainCommand, RegisterDomain};
use crate::context::Facts;
use crate::intent::Operation;
use crate::launch::{ClaimsAnswer, ClaimsNotice, LaunchProof, SignedMarkFacts};
use crate::refusal::Refusal;

const SUNRISE: &str = "2026-06-10T12:00:00Z";
const CLAIMS: &str = "2026-09-09T12:00:00Z";
const OPEN: &str = "2026-11-09T12:00:00Z";
/// A notice for `name` that ends a day after [`CLAIMS`].
const NOTICE: &str = "79778a9e0000000000000000077";

fn notice(accepted_at: &str) -> ClaimsNotice {
    ClaimsNotice { id: NOTICE.into(), validator: None, not_after: at("2026-09-10T12:00:00Z"), accepted_at: at(accepted_at) }
}

fn mark(labels: &[&str]) -> SignedMarkFacts {
    SignedMarkFacts {
        id: "0000001751376056503931-65535".into(),
        sha256: "5e".repeat(32),
        not_before: at("2026-01-01T00:00:00Z"),
        not_after: at("2027-01-01T00:00:00Z"),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
    }
}

fn answer(has_claims: bool, asked_at: &str) -> Option<ClaimsAnswer> {
    Some(ClaimsAnswer { has_claims, asked_at: at(asked_at) })
}

/// Orders `name.beta` at that instant; gives the create that was decided.
fn order(now: &str, change: impl FnOnce(&mut RegisterDomain, &mut Facts)) -> Result<Operation, Refusal> {
    let now: Timestamp = at(now);
    let mut house = House::new("beta", now, 7);
    let mut order = house.order(1, false);
    let mut facts = house.facts.clone();
    change(&mut order, &mut facts);
    house.facts = facts;
    let verdict = house.operator(DomainCommand::Register(order))?;
    let create = verdict.intents.into_iter().map(|intent| intent.operation).find(|operation| operation.word() == "create-domain");
    Ok(create.unwrap())
}

fn proof(operation: &Operation) -> Option<LaunchProof> {
    let Operation::CreateDomain { launch, .. } = operation else { panic!("{operation:?}") };
    launch.clone()
}

#[test]
fn each_phase_takes_its_own_proof() {
    let mut seen = Vec::new();
    let mut see = |what: &str, now: &str, change: &dyn Fn(&mut RegisterDomain, &mut Facts)| {
        let said = match order(now, change) {
            Ok(operation) => serde_json::to_string(&proof(&operation)).unwrap(),
            Err(refusal) => format!("{refusal}{}", refusal.hint.as_ref().map(|hint| format!("; hint: {hint}")).unwrap_or_default()),
        };
        seen.push(format!("{what}: {said}"));
    };
    let given = |notice: ClaimsNotice| move |order: &mut RegisterDomain, _: &mut Facts| order.launch.notice = Some(notice.clone());
    let marked = |mark: SignedMarkFacts| move |order: &mut RegisterDomain, _: &mut Facts| order.launch.mark = Some(mark.clone());
    let asked = |claims: Option<ClaimsAnswer>| move |_: &mut RegisterDomain, facts: &mut Facts| facts.claims = claims;
    see("open", OPEN, &|_, _| ());
    see("open, with a notice", OPEN, &given(notice("2026-09-09T11:00:00Z")));
    see("open, with a mark", OPEN, &marked(mark(&["name"])));
    see("claims, not asked", CLAIMS, &|_, _| ());
    see("claims, asked too long ago", CLAIMS, &asked(answer(false, "2026-09-09T10:59:59Z")));
    see("claims, nobody claims it", CLAIMS, &asked(answer(false, "2026-09-09T11:00:00Z")));
    see("claims, claimed", CLAIMS, &asked(answer(true, "2026-09-09T11:59:59Z")));
    see("claims, accepted", CLAIMS, &given(notice("2026-09-09T11:00:00Z")));
    see("claims, accepted 48 hours ago", CLAIMS, &given(notice("2026-09-07T12:00:00Z")));
    see("claims, accepted longer ago", CLAIMS, &given(notice("2026-09-07T11:59:59Z")));
    see("claims, accepted later", CLAIMS, &given(notice("2026-09-09T12:00:01Z")));
    see("claims, at the notice's end", "2026-09-10T12:00:00Z", &given(notice("2026-09-09T11:00:00Z")));
    see("claims, past the notice's end", "2026-09-10T12:00:01Z", &given(notice("2026-09-09T11:00:00Z")));
    see("claims, a code for a notice", CLAIMS, &given(ClaimsNotice { id: "49FD46E6C4B45C55D4AC".into(), ..notice(CLAIMS) }));
    see("claims, another name's notice", CLAIMS, &given(ClaimsNotice { id: "370d0b7c9223372036854775807".into(), ..notice(CLAIMS) }));
    let tmch = ClaimsNotice { validator: Some("tmch".into()), not_after: at("2026-09-10T12:00:01Z"), ..notice(CLAIMS) };
    see("claims, the notice with another end", CLAIMS, &given(tmch));
    see(
        "claims, another validator's notice",
        CLAIMS,
        &given(ClaimsNotice { id: "N-7".into(), validator: Some("own".into()), ..notice(CLAIMS) }),
    );
    see("claims, with a mark", CLAIMS, &marked(mark(&["name"])));
    see("sunrise, without a mark", SUNRISE, &|_, _| ());
    see("sunrise, with a notice", SUNRISE, &given(notice("2026-06-10T11:00:00Z")));
    see("sunrise, with a mark", SUNRISE, &marked(mark(&["brand", "name"])));
    see("sunrise, a mark that tells no labels", SUNRISE, &marked(mark(&[])));
    see("sunrise, a mark of another label", SUNRISE, &marked(mark(&["brand", "xn--mnchen-3ya"])));
    see("sunrise, an expired mark", SUNRISE, &marked(SignedMarkFacts { not_after: at(SUNRISE), ..mark(&["name"]) }));
    see("sunrise, a mark not in force", SUNRISE, &marked(SignedMarkFacts { not_before: at("2026-06-10T12:00:01Z"), ..mark(&["name"]) }));
    insta::assert_snapshot!(seen.join("\n"));
}

/// What an operation did not bring is not written, so that ledgers and outboxes of before read as they did.
#[test]
fn an_operation_of_before_reads_as_one_of_the_open_phase() {
    let operation = order(OPEN, |_, _| ()).unwrap();
    let text = serde_json::to_string(&operation).unwrap();
    assert!(!text.contains("launch") && !text.contains("token"), "{text}");
    assert_eq!(serde_json::from_str::<Operation>(&text).unwrap(), operation);
    assert!(!operation.presents_mark() && !operation.presents_token());
}

#[test]
fn a_token_opens_what_the_profile_calls_reserved_for_the_registry_to_judge() {
    let ordered = |has_token: bool| {
        order(OPEN, |order, _| {
            order.name = "reserved.beta".parse().unwrap();
            order.launch.has_token = has_token;
        })
    };
    // `.beta` reserves nothing, so the label is added to the house's own profile.
    let mut house = House::new("beta", at(OPEN), 7);
    house.profile.reserved.insert("name".into());
    let mut wanted = house.order(1, false);
    insta::assert_snapshot!(house.operator(DomainCommand::Register(wanted.clone())).unwrap_err(), @"`name.beta` is reserved by the registry (name.reserved, RFC 5731 3.2.1)");
    wanted.launch.has_token = true;
    house.operator(DomainCommand::Register(wanted)).unwrap();
    assert!(!ordered(false).unwrap().presents_token() && ordered(true).unwrap().presents_token());
}
