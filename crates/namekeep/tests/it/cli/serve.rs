//! `namekeep serve` as a service manager sees it.

use std::process::{Child, Command, Stdio};

use super::house::{Desk, House, OURS, order, wait_for};

/// A serving instance that is ended with the test.
pub struct Serving(Child);

impl Serving {
    /// Starts and waits until it serves.
    pub fn start(desk: &Desk<'_>) -> Self {
        Self::start_logging(desk, "warn")
    }

    fn start_logging(desk: &Desk<'_>, level: &str) -> Self {
        let log = std::fs::File::create(desk.path("serve.log")).unwrap();
        let child =
            desk.command("serve").env("NAMEKEEP_LOG", level).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let serving = Self(child);
        wait_for("the instance to serve", || said(desk).contains("namekeep serves"));
        serving
    }

    /// Asks it to stop as a service manager does; gives its exit code.
    fn stop(mut self) -> Option<i32> {
        assert!(Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap().success());
        self.0.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Ended already is what we want.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn said(desk: &Desk<'_>) -> String {
    std::fs::read_to_string(desk.path("serve.log")).unwrap_or_default()
}

/// What `doctor` says of an alarm, once there is one.
fn alarm(desk: &Desk<'_>, key: &str) -> Option<String> {
    let said = desk.run("doctor").out;
    said.lines().find(|line| line.contains(&format!("alarm {key}"))).map(str::to_owned)
}

/// The stop of logins is kept in the process that met it; operators lift it from another one.
#[test]
fn a_running_server_logs_in_again_once_the_credentials_are_put_right() {
    let house = House::open();
    let desk = house.desk(OURS);
    let holder = desk.holder();
    let right = "sandbox/clients/NAMEKEEP.password";
    house.write("elsewhere.password", "Set-elsewhere-1\n");
    let serving = Serving::start(&desk);
    assert_eq!(desk.run(&order("first.alpha", &holder)).code, Some(0));

    // The password in force at the registry is another one than ours.
    desk.done("registry password alpha --file elsewhere.password --in-force");
    wait_for("the alarm", || alarm(&desk, "login:alpha").is_some());
    let waits = desk.run(&format!("--wait 1 {}", order("second.alpha", &holder)));
    assert_eq!(waits.code, Some(5), "nothing is sent: {}{}", waits.out, waits.err);
    desk.done(&format!("registry password alpha --file {right} --in-force"));
    wait_for("the order that waited", || desk.json("domain info second.alpha")["registration"]["phase"] == "registered");
    wait_for("the alarm to end", || alarm(&desk, "login:alpha").is_none());

    // Ours is wrong again; this time it is the registry's that is changed, by another tool of the same account.
    desk.done("registry password alpha --file elsewhere.password --in-force");
    wait_for("the alarm", || alarm(&desk, "login:alpha").is_some());
    let other = house.desk_at("other-tool", OURS);
    other.done("domain check first.alpha");
    other.done("registry password alpha --file elsewhere.password");
    other.done("domain check first.alpha");
    insta::assert_snapshot!(desk.says("registry resume alpha"), @r"
    alpha: logins are tried again; what waited goes out within five minutes.
    exit 0
    ");
    assert_eq!(desk.run(&order("third.alpha", &holder)).code, Some(0), "{}", said(&desk));
    wait_for("the alarm to end", || alarm(&desk, "login:alpha").is_none());
    assert_eq!(serving.stop(), Some(0), "{}", said(&desk));
}

/// A night in the real program: begun by its schedule, shown, and an alarm as long as something differs.
#[test]
fn a_server_reconciles_at_night_and_says_what_it_found() {
    let mut house = House::open();
    let desk = house.desk(OURS);
    desk.register("lost.alpha", &desk.holder());
    let addresses = ["alpha", "minimal"].map(|registry| house.address(registry));
    // The registries lose everything.
    house.empty_sandbox();
    let desk = house.reopen(OURS);
    for (old, registry) in addresses.iter().zip(["alpha", "minimal"]) {
        desk.reconfigure(|text| text.replace(old, &house.address(registry)));
        desk.done(&format!("registry password {registry} --file sandbox/clients/NAMEKEEP.password --in-force"));
    }
    let serving = Serving::start(&desk);
    let planned = || desk.run("doctor").out.matches("not yet; the first night begins").count() == 2;
    wait_for("the nights to be planned", planned);
    assert!(alarm(&desk, "drift:alpha").is_none());
    // Night falls.
    let database = rusqlite::Connection::open(desk.path("state/namekeep.db")).unwrap();
    assert_eq!(database.execute("update schedule set next_us = next_us - 86400000000 where name like 'reconcile:%'", []).unwrap(), 2);
    wait_for("the night to end", || alarm(&desk, "drift:alpha").is_some());
    insta::assert_snapshot!(desk.says("registry status"), @r"
    registry  Alpha Registry (alpha)
    account  NAMEKEEP
    open intents  none
    messages to process  0
    reconciled  [date] [hh:mm]: 1 name checked, 1 differs
    ALARM  1 of 1 name at registry `alpha` differs from what we want (night of [date]). See which: `namekeep registry reconcile --all`, which changes nothing; then decide for each: `namekeep registry reconcile --name NAME` with `--push` or `--accept`
    sessions  1 open, at most 4
    certificate  valid until [date]

    registry  Minimal Data Registry (minimal)
    account  NAMEKEEP
    open intents  none
    messages to process  0
    reconciled  [date] [hh:mm]: 0 names checked, none differs
    sessions  1 open, at most 4
    certificate  valid until [date]
    exit 0
    ");
    assert!(alarm(&desk, "drift:minimal").is_none());
    insta::assert_snapshot!(desk.says("domain list"), @r"
     name  phase  expires  renewal  notes
    ───
     lost.alpha  registered  [date]  drift: existence
    exit 0
    ");
    assert_eq!(serving.stop(), Some(0), "{}", said(&desk));
}

#[test]
fn a_server_carries_what_other_processes_order_and_stops_when_told() {
    let house = House::open();
    let desk = house.desk(OURS);
    let holder = desk.holder();
    let serving = Serving::start(&desk);
    insta::assert_snapshot!(desk.says("serve"), @r"
    error: Another process serves `[folder]/NAMEKEEP` already.
    hint: stop that one first; commands work beside it
    exit 3
    ");

    // Ordered by another process that does not wait.
    let ordered = desk.run(&format!("--wait 0 {}", order("carried.alpha", &holder)));
    assert!(matches!(ordered.code, Some(0 | 5)), "{}{}", ordered.out, ordered.err);
    wait_for("the order to be carried", || desk.json("domain info carried.alpha")["registration"]["phase"] == "registered");
    // And by one that waits.
    let waited = desk.run(&order("waited.minimal", &holder));
    assert_eq!(waited.code, Some(0), "{}{}", waited.out, waited.err);
    insta::assert_snapshot!(desk.says("registry poll"), @r"
     registry  polled by  received  processed  kept for you
    ───
     alpha  the running server  0  0  0
     minimal  the running server  0  0  0
    exit 0
    ");

    assert_eq!(serving.stop(), Some(0), "{}", said(&desk));
    insta::assert_snapshot!(super::steady::steady(&said(&desk), house.root()), @r"
    namekeep serves `registrar.example` (production), 2 registries; stop it with Ctrl-C.
    stopping: open commands end first
    ");
    // How many entries there are depends on what came first.
    let held = desk.says("ledger verify");
    assert!(
        held.starts_with("The ledger holds: ") && held.ends_with("every row as its tile says, every checkpoint signed.\nexit 0"),
        "{held}"
    );
}

#[test]
fn certificates_are_taken_up_without_a_restart() {
    let house = House::open();
    let desk = house.desk(OURS);
    let holder = desk.holder();
    let serving = Serving::start_logging(&desk, "namekeep=info");
    let client = |name: &str| house.path(&format!("sandbox/clients/{name}"));
    let with_second = |key: &std::path::Path| {
        let chain = client(&format!("{OURS}.pem")).display().to_string();
        let second = format!(", {{ chain = \"{chain}\", key = \"{}\" }}]", key.display());
        move |text: String| text.replace("}]\n", &format!("}}{second}\n"))
    };
    let first = std::fs::read_to_string(desk.path("namekeep.toml")).unwrap();

    // A key that does not belong to its certificate is complained about, and the certificate in use stays.
    desk.reconfigure(with_second(&client(&format!("{}.key", super::house::OTHER))));
    wait_for("the complaint", || said(&desk).matches("those in use stay").count() == 2);

    let copy = client("second.key");
    std::fs::copy(client(&format!("{OURS}.key")), &copy).unwrap();
    desk.reconfigure(move |_| first);
    desk.reconfigure(with_second(&copy));
    wait_for("the second certificate", || said(&desk).matches("other certificates are in use").count() == 2);
    desk.done(&order("after.alpha", &holder));
    assert_eq!(serving.stop(), Some(0), "{}", said(&desk));
}
