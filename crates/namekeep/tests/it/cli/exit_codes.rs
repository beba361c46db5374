//! Every exit code, each by a command that earns it.

use super::house::{House, OURS, order};

#[test]
fn each_way_to_end_has_its_own_number() {
    let mut house = House::open();
    let holder = {
        let desk = house.desk(OURS);
        let holder = desk.holder();
        desk.register("known.alpha", &holder);
        house.write("wrong.token", "not a token\n");
        let cases = [
            ("domain info known.alpha", 0),
            ("domain info known.alpha --colour red", 2),
            ("domain renew known.alpha --years 11", 2),
            ("domain restore known.alpha", 3),
            ("--token-file wrong.token domain list", 4),
            ("domain info unknown.alpha", 6),
        ];
        for (line, code) in cases {
            let ended = desk.run(line);
            assert_eq!(ended.code, Some(code), "`{line}`: {}{}", ended.out, ended.err);
        }
        holder
    };
    // An outage of the registries: what is ordered stands, what is asked cannot be answered.
    house.stop_sandbox();
    let desk = house.reopen(OURS);
    insta::assert_snapshot!(desk.says(&format!("--wait 1 {}", order("later.alpha", &holder))), @r"
     operation  object  state  registry said
    ───
     create-domain  domain:later.alpha  ready
    The order stands and is carried on by `namekeep serve`; `domain info later.alpha` shows where it is, `registry status` how the registry stands.
    exit 5
    ");
    insta::assert_snapshot!(desk.says("domain check later.alpha"), @r"
    error: registry `alpha` did not answer the check: the registry failed 3 times in a row and is left alone until [time]: 127.0.0.1:[port] (127.0.0.1:[port]) cannot be reached: Connection refused (os error 111); check host and port, and that the registry's allow-list holds our address (incident ...)
    exit 1
    ");
    insta::assert_snapshot!(desk.says("domain list"), @r"
     name  phase  expires  renewal  notes
    ───
     known.alpha  registered  [date]
     later.alpha  ordered  1 open
    exit 0
    ");
    assert_eq!(desk.run("registry reconcile --all").code, Some(7), "what is not answered for is a finding");
    insta::assert_snapshot!(desk.says("--json domain info unknown.alpha"), @r#"
    {"error":{"code":"domain.unknown","exit":"not-found","hint":"check the spelling, or register it or transfer it in first","sentence":"`unknown.alpha` is not in our care (domain.unknown, RFC 5730 3)"}}
    exit 6
    "#);
}
