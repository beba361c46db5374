//! `namekeep serve` as a service manager sees it.

use std::process::{Child, Command, Stdio};

use super::house::{Desk, House, OURS, order, wait_for};

/// A serving instance that is ended with the test.
struct Serving(Child);

impl Serving {
    fn start(desk: &Desk<'_>) -> Self {
        let log = std::fs::File::create(desk.path("serve.log")).unwrap();
        let child = desk.command("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
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
    insta::assert_snapshot!(desk.says("ledger verify"), @r"
    The ledger holds: 28 entries, every row as its tile says, every checkpoint signed.
    exit 0
    ");
}
