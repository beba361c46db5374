//! Tables: what has a place in which state, which clock runs, what each form wants.

use std::collections::BTreeSet;

use jiff::civil::date;
use model::{ActorId, CaseId, DomainName, SeededEntropy, Timestamp};
use proptest::prelude::*;

use super::clock::is_from;
use super::*;
use crate::actor::{Actor, ActorKind};
use crate::publication::ConsentElement;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn operator(n: u8) -> Actor {
    Actor { id: ActorId::from_bytes([n; 16]), kind: ActorKind::Operator { name: format!("operator {n}") } }
}

/// Friday noon.
const RECEIVED: &str = "2026-12-04T12:00:00Z";

fn case(kind: CaseKind, profile: CaseProfile) -> Case {
    let id = CaseId::new(at(RECEIVED), &mut SeededEntropy::new(1));
    let rules = DeskRules { calendar: BusinessCalendar { holidays: BTreeSet::from([date(2026, 12, 8)]) }, is_nis2: false };
    Case::received(id, kind, profile, DomainName::parse("example.alpha").unwrap(), at(RECEIVED), &rules)
}

fn elements() -> BTreeSet<ConsentElement> {
    BTreeSet::from([ConsentElement::Name, ConsentElement::Email])
}

fn commands() -> Vec<CaseCommand> {
    vec![
        CaseCommand::Acknowledge,
        CaseCommand::Note,
        CaseCommand::Inquire,
        CaseCommand::Propose { elements: elements() },
        CaseCommand::Approve,
        CaseCommand::Refuse,
        CaseCommand::Extend { until: at("2027-06-01T00:00:00Z") },
        CaseCommand::Answer,
        CaseCommand::Close { finding: Finding::Format },
    ]
}

/// Every state with every command, for both kinds: where it leads.
#[test]
fn every_command_has_its_place() {
    let mut table = String::new();
    for kind in [CaseKind::Disclosure, CaseKind::Inaccuracy] {
        for state in CaseState::ALL {
            let mut case = Case { state, ..case(kind, CaseProfile::Standard) };
            case.proposal = Some(Proposal { by: operator(1).id, at: at(RECEIVED), elements: elements() });
            let ways = commands().into_iter().filter_map(|command| {
                let after = decide(&case, &command, &operator(2), at(RECEIVED)).ok()?;
                Some(format!("{}->{}", command.word(), after.state.word()))
            });
            table.push_str(&format!("{} {}: {}\n", kind.word(), state.word(), ways.collect::<Vec<_>>().join(" ")));
        }
    }
    insta::assert_snapshot!(table, @r"
    disclosure received: acknowledge->open note->received
    disclosure open: note->open propose->proposed refuse->decided extend->open
    disclosure inquired: note->inquired
    disclosure proposed: note->proposed propose->proposed approve->decided refuse->decided extend->proposed
    disclosure decided: note->decided extend->decided answer->closed
    disclosure closed: note->closed
    inaccuracy received: acknowledge->open note->received
    inaccuracy open: note->open inquire->inquired close->closed
    inaccuracy inquired: note->inquired close->closed
    inaccuracy proposed: note->proposed
    inaccuracy decided: note->decided
    inaccuracy closed: note->closed
    ");
}

/// The clocks: profile, what was done, and which obligation is due by when.
#[test]
fn each_profile_has_its_clock() {
    let due = |case: &Case| case.due().map(|due| format!("{} {} {}", due.obligation, due.soft_due, due.hard_due)).unwrap_or_default();
    let acknowledged = |profile| {
        let case = case(CaseKind::Disclosure, profile);
        decide(&case, &CaseCommand::Acknowledge, &operator(1), at("2026-12-04T13:00:00Z")).unwrap()
    };
    // Friday, the weekend, Monday, a holiday, Wednesday.
    assert_eq!(due(&case(CaseKind::Disclosure, CaseProfile::Standard)), "DSC-3 2026-12-04T12:00:00Z 2026-12-10T00:00:00Z");
    assert_eq!(due(&case(CaseKind::Disclosure, CaseProfile::Nis2)), "DSC-3 2026-12-04T12:00:00Z 2026-12-07T12:00:00Z");
    assert_eq!(due(&case(CaseKind::Disclosure, CaseProfile::Urgent)), "DSC-3 2026-12-04T12:00:00Z 2026-12-04T14:00:00Z");
    assert_eq!(due(&acknowledged(CaseProfile::Standard)), "DSC-4 2026-12-29T13:00:00Z 2027-01-03T13:00:00Z");
    assert_eq!(due(&acknowledged(CaseProfile::Nis2)), "EUL-4 2026-12-06T12:00:00Z 2026-12-07T12:00:00Z");
    assert_eq!(due(&acknowledged(CaseProfile::Urgent)), "DSC-7 2026-12-05T00:00:00Z 2026-12-05T12:00:00Z");
    let report = Case { state: CaseState::Open, ..case(CaseKind::Inaccuracy, CaseProfile::Standard) };
    assert_eq!(due(&report), "ACY-9 2026-12-09T12:00:00Z 2026-12-19T12:00:00Z");
    let asked = decide(&report, &CaseCommand::Inquire, &operator(1), at("2026-12-05T00:00:00Z")).unwrap();
    assert_eq!(due(&asked), "ACY-8 2026-12-15T00:00:00Z 2026-12-20T00:00:00Z");
}

/// DSC-4: warnings at 15 and 25 days, and the breach, each once and in order.
#[test]
fn warnings_come_once_and_in_order() {
    let mut case = case(CaseKind::Disclosure, CaseProfile::Standard);
    assert_eq!(case.next_warning(at(RECEIVED)), Some((at("2026-12-10T00:00:00Z"), Warning::Lapsed)));
    case = decide(&case, &CaseCommand::Acknowledge, &operator(1), at(RECEIVED)).unwrap();
    let mut now = at(RECEIVED);
    let mut said = Vec::new();
    while let Some((at, warning)) = case.next_warning(now) {
        said.push(format!("{} {at}", warning.word()));
        now = at;
    }
    assert_eq!(said, ["early 2026-12-19T12:00:00Z", "late 2026-12-29T12:00:00Z", "lapsed 2027-01-03T12:00:00Z"]);
    case.extension = Some(Extension { by: operator(1).id, at: now, until: at("2027-02-01T00:00:00Z") });
    assert_eq!(case.next_warning(now), Some((at("2027-02-01T00:00:00Z"), Warning::Lapsed)));
}

#[test]
fn no_one_discloses_alone() {
    let case = Case { state: CaseState::Open, ..case(CaseKind::Disclosure, CaseProfile::Standard) };
    let proposed = decide(&case, &CaseCommand::Propose { elements: elements() }, &operator(1), at(RECEIVED)).unwrap();
    let machine = Actor { id: ActorId::from_bytes([9; 16]), kind: ActorKind::Timer };
    for actor in [operator(1), machine] {
        assert_eq!(decide(&proposed, &CaseCommand::Approve, &actor, at(RECEIVED)).unwrap_err().code, "case.four-eyes");
    }
    let decided = decide(&proposed, &CaseCommand::Approve, &operator(2), at(RECEIVED)).unwrap();
    assert_eq!(decided.decision, Some(Decision::Disclose { by: operator(2).id, at: at(RECEIVED), elements: elements() }));
    // Refusing discloses nothing and needs one person.
    let refused = decide(&proposed, &CaseCommand::Refuse, &operator(1), at(RECEIVED)).unwrap();
    assert_eq!(refused.decision, Some(Decision::Refuse { by: operator(1).id, at: at(RECEIVED) }));
    let nothing = CaseCommand::Propose { elements: BTreeSet::new() };
    assert_eq!(decide(&case, &nothing, &operator(1), at(RECEIVED)).unwrap_err().code, "case.nothing");
}

#[test]
fn extensions_have_their_limits() {
    let extend = |profile, until| {
        let case = Case { state: CaseState::Open, acknowledged_at: Some(at(RECEIVED)), ..case(CaseKind::Disclosure, profile) };
        decide(&case, &CaseCommand::Extend { until: at(until) }, &operator(1), at(RECEIVED)).map(|_| ()).map_err(|refusal| refusal.rule)
    };
    assert_eq!(extend(CaseProfile::Standard, "2027-02-01T00:00:00Z"), Ok(()));
    assert_eq!(extend(CaseProfile::Standard, "2026-12-24T00:00:00Z"), Err("DSC-4"));
    assert_eq!(extend(CaseProfile::Nis2, "2027-02-01T00:00:00Z"), Err("EUL-4"));
    assert_eq!(extend(CaseProfile::Urgent, "2026-12-07T12:00:00Z"), Ok(()));
    assert_eq!(extend(CaseProfile::Urgent, "2026-12-07T12:00:01Z"), Err("DSC-7"));
}

#[test]
fn urgent_requests_wait_for_their_date() {
    assert!(!urgent_holds_on(date(2099, 1, 1)));
    assert!(!is_from(Some(date(2028, 1, 1)), date(2027, 12, 31)) && is_from(Some(date(2028, 1, 1)), date(2028, 1, 1)));
}

#[test]
fn relays_are_limited_by_name_and_by_sender() {
    for (of_name, of_sender, want) in [
        (0, 0, RelayOutcome::Ordered),
        (RELAYS_A_DAY_OF_NAME - 1, RELAYS_A_DAY_OF_SENDER - 1, RelayOutcome::Ordered),
        (RELAYS_A_DAY_OF_NAME, 0, RelayOutcome::NameLimit),
        (RELAYS_A_DAY_OF_SENDER, RELAYS_A_DAY_OF_SENDER, RelayOutcome::SenderLimit),
    ] {
        assert_eq!(RelayOutcome::after(of_name, of_sender), want);
    }
}

fn read(fields: &Fields) -> Result<DisclosureRequest, Vec<FieldFault>> {
    match Form::read(FormKind::Disclosure, fields)? {
        Form::Disclosure(request) => Ok(request),
        _ => panic!("another form was read"),
    }
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in pairs {
        fields.entry((*name).to_owned()).or_default().push((*value).to_owned());
    }
    fields
}

const REQUEST: &[(&str, &str)] = &[
    ("domain", "Example.COM."),
    ("name", "Ada Lovelace"),
    ("email", "ada@example.org"),
    ("capacity", "self"),
    ("element", "name"),
    ("element", "email"),
    ("grounds", "My trade mark 4711.\r\nIt is infringed."),
    ("good_faith", "yes"),
    ("lawful", "yes"),
];

/// DSC-2: a request without one of its parts is returned with the reason, for that field alone.
#[test]
fn an_incomplete_request_says_what_is_missing() {
    let whole = read(&fields(REQUEST)).unwrap();
    assert_eq!((whole.domain.as_str(), whole.grounds.as_str()), ("example.com", "My trade mark 4711.\nIt is infringed."));
    for missing in ["domain", "name", "email", "capacity", "element", "grounds", "good_faith", "lawful"] {
        let rest: Vec<_> = REQUEST.iter().copied().filter(|(name, _)| *name != missing).collect();
        let faults = read(&fields(&rest)).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.field).collect::<Vec<_>>(), [missing]);
        assert!(faults[0].sentence.ends_with('.'), "{}", faults[0].sentence);
    }
    let all = read(&Fields::new()).unwrap_err();
    assert_eq!(all.len(), 8, "{all:?}");
}

/// Which value of which field is refused.
#[test]
fn values_that_cannot_be_meant_are_refused() {
    let long = "x".repeat(MAX_LINE_CHARS + 1);
    let text = "x".repeat(MAX_TEXT_CHARS + 1);
    for (field, value) in [
        ("domain", "exa mple.com"),
        ("domain", "com"),
        ("name", long.as_str()),
        ("name", "Ada\r\nBcc: x"),
        ("email", "nobody"),
        ("capacity", "representative"),
        ("element", "shoe-size"),
        ("grounds", text.as_str()),
        ("grounds", "a\u{0}b"),
        ("recipient", "age1x"),
        ("recipient", "AGE1QL3Z7HJY54PW3HYWW5AYYFG7ZQGVC7W3J2ELW8ZMRJ2KG5SFN9AQMCAC8P"),
    ] {
        let mut fields = fields(REQUEST);
        fields.insert(field.to_owned(), vec![value.to_owned()]);
        let faults = read(&fields).unwrap_err();
        let want = if field == "capacity" { "authority" } else { field };
        assert_eq!(faults.iter().map(|fault| fault.field).collect::<Vec<_>>(), [want], "{value}");
    }
}

#[test]
fn what_people_wrote_is_not_printed() {
    let form = Form::Disclosure(read(&fields(REQUEST)).unwrap());
    assert_eq!(format!("{form:?}"), "Form([personal data])");
}

proptest! {
    /// Whatever comes: a form or faults, and text without control characters.
    #[test]
    fn any_fields_are_read(pairs in proptest::collection::vec(("(domain|name|email|reason|message|role|element|explanation)", ".{0,80}"), 0..12)) {
        let mut fields = Fields::new();
        for (name, value) in pairs {
            fields.entry(name).or_default().push(value);
        }
        for kind in FormKind::ALL {
            match Form::read(kind, &fields) {
                Ok(form) => prop_assert!(form.outsider().is_none_or(|from| !from.name.contains(char::is_control))),
                Err(faults) => prop_assert!(!faults.is_empty()),
            }
        }
    }
}
