//! The registries as the operator sees them: list, profile check, status, poll, drift.

use super::house::{House, OURS};

#[test]
fn registries_are_listed_and_their_accounts_shown() {
    let house = House::open();
    let desk = house.desk(OURS);
    insta::assert_snapshot!(desk.says("config check"), @r"
    The configuration of `registrar.example` can be used. Registries: alpha, minimal.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("registry list"), @r"
     registry  name  account  profile  TLDs
    ───
     alpha  Alpha Registry  NAMEKEEP  [date]  alpha, beta
     minimal  Minimal Data Registry  NAMEKEEP  [date]  minimal, manual
    exit 0
    ");
    insta::assert_snapshot!(desk.says("registry status"), @r"
    registry  Alpha Registry (alpha)
    account  NAMEKEEP
    open intents  none
    messages to process  0
    sessions  1 open, at most 4
    certificate  valid until [date]

    registry  Minimal Data Registry (minimal)
    account  NAMEKEEP
    open intents  none
    messages to process  0
    sessions  1 open, at most 4
    certificate  valid until [date]
    exit 0
    ");
    insta::assert_snapshot!(desk.says("registry status gamma"), @r"
    error: There is no registry `gamma` in the configuration.
    hint: `namekeep registry list` shows those there are
    exit 6
    ");
    insta::assert_snapshot!(desk.says("registry poll minimal"), @r"
     registry  polled by  received  processed  kept for you
    ───
     minimal  this command  0  0  0
    exit 0
    ");
    let profile = desk.path("registries/alpha.toml").display().to_string();
    insta::assert_snapshot!(desk.says(&format!("registry check {profile}")), @r"
    `[folder]/NAMEKEEP/registries/alpha.toml` can be used: registry `alpha`, version [date], TLDs alpha, beta.
    exit 0
    ");
    insta::assert_snapshot!(desk.says(&format!("--json registry check {profile}")), @r#"
    {
      "file": "[folder]/NAMEKEEP/registries/alpha.toml",
      "registry": "alpha",
      "version": "[date]",
      "tlds": [
      "alpha",
      "beta"
      ]
    }
    exit 0
    "#);
}

#[test]
fn reconciliation_finds_drift_and_changes_nothing_until_told() {
    let house = House::open();
    let desk = house.desk(OURS);
    desk.register("drift.alpha", &desk.holder());
    insta::assert_snapshot!(desk.says("registry reconcile"), @r"
    error: Say what to reconcile.
    hint: `--name NAME`, `--tld TLD` or `--all`
    exit 2
    ");
    insta::assert_snapshot!(desk.says("registry reconcile --all"), @r"
    1 name checked: the registries say what we want everywhere.
    exit 0
    ");

    // The registry puts the name on hold at somebody else's order.
    let hold = |on: bool| {
        let order = serde_json::json!({"action": "hold", "name": "drift.alpha", "on": on});
        house.control(&serde_json::json!({"request": "administer", "registry": "alpha", "order": order}));
    };
    hold(true);
    insta::assert_snapshot!(desk.says("registry reconcile --name drift.alpha"), @r"
    1 name checked: the registries say what we want everywhere.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("registry reconcile --tld alpha"), @r"
    1 name checked: the registries say what we want everywhere.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain info drift.alpha"), @r"
    name  drift.alpha (drift.alpha)
    id  [dom]
    registry  alpha
    phase  registered
    created  [time]
    term ends  [time]
    renewal  on request
    next due  [time]

      we want  the registry says
    ───
     statuses  serverHold
     nameservers  ns1.provider.example  ns1.provider.example
      ns2.provider.example  ns2.provider.example
     DS
     expiry  [time]  [time]
     grace  addPeriod

     charged  for  years  amount
    ───
     [date]  Create  1  8.00 USD

     duty  clause  our target  at the latest  state
    ───
     EXP-1  ERRP 2.1.1  [date] [hh:mm]  [date] [hh:mm]  open
     EXP-2  ERRP 2.1.1  [date] [hh:mm]  [date] [hh:mm]  open
    exit 0
    ");
    hold(false);
    insta::assert_snapshot!(desk.says("registry poll alpha"), @r"
     registry  polled by  received  processed  kept for you
    ───
     alpha  this command  2  2  0
    exit 0
    ");
    insta::assert_snapshot!(desk.says("registry reconcile --name drift.alpha"), @r"
    1 name checked: the registries say what we want everywhere.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("registry reconcile --name unknown.alpha"), @r"
    error: `unknown.alpha` is not in our care at registry `alpha` (domain.unknown, RFC 5730 3)
    hint: check the spelling, or register it or transfer it in first
    exit 6
    ");
}

#[test]
fn a_registry_that_refuses_our_login_is_left_alone() {
    let mut house = House::open();
    let desk = house.desk(OURS);
    desk.register("lost.alpha", &desk.holder());
    let addresses = ["alpha", "minimal"].map(|registry| house.address(registry));
    house.empty_sandbox();
    let desk = house.reopen(OURS);
    for (old, registry) in addresses.iter().zip(["alpha", "minimal"]) {
        desk.reconfigure(|text| text.replace(old, &house.address(registry)));
    }
    insta::assert_snapshot!(desk.says("registry reconcile --all"), @r"
     name  element  we want  the registry says
    ───
     lost.alpha  no answer  logins to this registry are stopped since [time], because it answered 2200 (Authentication error); check the credentials, then allow logins again
    1 name checked, 1 differ or were not answered for. Nothing was changed: `--name NAME --push` makes the registry follow, `--accept` makes us follow.
    [time] ERROR epp::pool::lifecycle: logins are stopped: the registry refused our credentials account=alpha
    exit 7
    ");
    insta::assert_snapshot!(desk.says("domain list"), @r"
     name  phase  expires  renewal  notes
    ───
     lost.alpha  registered  [date]
    exit 0
    ");
}
