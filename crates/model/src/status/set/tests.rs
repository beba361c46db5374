//! Status sets: the combinations the RFCs name, and the algebra.

use proptest::prelude::*;

use super::*;

const KINDS: [ObjectKind; 3] = [ObjectKind::Domain, ObjectKind::Host, ObjectKind::Contact];

fn set(words: &str) -> StatusSet {
    words.split_whitespace().map(|word| word.parse::<EppStatus>().unwrap()).collect()
}

/// Statuses, then whether they are legal on a domain, a host, a contact.
#[test]
fn the_combinations_of_the_rfcs() {
    for (words, legal) in [
        ("", [true, true, true]),
        ("ok", [true, true, true]),
        ("ok linked", [false, true, true]),
        ("linked", [false, true, true]),
        ("ok inactive", [false, false, false]),
        ("ok clientHold", [false, false, false]),
        ("ok clientUpdateProhibited", [false, false, false]),
        ("ok pendingTransfer", [false, false, false]),
        ("inactive clientHold", [true, false, false]),
        ("clientTransferProhibited serverTransferProhibited", [true, false, true]),
        ("clientRenewProhibited", [true, false, false]),
        ("pendingRenew", [true, false, false]),
        ("pendingDelete serverHold", [true, false, false]),
        ("pendingDelete clientDeleteProhibited", [false, false, false]),
        ("pendingDelete serverDeleteProhibited", [false, false, false]),
        ("pendingDelete serverUpdateProhibited linked", [false, true, true]),
        ("pendingTransfer clientTransferProhibited", [false, false, false]),
        ("pendingTransfer serverDeleteProhibited", [true, true, true]),
        ("pendingUpdate clientUpdateProhibited", [false, false, false]),
        ("pendingRenew serverRenewProhibited", [false, false, false]),
        ("pendingCreate pendingTransfer", [false, false, false]),
        ("pendingDelete pendingUpdate", [false, false, false]),
    ] {
        assert_eq!(KINDS.map(|kind| set(words).check(kind).is_ok()), legal, "{words}");
    }
}

#[test]
fn refusals_name_both_statuses() {
    let refusals = [
        StatusSet::domain(set("ok clientHold")).unwrap_err(),
        StatusSet::domain(set("pendingDelete clientDeleteProhibited")).unwrap_err(),
        StatusSet::host(set("clientHold")).unwrap_err(),
        StatusSet::contact(set("pendingUpdate pendingDelete")).unwrap_err(),
    ];
    insta::assert_snapshot!(refusals.map(|error| format!("{}: {error}", error.code())).join("\n"), @r"
status.conflict: a domain cannot have the statuses `ok` and `clientHold` at once; remove one of them
status.conflict: a domain cannot have the statuses `pendingDelete` and `clientDeleteProhibited` at once; remove one of them
status.foreign: a host cannot have the status `clientHold`; leave it out
status.conflict: a contact cannot have the statuses `pendingDelete` and `pendingUpdate` at once; remove one of them
");
}

#[test]
fn sets_travel_as_lists_of_words() {
    let statuses = set("serverHold clientHold");
    assert_eq!(statuses.to_string(), "clientHold, serverHold");
    let json = serde_json::to_string(&statuses).unwrap();
    assert_eq!(json, r#"["clientHold","serverHold"]"#);
    assert_eq!(serde_json::from_str::<StatusSet>(&json).unwrap(), statuses);
    assert_eq!((statuses.client(), statuses.server()), (set("clientHold"), set("serverHold")));
}

fn any_set() -> impl Strategy<Value = StatusSet> {
    prop::collection::vec(prop::sample::select(EppStatus::ALL), 0..6).prop_map(StatusSet::from_iter)
}

fn any_kind() -> impl Strategy<Value = ObjectKind> {
    prop::sample::select(KINDS.to_vec())
}

/// RFC 5731 section 2.3, 5732 2.3 and 5733 2.2 once more, written on words and pairs, to judge the code above.
fn may_stand_together(a: EppStatus, b: EppStatus) -> bool {
    let (a, b) = (a.as_str(), b.as_str());
    let one_way = |a: &str, b: &str| {
        let operation = a.strip_prefix("pending").unwrap_or("-");
        let is_ok_beside_other = a == "ok" && b != "ok" && b != "linked";
        !is_ok_beside_other && !b.ends_with(&format!("{operation}Prohibited"))
    };
    let both_pending = a != b && a.starts_with("pending") && b.starts_with("pending");
    one_way(a, b) && one_way(b, a) && !both_pending
}

proptest! {
    #[test]
    fn a_set_is_legal_when_each_pair_is(statuses in any_set(), kind in any_kind()) {
        let pairs_legal = statuses.iter().all(|a| statuses.iter().all(|b| may_stand_together(a, b)));
        let all_known = statuses.iter().all(|status| kind.knows(status));
        prop_assert_eq!(statuses.check(kind).is_ok(), pairs_legal && all_known, "{}", statuses);
    }

    #[test]
    fn part_of_a_legal_set_is_legal(statuses in any_set(), kind in any_kind(), drop in prop::sample::select(EppStatus::ALL)) {
        prop_assume!(statuses.check(kind).is_ok());
        let mut fewer = statuses.clone();
        fewer.remove(drop);
        prop_assert!(fewer.check(kind).is_ok());
    }

    #[test]
    fn the_difference_leads_from_one_set_to_the_other(have in any_set(), want in any_set()) {
        let (add, remove) = have.difference_to(&want);
        prop_assert!(add.iter().all(|status| !remove.contains(status)));
        let mut reached = have.clone();
        remove.iter().for_each(|status| prop_remove(&mut reached, status));
        reached.extend(add);
        prop_assert_eq!(reached, want);
    }

    #[test]
    fn settling_is_final_and_never_breaks_a_set(statuses in any_set(), kind in any_kind(), is_delegated: bool) {
        let mut bare = statuses.clone();
        bare.remove(EppStatus::Ok);
        prop_assume!(bare.check(kind).is_ok());
        let mut settled = statuses;
        settled.settle(kind, is_delegated);
        prop_assert!(settled.check(kind).is_ok(), "{}", settled);
        prop_assert!(!settled.is_empty());
        prop_assert_eq!(settled.contains(EppStatus::Ok), settled.iter().all(|s| matches!(s, EppStatus::Ok | Linked)));
        let mut again = settled.clone();
        again.settle(kind, is_delegated);
        prop_assert_eq!(again, settled);
    }
}

fn prop_remove(set: &mut StatusSet, status: EppStatus) {
    assert!(set.remove(status), "{status} was to be removed but was not there");
}
