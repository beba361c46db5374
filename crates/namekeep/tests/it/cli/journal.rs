//! What was said to a registry and what it announced, as an operator reads it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::house::{House, OTHER, OURS};

#[test]
fn the_journal_shows_both_sides_and_no_secret() {
    let house = House::open();
    let desk = house.desk(OURS);
    desk.register("spoken.alpha", &desk.holder());
    desk.done("domain auth spoken.alpha --out code.txt");
    let code = std::fs::read_to_string(house.path("code.txt")).unwrap();

    let exchanges = desk.json("registry journal alpha --name spoken.alpha")["exchanges"].as_array().unwrap().clone();
    let create = exchanges.iter().find(|one| one["verb"] == "domain:create").unwrap();
    assert_eq!((create["object"].as_str(), create["code"].as_u64()), (Some("spoken.alpha"), Some(1000)), "{create}");
    for field in ["cltrid", "svtrid", "intent", "sent_at", "received_at"] {
        assert!(create[field].is_string(), "{field}: {create}");
    }
    assert!(create["frames"].is_null(), "frames are shown only when asked for");
    assert!(exchanges.iter().all(|one| one["object"] == "spoken.alpha"), "{exchanges:?}");

    let attempts = desk.done(&format!("registry journal alpha --intent {} --frames", create["intent"].as_str().unwrap()));
    assert!(attempts.contains("<domain:create") || attempts.contains(":create"), "{attempts}");
    assert!(attempts.contains("[secret]"), "{attempts}");
    let all = desk.done("registry journal alpha --frames --limit 1000");
    assert!(all.contains("[personal data]"), "the contact's create is among them");
    for hidden in [code.trim(), "Ada Holder", "ada@holder.example", "1 Example Street"] {
        assert!(!all.contains(hidden), "`{hidden}` is shown");
    }
    assert_eq!(desk.json("registry journal alpha --limit 2")["exchanges"].as_array().unwrap().len(), 2);
    insta::assert_snapshot!(desk.says("registry journal minimal"), @r"
    Nothing of the kind is in the journal.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("registry journal gamma"), @r"
    error: There is no registry `gamma` in the configuration.
    hint: `namekeep registry list` shows those there are
    exit 6
    ");
    let noted = desk.done("ledger list --limit 5");
    assert_eq!(noted.matches("journal-read").count(), 5, "every reading is in the ledger: {noted}");
}

#[test]
fn messages_are_listed_with_what_became_of_them() {
    let house = House::open();
    let (losing, gaining) = (house.desk(OURS), house.desk(OTHER));
    losing.register("told.alpha", &losing.holder());
    losing.done("domain auth told.alpha --out code.txt");
    gaining.run(&format!("domain transfer in told.alpha --auth-file code.txt --registrant {}", gaining.holder()));
    insta::assert_snapshot!(losing.says("registry messages alpha"), @r"
    No such messages.
    exit 0
    ");
    losing.done("registry poll alpha");
    let messages = losing.json("registry messages alpha")["messages"].as_array().unwrap().clone();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0]["processed_at"].is_string() && messages[0]["outcome"].is_string(), "{messages:?}");
    insta::assert_snapshot!(losing.says("registry messages alpha --kept"), @r"
    No such messages.
    exit 0
    ");
}

/// The files of a folder: the database, and what SQLite may have left beside it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

#[test]
fn a_message_that_nothing_follows_from_is_kept_and_shown_with_its_reason() {
    let house = House::open();
    let desk = house.desk(OURS);
    let holder = desk.holder();
    // The books go back to a state from before the name.
    let before = files(&desk.path("state"));
    desk.register("lost.alpha", &holder);
    files(&desk.path("state")).keys().for_each(|path| std::fs::remove_file(path).unwrap());
    before.iter().for_each(|(path, content)| std::fs::write(path, content).unwrap());
    let order = serde_json::json!({"action": "hold", "name": "lost.alpha", "on": true});
    house.control(&serde_json::json!({"request": "administer", "registry": "alpha", "order": order}));
    insta::assert_snapshot!(desk.says("registry poll alpha"), @r"
     registry  polled by  received  processed  kept for you
    ───
     alpha  this command  1  0  1
    `namekeep registry messages alpha --kept` shows what was kept for you.
    exit 0
    ");
    let kept = desk.json("registry messages alpha --kept")["messages"].as_array().unwrap().clone();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(kept[0]["outcome"], "kept: `lost.alpha` is not in our care");
    assert!(desk.done("registry messages alpha --kept").contains("is not in our care"));
}
