//! People: found, shown, handed out, held and erased.

use std::os::unix::fs::MetadataExt;

use super::house::{HOLDER, House, OURS, contents};

/// Whether any file of the instance has these bytes.
fn is_anywhere(house: &House, words: &str) -> bool {
    let files = contents(&house.path(OURS));
    files.iter().any(|(_, bytes)| bytes.windows(words.len()).any(|window| window == words.as_bytes()))
}

#[test]
fn a_person_is_found_shown_and_handed_out() {
    let house = House::open();
    let desk = house.desk(OURS);
    let id = desk.holder();
    desk.register("person.alpha", &id);
    desk.done(&format!("contact consent {id} --publish name,city --source form-3"));
    for clue in ["--email ADA@holder.example", "--name 'holder ada'"] {
        let found = desk.json(&format!("registrant find {clue}"));
        assert_eq!((found["found"].as_array().unwrap().len(), found["found"][0]["id"].as_str()), (1, Some(id.as_str())), "{clue}");
    }
    assert_eq!(desk.says("registrant find --phone +44.2079460000"), "Nobody.\nexit 0");
    assert_eq!(desk.run("registrant find").code, Some(2), "one clue is wanted");
    let shown = desk.done(&format!("registrant show {id}"));
    for words in ["Ada Holder", "person.alpha", "registrant", "form-3", "contact-saved", "At registries"] {
        assert!(shown.contains(words), "`{words}` is missing in:\n{shown}");
    }
    let out = house.path("export.json");
    desk.done(&format!("registrant export {id} --out {}", out.display()));
    assert_eq!(std::fs::metadata(&out).unwrap().mode() & 0o777, 0o600);
    let exported: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!((exported["contact"]["name"].as_str(), exported["names"][0]["name"].as_str()), (Some("Ada Holder"), Some("person.alpha")));
    assert_eq!(exported["consents"].as_array().unwrap().len(), 2);
    assert_eq!(desk.run(&format!("registrant export {id} --out {}", out.display())).code, Some(1), "nothing is overwritten");
}

#[test]
fn an_erasure_is_refused_ordered_held_or_done() {
    let house = House::open();
    let desk = house.desk(OURS);
    let held = desk.holder();
    desk.register("kept.alpha", &held);
    let refused = desk.run(&format!("registrant erase {held} --reason request-1"));
    assert!(refused.code == Some(3) && refused.err.contains("registrant.in_use") && refused.err.contains("kept.alpha"), "{}", refused.err);
    desk.done("domain delete kept.alpha --confirm kept.alpha");
    let refused = desk.run(&format!("registrant erase {held} --reason request-1"));
    assert!(refused.code == Some(3) && refused.err.contains("registrant.retained") && refused.err.contains("RET-2"), "{}", refused.err);
    let ordered = desk.json(&format!("registrant erase {held} --reason request-1 --when-due"));
    assert_eq!((ordered["state"].as_str(), ordered["keys_cut"].as_u64()), (Some("ordered"), Some(0)));
    desk.done(&format!("registrant hold {held} --reference 27-O-411 --reason 'preservation order'"));
    let waiting = desk.json("registrant erasures");
    assert_eq!(
        (waiting["erasures"][0]["contact"].as_str(), waiting["erasures"][0]["is_held"].as_bool()),
        (Some(held.as_str()), Some(true))
    );
    let shown = desk.done(&format!("registrant show {held}"));
    assert!(shown.contains("Held for") && shown.contains("27-O-411") && shown.contains("Kept by"), "{shown}");
    desk.done(&format!("registrant release {held} --reference 27-O-411"));
    desk.done(&format!("registrant erase {held} --cancel"));
    assert_eq!(desk.says("registrant erasures"), "No erasure waits.\nexit 0");

    house.write("gone.toml", &HOLDER.replace("Ada Holder", "Zelda Vanishing").replace("London", "Ghosttown"));
    let gone = desk.done("contact save gone.toml").trim().to_owned();
    let key = std::fs::read(desk.path("keys/vault.key")).unwrap();
    let erased = desk.done(&format!("registrant erase {gone} --reason request-2"));
    assert!(erased.contains("erased. The key file was changed"), "{erased}");
    assert_ne!(std::fs::read(desk.path("keys/vault.key")).unwrap(), key);
    assert_eq!(std::fs::metadata(desk.path("keys/vault.key")).unwrap().mode() & 0o777, 0o600);
    assert!(desk.done("contact list").contains("erased on "));
    let shown = desk.run(&format!("contact show {gone}"));
    assert!(shown.code == Some(3) && shown.err.contains("contact.erased"), "{}", shown.err);
    assert!(desk.done(&format!("registrant show {gone}")).contains("nothing of the person is left"));
    assert!(!is_anywhere(&house, "Vanishing") && !is_anywhere(&house, "Ghosttown"));
    let ledger = desk.done("ledger list");
    assert!(ledger.contains("registrant-erased"), "{ledger}");
    desk.done("ledger verify");
}
