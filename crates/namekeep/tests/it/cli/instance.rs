//! An instance and its people: init, configuration, doctor, operators.

use super::house::{House, NAMEKEEP, OURS, contents, run};

#[test]
fn init_makes_an_instance_once() {
    let house = House::open();
    let folder = house.path("fresh");
    let init = || run(std::process::Command::new(NAMEKEEP).arg("init").arg(&folder).args(["--operator", "Ada"]));
    let first = init();
    insta::assert_snapshot!(super::steady::steady(&first.out, house.root()), @r"
    instance  [folder]/fresh
    configuration  [folder]/fresh/namekeep.toml
    database  sqlite:state/namekeep.db
    operator  Ada
    token  [folder]/fresh/operator.token (mode 0600; move it to the operator's own place)
    ledger key  [ledger key]

    Next: write your registries into the configuration, then `namekeep --dir [folder]/fresh config check` and `namekeep --dir [folder]/fresh serve`.
    ");
    let before = contents(&folder);
    let second = init();
    assert_eq!(second.code, Some(3));
    insta::assert_snapshot!(super::steady::steady(&second.err, house.root()), @r"
    error: `[folder]/fresh` holds an instance already; nothing was changed.
    hint: choose another folder
    ");
    assert_eq!(contents(&folder), before, "an instance that is there is left alone");
}

#[test]
fn the_first_configuration_works_without_registries() {
    let house = House::open();
    let desk = house.bare_desk("fresh");
    insta::assert_snapshot!(desk.says("config check"), @r"
    The configuration of `registrar.example` can be used. Registries: none yet.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("registry list"), @r"
    No registries yet: write a `[[registry]]` block into the configuration.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain list"), @r"
    No names.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("domain check a.alpha"), @r"
    error: No registry of this instance runs the TLD of `a.alpha`.
    hint: `namekeep registry list` shows the TLDs
    exit 3
    ");
    insta::assert_snapshot!(desk.says("--json config check"), @r#"
    {
      "instance": "registrar.example",
      "registries": []
    }
    exit 0
    "#);
}

#[test]
fn doctor_looks_at_everything_and_finds_what_others_can_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::open();
    let desk = house.desk(OURS);
    // How full the disk is here is no matter of the program.
    let said = desk.says("doctor");
    let (disk, rest): (Vec<&str>, Vec<&str>) = said.lines().partition(|line| line.contains("  disk  "));
    assert!(disk.len() == 1 && disk[0].contains(" MiB are free"), "{said}");
    insta::assert_snapshot!(rest.join("\n"), @r"
      what  says
    ───
     well  instance  `registrar.example`, production
     well  recovery  not frozen
     well  file [folder]/NAMEKEEP/keys/ledger.key  its owner's alone
     well  file [folder]/NAMEKEEP/keys/vault.key  its owner's alone
     well  file [folder]/sandbox/clients/NAMEKEEP.key  its owner's alone
     well  file [folder]/sandbox/clients/NAMEKEEP.password  its owner's alone
     well  certificate for alpha  valid until [date]
     well  certificate for minimal  valid until [date]
     well  erased keys  what was erased is out of the key file
     well  ledger  1 entry as written
     well  reconciliation of alpha  not yet; `namekeep serve` does it every night
     well  reconciliation of minimal  not yet; `namekeep serve` does it every night
     well  duties  none lapsed
     well  alarms  none
     well  clock  [time]
    exit 0
    ");
    std::fs::set_permissions(desk.path("keys/vault.key"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let ended = desk.run("--json doctor");
    assert_eq!(ended.code, Some(7));
    let report: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    let found: Vec<_> =
        report["examinations"].as_array().unwrap().iter().filter(|one| one["is_well"] == false && one["what"] != "disk").collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0]["says"].as_str().unwrap().contains("chmod 600"), "{found:?}");
}

#[test]
fn operators_come_and_go() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::open();
    let desk = house.desk(OURS);
    insta::assert_snapshot!(desk.says("operator enrol Grace --out grace.token"), @r"
    Grace is enrolled; the token is in `grace.token` (mode 0600) and nowhere else.
    exit 0
    ");
    assert_eq!(std::fs::metadata(house.path("grace.token")).unwrap().permissions().mode() & 0o777, 0o600);
    insta::assert_snapshot!(desk.says("operator enrol Grace --out second.token"), @r"
    error: there is an operator `Grace` already (operator.name-taken, design 5)
    hint: choose another name, or revoke that one first
    exit 3
    ");
    insta::assert_snapshot!(desk.says("--token-file grace.token operator list"), @r"
     name  id  enrolled  revoked
    ───
     tester  [act]  [time]
     Grace  [act]  [time]
    exit 0
    ");
    insta::assert_snapshot!(desk.says("operator revoke Grace"), @r"
    Grace may give no more orders.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("--token-file grace.token domain list"), @r"
    error: the operator token is not valid (auth.token)
    hint: check that the whole token was copied, or have another operator enrol you anew
    exit 4
    ");
    insta::assert_snapshot!(desk.says("operator revoke Grace"), @r"
    error: There is no operator `Grace`.
    hint: `namekeep operator list` shows them
    exit 6
    ");
    insta::assert_snapshot!(desk.says("operator list"), @r"
     name  id  enrolled  revoked
    ───
     tester  [act]  [time]
     Grace  [act]  [time]  [time]
    exit 0
    ");
}
