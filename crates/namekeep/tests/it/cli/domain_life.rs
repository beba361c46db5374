//! A name's life by hand: every command on a name, what people read, what programs read.

use super::house::{House, OURS};

#[test]
fn a_name_is_registered_and_shown() {
    let house = House::open();
    let desk = house.desk(OURS);
    let holder = desk.holder();
    insta::assert_snapshot!(desk.says("domain check free.alpha free.minimal"), @r"
     name  is  reason  class  fees
    ───
     free.alpha  free  create 8.00 USD, renew 8.00 USD, restore 40.00 USD, transfer 8.00 USD
     free.minimal  free  create 6.50 EUR, renew 7.00 EUR, restore 35.00 EUR, transfer 7.00 EUR
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain list"), @r"
    No names.
    exit 0
    ");
    insta::assert_snapshot!(desk.says(&super::house::order("first.alpha", &holder)), @r"
     operation  object  state  registry said
    ───
     create-contact  contact:[handle]  confirmed
     create-host  host:ns1.provider.example  confirmed
     create-host  host:ns2.provider.example  confirmed
     create-domain  domain:first.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says(&super::house::order("first.alpha", &holder)), @r"
    error: `first.alpha` is in our care already: it is registered (domain.held, RFC 5731 2.1)
    hint: see `namekeep domain info first.alpha`
    exit 3
    ");
    insta::assert_snapshot!(desk.says(&format!("domain register bücher.alpha --years 2 --auto-renew --registrant {holder} --admin {holder} --tech {holder}")), @r"
     operation  object  state  registry said
    ───
     create-domain  domain:xn--bcher-kva.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain info first.alpha"), @"
    name  first.alpha (first.alpha)
    id  [dom]
    registry  alpha
    phase  registered
    created  [time]
    term ends  [time]
    renewal  on request
    next due  [time]

      we want  the registry says
    ───
     statuses  ok
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
    insta::assert_snapshot!(desk.says("domain list"), @r"
     name  phase  expires  renewal  notes
    ───
     first.alpha  registered  [date]
     bücher.alpha  registered  [date]  auto
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain list --limit 1"), @r"
     name  phase  expires  renewal  notes
    ───
     first.alpha  registered  [date]
    More: --after first.alpha
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain list --tld minimal"), @r"
    No names.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain list --phase redemption"), @r"
    No names.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain check first.alpha"), @r"
     name  is  reason  class  fees
    ───
     first.alpha  taken  In use  create 8.00 USD, renew 8.00 USD, restore 40.00 USD, transfer 8.00 USD
    exit 0
    ");
    insta::assert_snapshot!(desk.says("--json domain list --tld alpha"), @r#"
    {
      "domains": [
      {
      "id": "[dom]",
      "name": "first.alpha",
      "registry": "alpha",
      "phase": "registered",
      "expires_at": "[time]",
      "auto_renew": false,
      "is_expired": false,
      "statuses": [],
      "open_intents": 0,
      "drift": []
      },
      {
      "id": "[dom]",
      "name": "xn--bcher-kva.alpha",
      "registry": "alpha",
      "phase": "registered",
      "expires_at": "[time]",
      "auto_renew": true,
      "is_expired": false,
      "statuses": [],
      "open_intents": 0,
      "drift": []
      }
      ],
      "next": null
    }
    exit 0
    "#);

    let info = desk.json("domain info first.alpha");
    assert_eq!(info["registration"]["name"], "first.alpha");
    assert_eq!(info["registration"]["phase"], "registered");
    assert_eq!(info["charges"].as_array().unwrap().len(), 1);
}

#[test]
fn a_name_is_renewed_once_for_each_order() {
    let house = House::open();
    let desk = house.desk(OURS);
    desk.register("term.alpha", &desk.holder());
    let term = |line: &str| desk.json(line)["registration"]["expires_at"].as_str().unwrap()[..10].to_owned();
    let before = term("domain info term.alpha");
    insta::assert_snapshot!(desk.says(&format!("domain renew term.alpha --current-expiry {before}")), @r"
     operation  object  state  registry said
    ───
     renew-domain  domain:term.alpha  confirmed
    exit 0
    ");
    let after = term("domain info term.alpha");
    assert_eq!(after[..4].parse::<i32>().unwrap(), before[..4].parse::<i32>().unwrap() + 1);
    // The same order again, as somebody does who saw no answer.
    insta::assert_snapshot!(desk.says(&format!("domain renew term.alpha --current-expiry {before}")), @r"
    error: `term.alpha` runs until [date], not until [date] (renew.expiry-differs, RFC 5731 3.2.3)
    hint: look whether it was renewed already; if another renewal is wanted, repeat it with the present expiry
    exit 3
    ");
    insta::assert_snapshot!(desk.says("domain renew term.alpha --years 9"), @r"
    error: `term.alpha`: 9 years more would move the expiry to [date], past the limit of [date] (10 years from now); ask for at most 8 years (renew.ten-years, RFC 5731 3.2.3)
    exit 3
    ");
    insta::assert_snapshot!(desk.says("domain auto-renew term.alpha on"), @r"
    term.alpha: recorded (1 ledger entry); the registry needs to know nothing of it now.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain auto-renew term.alpha on"), @r"
    term.alpha: nothing to do, it is so already.
    exit 0
    ");
    assert_eq!(term("domain info term.alpha"), after, "what was refused changed nothing");
}

#[test]
fn locks_guard_a_name_until_their_owner_lifts_them() {
    let house = House::open();
    let desk = house.desk(OURS);
    desk.register("locked.alpha", &desk.holder());
    insta::assert_snapshot!(desk.says("domain lock locked.alpha"), @r"
     operation  object  state  registry said
    ───
     update-domain  domain:locked.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain lock locked.alpha"), @r"
    locked.alpha: nothing to do, it is so already.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain delete locked.alpha --confirm locked.alpha"), @r"
    error: `locked.alpha` cannot be deleted while it is kept for the registrant's own lock (requested by the registrant) (registrant.locked, GUARD-6)
    hint: have the registrant unlock it first
    exit 3
    ");
    insta::assert_snapshot!(desk.says("domain unlock locked.alpha --allow delete"), @r"
     operation  object  state  registry said
    ───
     update-domain  domain:locked.alpha  confirmed
     update-domain  domain:locked.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain hold locked.alpha --owner court --reference CASE-1"), @r"
     operation  object  state  registry said
    ───
     update-domain  domain:locked.alpha  confirmed
     update-domain  domain:locked.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain list"), @r"
     name  phase  expires  renewal  notes
    ───
     locked.alpha  registered  [date]  clientHold, clientTransferProhibited, clientUpdateProhibited
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain hold locked.alpha --owner court --reference CASE-2 --release"), @r"
    error: `locked.alpha` has no `clientHold` for a court order (CASE-2) (hold.unknown, RFC 5731 2.3)
    hint: give status, owner and reference as they are on record
    exit 6
    ");
    insta::assert_snapshot!(desk.says("domain hold locked.alpha --owner court --reference CASE-1 --release"), @r"
     operation  object  state  registry said
    ───
     update-domain  domain:locked.alpha  confirmed
     update-domain  domain:locked.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain hold locked.alpha --owner nobody --reference CASE-3"), @r"
    error: `nobody` is not an owner of reasons.
    hint: one of: dispute, court, accuracy, abuse, change-of-registrant, registrant, expiry, payment
    exit 2
    ");
}

#[test]
fn the_delegation_follows_what_is_ordered() {
    let house = House::open();
    let desk = house.desk(OURS);
    desk.register("zone.alpha", &desk.holder());
    let digest = "49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC1234";
    insta::assert_snapshot!(desk.says("domain ns zone.alpha ns1.other.example ns2.other.example"), @r"
     operation  object  state  registry said
    ───
     create-host  host:ns1.other.example  confirmed
     create-host  host:ns2.other.example  confirmed
     update-domain  domain:zone.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says(&format!("domain ds zone.alpha '12345 13 2 {digest}'")), @r"
     operation  object  state  registry said
    ───
     update-domain  domain:zone.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain ns zone.alpha ns1.zone.alpha"), @r"
    error: `ns1.zone.alpha` lies below `zone.alpha` itself and has no address (nameservers.glue-missing, RFC 5731 3.2.1)
    hint: give its addresses, or use a host elsewhere
    exit 3
    ");
    insta::assert_snapshot!(desk.says("domain ns zone.alpha ns1.zone.alpha=9.9.9.9,2620:fe::fe ns2.other.example"), @r"
     operation  object  state  registry said
    ───
     create-host  host:ns1.zone.alpha  confirmed
     update-domain  domain:zone.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("host change ns1.zone.alpha 9.9.9.10"), @r"
     operation  object  state  registry said
    ───
     update-host  host:ns1.zone.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain info zone.alpha"), @"
    name  zone.alpha (zone.alpha)
    id  [dom]
    registry  alpha
    phase  registered
    created  [time]
    term ends  [time]
    renewal  on request
    next due  [time]

      we want  the registry says
    ───
     statuses  ok
     nameservers  ns1.zone.alpha  ns1.zone.alpha
      ns2.other.example  ns2.other.example
     DS  12345 13 2  12345 13 2
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
    insta::assert_snapshot!(desk.says("domain ds zone.alpha"), @r"
     operation  object  state  registry said
    ───
     update-domain  domain:zone.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain ns zone.alpha"), @r"
     operation  object  state  registry said
    ───
     update-domain  domain:zone.alpha  confirmed
    exit 0
    ");
}

#[test]
fn an_auth_info_goes_to_a_file_and_nowhere_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::open();
    let desk = house.desk(OURS);
    desk.register("code.alpha", &desk.holder());
    insta::assert_snapshot!(desk.says("domain auth code.alpha --out code.txt"), @r"
    code.alpha: a fresh authInfo is set at the registry and written to `code.txt` (mode 0600). Hand it to the registrant alone.
    exit 0
    ");
    let path = house.path("code.txt");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let code = std::fs::read_to_string(&path).unwrap();
    assert!(code.trim().len() >= 16, "a code of RFC 9154 is long");
    let again = desk.run("domain auth code.alpha --out code.txt");
    assert_ne!(again.code, Some(0), "a file that exists is not written over");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), code);
    assert!(!format!("{}{}", again.out, again.err).contains(code.trim()));
}

#[test]
fn a_deleted_name_cannot_be_restored_where_nothing_redeems_it() {
    let house = House::open();
    let desk = house.desk(OURS);
    desk.register("gone.alpha", &desk.holder());
    insta::assert_snapshot!(desk.says("domain restore gone.alpha"), @r"
    error: `gone.alpha` cannot be restored while it is in its add grace; the registry would answer 2304 (state.prohibits, GUARD-1)
    exit 3
    ");
    insta::assert_snapshot!(desk.says("domain delete gone.alpha --confirm other.alpha"), @r"
    error: `--confirm other.alpha` is not the name `gone.alpha`; nothing was deleted.
    hint: type the name itself after `--confirm`
    exit 2
    ");
    insta::assert_snapshot!(desk.says("domain delete gone.alpha --confirm gone.alpha"), @r"
     operation  object  state  registry said
    ───
     delete-domain  domain:gone.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain info gone.alpha"), @"
    name  gone.alpha (gone.alpha)
    id  [dom]
    registry  alpha
    phase  purged
    created  [time]
    term ends  [time]
    renewal  on request
    next due
    left us  [time]

      we wanted  last seen at the registry
    ───
     statuses  ok
     nameservers  ns1.provider.example  ns1.provider.example
      ns2.provider.example  ns2.provider.example
     DS
     expiry  [time]  [time]
     grace  addPeriod

     charged  for  years  amount
    ───
     [date]  Create  1  8.00 USD
     [date]  CreateCredit  -1  -8.00 USD

     duty  clause  our target  at the latest  state
    ───
     ACY-3  RAA RDDS Accuracy Program Specification 1(f)  [date] [hh:mm]  [date] [hh:mm]  released: deleted
     EXP-1  ERRP 2.1.1  [date] [hh:mm]  [date] [hh:mm]  released: deleted
     EXP-2  ERRP 2.1.1  [date] [hh:mm]  [date] [hh:mm]  released: deleted
     ACY-10  Registration Data Reminder Policy  [date] [hh:mm]  [date] [hh:mm]  released: deleted
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain auto-renew gone.alpha on"), @r"
    error: `gone.alpha` is purged, so there is nothing to renew (auto-renew.not-ours, GUARD-1)
    hint: register it or transfer it in first
    exit 3
    ");
    insta::assert_snapshot!(desk.says("domain restore gone.alpha"), @r"
    error: `gone.alpha` cannot be restored while it is no longer ours; the registry would answer 2303 (state.prohibits, GUARD-1)
    exit 3
    ");
    insta::assert_snapshot!(desk.says("domain delete gone.alpha --confirm gone.alpha"), @r"
    error: `gone.alpha` cannot be deleted while it is no longer ours; the registry would answer 2303 (state.prohibits, GUARD-1)
    exit 3
    ");
    insta::assert_snapshot!(desk.says("domain check gone.alpha"), @r"
     name  is  reason  class  fees
    ───
     gone.alpha  free  create 8.00 USD, renew 8.00 USD, restore 40.00 USD, transfer 8.00 USD
    exit 0
    ");
}

#[test]
fn another_registrant_locks_the_name_unless_the_record_says_otherwise() {
    let house = House::open();
    let desk = house.desk(OURS);
    let holder = desk.holder();
    desk.register("given.alpha", &holder);
    desk.register("free.alpha", &holder);
    house.write("grace.toml", &super::house::HOLDER.replace("Ada Holder", "Grace Hopper").replace("ada@", "grace@"));
    let grace = desk.done("contact save grace.toml").trim().to_owned();
    let give = |name: &str| format!("domain contacts {name} --registrant {grace} --admin {grace} --tech {grace}");
    insta::assert_snapshot!(desk.says(&give("given.alpha")), @r"
     operation  object  state  registry said
    ───
     create-contact  contact:[handle]  confirmed
     update-domain  domain:given.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says(&format!("{} --lock-opt-out 'terms 2026-11, box 3'", give("free.alpha"))), @r"
     operation  object  state  registry said
    ───
     update-domain  domain:free.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain list"), @r"
     name  phase  expires  renewal  notes
    ───
     free.alpha  registered  [date]
     given.alpha  registered  [date]  clientTransferProhibited
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain unlock given.alpha --allow transfer"), @r"
    error: `given.alpha` is kept for 60 days after a change of registrant, which the registrant's unlock does not lift (lock.not-set, GUARD-6)
    exit 3
    ");
    // The same contact under another address: every name it holds follows, without a server.
    house.write("moved.toml", &super::house::HOLDER.replace("Ada Holder", "Grace Hopper").replace("ada@", "new@"));
    desk.done(&format!("contact save moved.toml --id {grace}"));
    insta::assert_snapshot!(desk.says("domain list"), @r"
     name  phase  expires  renewal  notes
    ───
     free.alpha  registered  [date]  clientTransferProhibited, 1 open
     given.alpha  registered  [date]  clientTransferProhibited, 1 open
    exit 0
    ");
    assert_eq!(desk.json(&format!("contact show {grace} --revision 1"))["email"], "grace@holder.example");
    insta::assert_snapshot!(desk.says("duties --name given.alpha"), @"
     name  duty  clause  our target  at the latest  state
    ───
     given.alpha  COR-6  Transfer Policy II.C.1.6  [date] [hh:mm]  [date] [hh:mm]  open
     given.alpha  COR-6  Transfer Policy II.C.1.6  [date] [hh:mm]  [date] [hh:mm]  open
     given.alpha  COR-6  Transfer Policy II.C.1.6  [date] [hh:mm]  [date] [hh:mm]  open
     given.alpha  COR-6  Transfer Policy II.C.1.6  [date] [hh:mm]  [date] [hh:mm]  open
     given.alpha  ACY-3  RAA RDDS Accuracy Program Specification 1(f)  [date] [hh:mm]  [date] [hh:mm]  open
     given.alpha  EXP-1  ERRP 2.1.1  [date] [hh:mm]  [date] [hh:mm]  open
     given.alpha  EXP-2  ERRP 2.1.1  [date] [hh:mm]  [date] [hh:mm]  open
     given.alpha  ACY-10  Registration Data Reminder Policy  [date] [hh:mm]  [date] [hh:mm]  open
    exit 0
    ");
}
