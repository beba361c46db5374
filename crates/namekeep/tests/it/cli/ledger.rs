//! What can be proven: duties, the proof of a name, the ledger and its key.

use super::house::{House, NAMEKEEP, OURS, run};

#[test]
fn a_name_is_proven_to_a_stranger() {
    let house = House::open();
    let desk = house.desk(OURS);
    desk.register("proven.alpha", &desk.holder());
    insta::assert_snapshot!(desk.says("duties"), @"
     name  duty  clause  our target  at the latest  state
    ───
     proven.alpha  ACY-3  RAA RDDS Accuracy Program Specification 1(f)  [date] [hh:mm]  [date] [hh:mm]  open
     proven.alpha  EXP-1  ERRP 2.1.1  [date] [hh:mm]  [date] [hh:mm]  open
     proven.alpha  EXP-2  ERRP 2.1.1  [date] [hh:mm]  [date] [hh:mm]  open
     proven.alpha  ACY-10  Registration Data Reminder Policy  [date] [hh:mm]  [date] [hh:mm]  open
    exit 0
    ");
    insta::assert_snapshot!(desk.says("duties --name proven.alpha --state lapsed"), @r"
    No such duties.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("prove proven.alpha"), @"
    proven.alpha, proven at [time]

    [dom] (registered): 18 ledger entries proven
     duty  clause  our target  at the latest  state
    ───
     ACY-3  RAA RDDS Accuracy Program Specification 1(f)  [date] [hh:mm]  [date] [hh:mm]  open
     EXP-1  ERRP 2.1.1  [date] [hh:mm]  [date] [hh:mm]  open
     EXP-2  ERRP 2.1.1  [date] [hh:mm]  [date] [hh:mm]  open
     ACY-10  Registration Data Reminder Policy  [date] [hh:mm]  [date] [hh:mm]  open
    exit 0
    ");
    insta::assert_snapshot!(desk.says("ledger list --name proven.alpha --limit 3"), @r"
     position  at  by  about  what
    ───
     2  [time]  [act]  [dom] proven.alpha  domain-ordered
     3  [time]  [act]  [dom] proven.alpha  intent-decided
     4  [time]  [act]  [dom] proven.alpha  intent-decided
    exit 0
    ");
    insta::assert_snapshot!(desk.says("ledger verify"), @"
    The ledger holds: 21 entries, every row as its tile says, every checkpoint signed.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("--json ledger verify"), @r#"
    {
      "entries": 21,
      "finding": null
    }
    exit 0
    "#);
    insta::assert_snapshot!(desk.says("ledger prove proven.alpha --out proof.json"), @r"
    The proof is in `proof.json`. Anyone can check it:
      namekeep ledger check proof.json --key '[ledger key]'
    exit 0
    ");

    // No instance, no token: only the proof and the public key.
    let key = desk.done("ledger key").trim().to_owned();
    let check =
        |file: &str| run(std::process::Command::new(NAMEKEEP).args(["ledger", "check"]).arg(house.path(file)).args(["--key", &key]));
    let held = check("proof.json");
    assert_eq!(held.code, Some(0), "{}", held.err);
    insta::assert_snapshot!(super::steady::steady(&held.out, house.root()), @"
    The proof holds: 18 entries about `[dom] proven.alpha` are in the ledger `registrar.example` of 21 entries.
     position  at  by  what
    ───
     2  [time]  [act]  domain-ordered
     3  [time]  [act]  intent-decided
     4  [time]  [act]  intent-decided
     5  [time]  [act]  intent-decided
     6  [time]  [act]  intent-decided
     8  [time]  gate  intent-confirmed
     9  [time]  gate  intent-confirmed
     10  [time]  gate  intent-confirmed
     11  [time]  gate  intent-confirmed
     12  [time]  gate  domain-registered
     13  [time]  gate  grace-began
     14  [time]  gate  actual-observed
     15  [time]  gate  duty-opened
     16  [time]  gate  duty-opened
     17  [time]  gate  duty-opened
     18  [time]  gate  verification-opened
     19  [time]  gate  duty-opened
     20  [time]  gate  notice-ordered
    ");
    desk.done("prove proven.alpha --out whole.json");
    let whole: serde_json::Value = serde_json::from_slice(&std::fs::read(house.path("whole.json")).unwrap()).unwrap();
    assert_eq!(whole["name"], "proven.alpha");
    assert!(whole["lives"][0]["duties"].as_array().is_some_and(|duties| !duties.is_empty()));
}
