//! Every statement on both engines, the rules of the dialect, and SQLite's plans.

use std::collections::BTreeSet;
use std::fmt::Write;

use rusqlite::Connection;

use crate::engine::{self, Mode, Survives};
use crate::testing::TestDatabases;

#[test]
fn every_statement_prepares_on_both_engines() {
    TestDatabases::each(|database| {
        let mut session = engine::of(database.url(), Survives::PowerLoss).unwrap().connect(Mode::Write).unwrap();
        for statement in super::all() {
            if let Err(fault) = session.prepare(statement) {
                panic!("{}: {fault}", database.engine());
            }
        }
    });
}

#[test]
fn names_are_unique_and_placeholders_ascend_from_one() {
    let mut names = BTreeSet::new();
    for statement in super::all() {
        assert!(names.insert(statement.name), "{} is there twice", statement.name);
        let mut next = 1;
        for after in statement.sql.split('$').skip(1) {
            let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
            let number: usize = digits.parse().unwrap_or_else(|_| panic!("{}: a `$` without number", statement.name));
            assert!(number <= next, "{}: ${number} comes before ${next}", statement.name);
            next = next.max(number + 1);
        }
    }
}

#[test]
fn no_statement_uses_what_only_one_engine_has() {
    let foreign = ["now(", "strftime", "datetime(", "json_", "->>", "::", "array", "insert or", "for update", "rowid", "glob ", "ilike"];
    for statement in super::all() {
        for word in foreign {
            assert!(!statement.sql.to_lowercase().contains(word), "{} uses `{word}`", statement.name);
        }
    }
}

/// Entries wait for the end of the transaction, and a statement about them writes them first: it is known by its module.
#[test]
fn only_statements_of_the_ledger_speak_of_its_tables() {
    for statement in super::all() {
        assert_eq!(statement.sql.contains("ledger_"), statement.name.starts_with("ledger."), "{}", statement.name);
    }
}

/// A lost index shows as a changed line here.
#[test]
fn plans_of_sqlite_stay_as_they_are() {
    let database = TestDatabases::sqlite();
    let connection = Connection::open(database.url().to_string().strip_prefix("sqlite:").unwrap()).unwrap();
    let mut plans = String::new();
    for statement in super::all() {
        let mut explained = connection.prepare(&format!("explain query plan {}", statement.sql)).unwrap();
        let steps: Vec<String> = explained
            .raw_query()
            .mapped(|row| row.get::<_, String>(3))
            .map(|step| step.unwrap().replace("USING INDEX sqlite_autoindex_", "USING UNIQUE "))
            .collect();
        let steps = if steps.is_empty() { "-".to_owned() } else { steps.join("; ") };
        writeln!(plans, "{}: {steps}", statement.name).unwrap();
    }
    insta::assert_snapshot!(plans);
}
