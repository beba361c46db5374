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
    reconciled  not yet; `namekeep serve` does it every night
    sessions  1 open, at most 4
    certificate  valid until [date]

    registry  Minimal Data Registry (minimal)
    account  NAMEKEEP
    open intents  none
    messages to process  0
    reconciled  not yet; `namekeep serve` does it every night
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

    insta::assert_snapshot!(desk.says("registry reconcile --tld nosuch"), @r"
    error: No registry of this instance runs the TLD `nosuch`.
    hint: the TLDs served are: alpha, beta, minimal, manual
    exit 3
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
    insta::assert_snapshot!(desk.says("domain info drift.alpha"), @"
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
     ACY-3  RAA RDDS Accuracy Program Specification 1(f)  [date] [hh:mm]  [date] [hh:mm]  open
     EXP-1  ERRP 2.1.1  [date] [hh:mm]  [date] [hh:mm]  open
     EXP-2  ERRP 2.1.1  [date] [hh:mm]  [date] [hh:mm]  open
     ACY-10  Registration Data Reminder Policy  [date] [hh:mm]  [date] [hh:mm]  open
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
fn a_refused_login_is_not_repeated_until_the_password_is_replaced() {
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
    1 name checked; differing or not answered for: 1. Nothing was changed: `--name NAME --push` makes the registry follow, `--accept` makes us follow.
    [time] ERROR epp::pool::lifecycle: logins are stopped: the registry refused our credentials account=alpha
    exit 7
    ");
    // The registry has set another password; ours is replaced by it.
    insta::assert_snapshot!(desk.says("registry password alpha --file sandbox/clients/NAMEKEEP.password --in-force"), @r"
    alpha: the password is sealed in the vault; a running server logs in with it at once. Delete the file.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("registry reconcile --tld alpha"), @r"
     name  element  we want  the registry says
    ───
     lost.alpha  existence  exists  unknown to the registry
    1 name checked; differing or not answered for: 1. Nothing was changed: `--name NAME --push` makes the registry follow, `--accept` makes us follow.
    exit 7
    ");
    insta::assert_snapshot!(desk.says("domain list"), @r"
     name  phase  expires  renewal  notes
    ───
     lost.alpha  registered  [date]  drift: existence
    exit 0
    ");
}

#[test]
fn an_operator_says_what_was_seen_to() {
    let house = House::open();
    let desk = house.desk(OURS);
    let holder = desk.holder();
    let balance = |minor: i64| {
        let order = serde_json::json!({"action": "balance", "registrar": OURS, "minor": minor});
        house.control(&serde_json::json!({"request": "administer", "registry": "alpha", "order": order}));
    };
    balance(0);
    insta::assert_snapshot!(desk.says(&format!("--wait 2 {}", super::house::order("poor.alpha", &holder))), @r"
     operation  object  state  registry said
    ───
     create-contact  contact:[handle]  confirmed
     create-host  host:ns1.provider.example  confirmed
     create-host  host:ns2.provider.example  confirmed
     create-domain  domain:poor.alpha  refused  2104: Billing failure; the command costs 8.00 USD and the balance is 0.00 USD; pay in first
    exit 3
    ");
    insta::assert_snapshot!(desk.says("registry status alpha"), @r"
    registry  Alpha Registry (alpha)
    account  NAMEKEEP
    open intents  none
    messages to process  0
    paid operations  STOPPED since [time]: the registry said that the balance is too low
    reconciled  not yet; `namekeep serve` does it every night
    ALARM  registry `alpha` says that the balance is too low (Billing failure; the command costs 8.00 USD and the balance is 0.00 USD; pay in first); nothing that costs money is sent there. Top up the account, then resume
    sessions  1 open, at most 4
    certificate  valid until [date]
    exit 0
    ");
    balance(100_000);
    insta::assert_snapshot!(desk.says("registry resume alpha"), @r"
    alpha: what costs money is sent again.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("registry resume alpha"), @r"
    alpha: nothing to do, nothing was stopped.
    exit 0
    ");
    insta::assert_snapshot!(desk.says(&super::house::order("poor.alpha", &holder)), @r"
     operation  object  state  registry said
    ───
     create-domain  domain:poor.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("registry clear balance:alpha"), @r"
    error: There is no alarm `balance:alpha`.
    hint: `namekeep doctor` shows the alarms by their keys
    exit 6
    ");

    house.write("next.password", "a-Better-One-2026\n");
    insta::assert_snapshot!(desk.says("registry password alpha --file next.password"), @r"
    alpha: the password is changed at the next login; a running server logs in anew at once. Delete the file.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain check poor.alpha"), @r"
     name  is  reason  class  fees
    ───
     poor.alpha  taken  In use  create 8.00 USD, renew 8.00 USD, restore 40.00 USD, transfer 8.00 USD
    exit 0
    ");
    insta::assert_snapshot!(desk.says("registry password alpha --file next.password --in-force"), @r"
    alpha: the password is sealed in the vault; a running server logs in with it at once. Delete the file.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain check poor.alpha"), @r"
     name  is  reason  class  fees
    ───
     poor.alpha  taken  In use  create 8.00 USD, renew 8.00 USD, restore 40.00 USD, transfer 8.00 USD
    exit 0
    ");
}
