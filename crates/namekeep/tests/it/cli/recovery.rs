//! An older database is put back: frozen, reconciled, thawed, as an operator types it.

use rusqlite::Connection;

use super::house::{Desk, House, OURS};

/// Copies the database of an instance that nobody serves.
fn copied(desk: &Desk<'_>, to: &std::path::Path) {
    let books = Connection::open(desk.path("state/namekeep.db")).unwrap();
    books.execute("vacuum into ?1", [to.to_string_lossy()]).unwrap();
}

fn put_back(desk: &Desk<'_>, from: &std::path::Path) {
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(desk.path(&format!("state/namekeep.db{suffix}")));
    }
    std::fs::copy(from, desk.path("state/namekeep.db")).unwrap();
}

#[test]
fn an_older_state_is_frozen_reconciled_and_thawed() {
    let house = House::open();
    let desk = house.desk(OURS);
    let holder = desk.holder();
    for name in ["one.alpha", "two.alpha"] {
        desk.register(name, &holder);
    }
    insta::assert_snapshot!(desk.says("recovery status"), @r"
    Not frozen: the instance works.
    exit 0
    ");
    let copy = house.path("older.db");
    copied(&desk, &copy);
    let point = registrar::Clock::now(&registrar::SystemClock);
    assert_eq!(desk.run("domain renew one.alpha").code, Some(0));
    let paid_to = desk.json("domain info one.alpha")["registration"]["expires_at"].clone();
    put_back(&desk, &copy);
    assert_ne!(desk.json("domain info one.alpha")["registration"]["expires_at"], paid_to);

    let froze = desk.run(&format!("recovery freeze older-copy --point {point}"));
    assert_eq!(froze.code, Some(0), "{}", froze.err);
    assert!(froze.out.contains("FROZEN since") && froze.out.contains("not asked yet"), "{}", froze.out);
    let doctor = desk.run("doctor");
    assert!(doctor.code == Some(7) && doctor.out.contains("FROZEN since"), "{}", doctor.out);
    let duties = desk.run("duties");
    assert!(duties.code == Some(7) && duties.out.contains("FROZEN since"), "{}", duties.out);
    insta::assert_snapshot!(desk.says("recovery thaw"), @r"
    error: the reconciliation is not green yet: `alpha` (not asked since), `minimal` (not asked since) (recovery.not-green, END-5)
    hint: `namekeep recovery reconcile` says what is missing; an officer can thaw with `--reason` and answers for it
    exit 3
    ");
    let unseen = desk.run("domain renew two.alpha");
    assert!(unseen.code == Some(3) && unseen.err.contains("was not asked about `two.alpha`"), "{}", unseen.err);

    let list = house.write("list.txt", "# ours, perhaps\ntwo.alpha\nnobody.alpha\n");
    insta::assert_snapshot!(desk.says(&format!("recovery reconcile --names {list}")), @r"
    alpha: 2 names asked about, 1 taken as the registry has them, 0 taken on, 0 for a person, 0 without answer.
      taken: one.alpha (expiry)
      not ours: nobody.alpha (the registry does not know it)

    minimal: 0 names asked about, 0 taken as the registry has them, 0 taken on, 0 for a person, 0 without answer.
    exit 0
    ");
    assert_eq!(desk.json("domain info one.alpha")["registration"]["expires_at"], paid_to);
    let status = desk.run("recovery status");
    assert!(status.code == Some(7) && status.out.contains("It can be thawed"), "{}", status.out);
    let thawed = desk.run("recovery thaw");
    assert!(thawed.code == Some(0) && thawed.out.starts_with("Thawed"), "{}{}", thawed.out, thawed.err);
    assert_eq!(desk.run("duties").code, Some(0));
    assert_eq!(desk.run("recovery reconcile").code, Some(3), "there is nothing to make good");
}

#[test]
fn what_is_typed_wrong_is_told() {
    let house = House::open();
    let desk = house.desk(OURS);
    desk.run("recovery freeze incident");
    let list = house.write("list.txt", "fine.alpha\n-bad-.alpha\n");
    let reconcile = desk.run(&format!("recovery reconcile --names {list}"));
    assert!(reconcile.code == Some(2) && reconcile.err.contains("list.txt` line 2"), "{}", reconcile.err);
    let mapping = house.write("mapping.csv", "4.1.2,registered\n");
    let key = house.path("key").display().to_string();
    assert_eq!(desk.run(&format!("escrow keys new {key}")).code, Some(0));
    let import = desk.run(&format!("recovery import {} --key {key} --signer {key}.cert --mapping {mapping}", house.root().display()));
    assert!(import.code == Some(2) && import.err.contains("row 1 has 2 fields"), "{}", import.err);
    let empty = house.path("empty");
    std::fs::create_dir(&empty).unwrap();
    let import = desk.run(&format!("recovery import {} --key {key} --signer {key}.cert", empty.display()));
    assert!(import.code == Some(3) && import.err.contains("the deposit is not believed"), "{}", import.err);
}

#[test]
fn a_hand_over_is_written_for_whom_it_is_for() {
    let house = House::open();
    let desk = house.desk(OURS);
    let holder = desk.holder();
    desk.register("one.alpha", &holder);
    let (ours, theirs) = (house.path("ours").display().to_string(), house.path("theirs").display().to_string());
    for key in [&ours, &theirs] {
        assert_eq!(desk.run(&format!("escrow keys new {key}")).code, Some(0));
    }
    let folder = house.path("handover").display().to_string();
    let written = desk.json(&format!("handover export {folder} --for {theirs}.cert --key {ours} --tld alpha"));
    let rows: Vec<u64> = written["files"].as_array().unwrap().iter().map(|file| file["rows"].as_u64().unwrap()).collect();
    assert_eq!(rows, [1, 1, 1, 0]);
    let again = desk.run(&format!("handover export {folder} --for {theirs}.cert --key {ours}"));
    assert!(again.code == Some(3) && again.err.contains("holds something already"), "{}", again.err);
}
