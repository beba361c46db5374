//! All that a database holds in text and blobs, on either engine, for tests that search it.

use crate::engine::{self, Mode, Survives};
use crate::fault::StoreFault;
use crate::schema;
use crate::sql::Statement;
use crate::url::DatabaseUrl;
use crate::value::Value;

/// The columns of every table, a row after the other, each value on a line of its own.
pub(super) fn of(url: &DatabaseUrl) -> Result<Vec<(&'static str, Vec<u8>)>, StoreFault> {
    let mut connection = engine::of(url, Survives::PowerLoss)?.connect(Mode::Read)?;
    connection.begin(Mode::Read)?;
    let mut session = connection.session();
    let mut dumped = Vec::new();
    for table in schema::tables() {
        // Statements live as long as the program; those of a test do too.
        let sql: &'static str = Box::leak(format!("select * from {table}").into_boxed_str());
        let mut held = Vec::new();
        session.query(&Statement { name: sql, sql }, &[], &mut |row| {
            for value in row.values() {
                match value {
                    Value::Text(text) => held.extend_from_slice(text.as_bytes()),
                    Value::Blob(bytes) => held.extend_from_slice(&bytes[..]),
                    Value::Int(_) | Value::Null => continue,
                }
                held.push(b'\n');
            }
            Ok(())
        })?;
        dumped.push((table, held));
    }
    session.rollback();
    Ok(dumped)
}

#[cfg(test)]
mod tests {
    use crate::settings;
    use crate::testing::TestDatabases;

    #[test]
    fn what_was_written_is_in_the_dump_of_both_engines() {
        TestDatabases::each(|database| {
            database.store().write(|tx| settings::set(tx, "canary.name", "canary value")).unwrap();
            let dump = database.dump();
            let (_, held) = dump.iter().find(|(table, _)| *table == "setting").unwrap();
            let text = String::from_utf8_lossy(held);
            assert!(text.contains("canary.name\ncanary value\n"), "{}: {text}", database.engine());
            assert!(dump.len() > 20, "{}: only {} tables", database.engine(), dump.len());
        });
    }
}
