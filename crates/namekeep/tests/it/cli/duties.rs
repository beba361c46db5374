//! What is owed, page by page; and lapses, which no page and no filter hides.

use rusqlite::Connection;

use super::house::{Desk, House, OURS};

/// The ids of a listing's duties, in order, and where it goes on.
fn listed(desk: &Desk<'_>, line: &str) -> (Vec<String>, Option<String>) {
    let report: serde_json::Value = serde_json::from_str(&desk.run(&format!("--json {line}")).out).unwrap();
    let ids = report["duties"].as_array().unwrap().iter().map(|duty| duty["id"].as_str().unwrap().to_owned()).collect();
    (ids, report["next"].as_str().map(str::to_owned))
}

/// What a listing ends with: its last lines and the exit code.
fn end(desk: &Desk<'_>, line: &str, lines: usize) -> String {
    let said = desk.says(line);
    let all: Vec<&str> = said.lines().collect();
    all[all.len() - lines..].join("\n")
}

#[test]
fn duties_come_in_pages_and_a_lapse_shows_on_each_of_them() {
    let house = House::open();
    let desk = house.desk(OURS);
    let holder = desk.holder();
    for name in ["one.alpha", "two.alpha", "three.alpha"] {
        desk.register(name, &holder);
    }
    let (all, last) = listed(&desk, "duties");
    assert_eq!((all.len(), last), (12, None));
    let (mut walked, mut after) = listed(&desk, "duties --limit 4");
    while let Some(place) = after {
        let (ids, next) = listed(&desk, &format!("duties --limit 4 --after {place}"));
        walked.extend(ids);
        after = next;
    }
    assert_eq!(walked, all);
    assert_eq!(desk.run("duties --state due").code, Some(0), "nothing is past our target yet");

    // The target of the one that is due last has passed: it is found although others are due before it.
    let books = Connection::open(desk.path("state/namekeep.db")).unwrap();
    let change = |sql: &str, id: &str| assert_eq!(books.execute(sql, [id]).unwrap(), 1, "{sql}");
    change("update duty set soft_due_us = 0 where id = ?1", &all[11]);
    assert_eq!(listed(&desk, "duties --state due --limit 1"), (vec![all[11].clone()], None));

    let lapsed = r#"update duty set state = 'lapsed', standing = '{"state":"lapsed","at":"2026-01-01T00:00:00Z"}' where id = ?1"#;
    change(lapsed, &all[3]);
    assert_eq!(listed(&desk, "duties").0, all, "what lapsed is shown with what is open");
    assert_eq!(listed(&desk, "duties --state lapsed"), (vec![all[3].clone()], None));
    assert_eq!(listed(&desk, "duties --state open").0.len(), 11);
    for line in ["duties", "duties --state due", "duties --state open --limit 1", "duties --state all"] {
        assert_eq!(desk.run(line).code, Some(7), "`{line}`");
    }
    let names = ["one.alpha", "two.alpha", "three.alpha"];
    let of_names: Vec<_> = names.iter().map(|name| desk.run(&format!("duties --name {name}")).code).collect();
    assert_eq!(of_names.iter().filter(|code| **code == Some(7)).count(), 1, "a name answers for its own duties: {of_names:?}");
    assert_eq!(of_names.iter().filter(|code| **code == Some(0)).count(), 2, "{of_names:?}");
    insta::assert_snapshot!(end(&desk, "duties --state lapsed", 2), @r"
    1 duty LAPSED.
    exit 7
    ");
    insta::assert_snapshot!(desk.says("duties --after yesterday"), @r"
    error: `yesterday` is not a place in the list.
    hint: give it as the page before named it
    exit 2
    ");
    assert!(!desk.run("duties").out.contains('\u{1b}'), "no colours where nobody sees them");
}
