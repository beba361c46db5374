//! What the public sent, from the spool of a directory to the letter that leaves, by the real program.

use std::process::Stdio;

use model::{ReceiptId, SeededEntropy, Timestamp};
use policy::desk::{Fields, Form, FormKind, Posted};
use store::intake::{IntakePublicKey, Spool, SpoolLimits};

use super::house::{House, OURS, wait_for};

/// A request as it stands in a file.
const REQUEST: &str = r#"domain = "asked.alpha"
name = "Eve Outsider"
email = "eve@outside.example"
capacity = "self"
element = ["name", "email"]
grounds = "Trade mark 4711"
good_faith = true
lawful = true
"#;

#[test]
fn a_request_is_worked_by_two_operators() {
    let house = House::open();
    let desk = house.desk(OURS);
    desk.register("asked.alpha", &desk.holder());
    desk.done("operator enrol Grace --out grace.token");
    house.write("request.toml", REQUEST);
    house.write("bad.toml", &REQUEST.replace("lawful = true", "lawful = false"));
    insta::assert_snapshot!(desk.says("disclosure enter bad.toml"), @r"
    error: the request lacks what it has to have (case.incomplete, DSC-2)
    hint: lawful: Promise to process the data lawfully.
    exit 3
    ");
    insta::assert_snapshot!(desk.says("disclosure enter request.toml --urgent"), @r"
    error: urgent requests are published by ICANN and not yet in force (disclosure.urgent, DSC-7)
    hint: enter it as an ordinary request, and answer it as soon as you can
    exit 3
    ");
    desk.done("disclosure enter request.toml");
    let case = desk.json("disclosure list")["cases"][0]["id"].as_str().unwrap().to_owned();
    let owed = desk.json("duties");
    assert_eq!((owed["cases"][0]["case"].as_str(), owed["cases"][0]["obligation"].as_str()), (Some(case.as_str()), Some("DSC-4")));
    assert!(desk.done("duties").contains(&case));
    let because = "--reason 'The mark is used.' --balancing 'The right weighs more.'";
    assert_eq!(desk.run(&format!("disclosure answer {case}")).code, Some(3));
    desk.done(&format!("disclosure propose {case} --disclose name,email {because}"));
    assert_eq!(desk.run(&format!("disclosure approve {case}")).code, Some(3));
    desk.done(&format!("--token-file grace.token disclosure approve {case}"));
    assert_eq!(desk.run(&format!("disclosure answer {case}")).code, Some(3));
    desk.done(&format!("disclosure recipient {case} age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"));
    desk.done(&format!("disclosure answer {case}"));
    assert_eq!(desk.done("disclosure list"), "No such cases.\n");
    let view = desk.json(&format!("disclosure show {case}"));
    assert_eq!((view["case"]["state"].as_str(), view["letters"].as_array().map(Vec::len)), (Some("closed"), Some(2)));
    // A request is no report.
    assert_eq!(desk.run(&format!("case inquire {case}")).code, Some(3));
    assert_eq!(desk.run("disclosure show cas_00000000000000000000000000").code, Some(6));
}

#[test]
fn serve_takes_what_a_directory_sealed() {
    let house = House::open();
    let desk = house.desk(OURS);
    desk.register("reported.alpha", &desk.holder());
    let key = IntakePublicKey::parse(&desk.done("directory intake-key")).unwrap();
    let spool = Spool::open(&desk.path("intake"), key, SpoolLimits::default()).unwrap();
    let mut fields = Fields::new();
    for (name, value) in [
        ("domain", "reported.alpha"),
        ("name", "Eve Outsider"),
        ("email", "eve@outside.example"),
        ("reason", "general"),
        ("element", "street"),
        ("explanation", "Nobody lives there"),
    ] {
        fields.insert(name.to_owned(), vec![value.to_owned()]);
    }
    // The time of this machine, as the directory takes it.
    let now = registrar::Clock::now(&registrar::SystemClock);
    for (n, kind) in [(1, FormKind::Contact), (2, FormKind::Inaccuracy)] {
        let receipt = ReceiptId::new(now, &mut SeededEntropy::new(n));
        let posted = Posted { receipt, at: Timestamp::from_second(now.as_second()).unwrap(), form: Form::read(kind, &fields).unwrap() };
        spool.put(kind, receipt, &serde_json::to_vec(&posted).unwrap()).unwrap();
    }
    let mut server = desk.command("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let letters = || crate::scene::files_below(&desk.path("maildrop"));
    let said = |word: &str| letters().iter().any(|path| std::fs::read_to_string(path).is_ok_and(|text| text.contains(word)));
    wait_for("the message and the acknowledgement", || {
        said("Reply-To: Eve Outsider <eve@outside.example>") && said("We received your report")
    });
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(crate::scene::files_below(&desk.path("intake")).is_empty());
    let receipts = desk.json("case receipts reported.alpha");
    let mut outcomes: Vec<&str> = receipts.as_array().unwrap().iter().filter_map(|line| line["outcome"].as_str()).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["case", "ordered"]);
    assert_eq!(desk.json("case list")["cases"][0]["state"], "open");
}
