//! Migrations: numbered texts, applied forward in one transaction and recorded with their digest.

use crate::engine::{Connection, Mode, Session};
use crate::fault::StoreFault;
use crate::hash::sha256;
use crate::sql::schema as sql;
use crate::tx::Tx;
use crate::value::values;

/// One step of the schema.
struct Migration {
    version: u32,
    name: &'static str,
    text: &'static str,
}

macro_rules! migration {
    ($version:literal, $name:literal) => {
        Migration { version: $version, name: $name, text: include_str!(concat!("../migrations/", $name, ".sql")) }
    };
}

/// Every step, in order. A released step is never edited: its digest is recorded and compared.
const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_ledger"),
    migration!(2, "0002_machinery"),
    migration!(3, "0003_journal"),
    migration!(4, "0004_portfolio"),
    migration!(5, "0005_outbox"),
    migration!(6, "0006_objects"),
    migration!(9, "0009_fewer_indexes"),
    migration!(10, "0010_contact_revision"),
    migration!(11, "0011_kept_messages"),
    migration!(12, "0012_journal_retention"),
    migration!(13, "0013_publication"),
    migration!(14, "0014_consent"),
    migration!(16, "0016_verification"),
    migration!(17, "0017_registrant_data"),
    migration!(18, "0018_desk"),
    migration!(15, "0015_notice_outcome"),
    migration!(19, "0019_deposit"),
    migration!(20, "0020_customer"),
];

/// The table that records the steps; made before the first one.
const RECORD: &str = "create table if not exists schema_version (
    version integer primary key,
    name text not null,
    digest blob not null
) strict;";

/// Every table that the migrations make.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn tables() -> impl Iterator<Item = &'static str> {
    let made = MIGRATIONS.iter().flat_map(|migration| migration.text.split("create table ").skip(1));
    made.filter_map(|rest| rest.split(|c: char| c.is_whitespace() || c == '(').next())
}

/// What the steps before one are, in order.
#[cfg(test)]
pub(crate) fn texts_before(version: u32) -> impl Iterator<Item = &'static str> {
    MIGRATIONS.iter().filter(move |migration| migration.version < version).map(|migration| migration.text)
}

/// Brings the schema to the newest version this program knows.
///
/// # Errors
/// [`StoreFault::Schema`] if the database is newer than the program, or a step was applied with another text.
pub(crate) fn migrate(connection: &mut dyn Connection) -> Result<(), StoreFault> {
    connection.begin(Mode::Schema)?;
    let mut session = connection.session();
    let result = bring_forward(session.as_mut()).and_then(|()| session.commit());
    if result.is_err() {
        session.rollback();
    }
    result
}

fn bring_forward(session: &mut dyn Session) -> Result<(), StoreFault> {
    session.migrate("schema_version", RECORD)?;
    let applied =
        Tx::new(session, None).list(&sql::APPLIED, &[], |row| Ok((row.number::<u32>(0)?, row.string(1)?, row.bytes::<32>(2)?)))?;
    for (version, name, digest) in &applied {
        let Some(known) = MIGRATIONS.iter().find(|migration| migration.version == *version) else {
            return Err(StoreFault::Schema {
                reason: format!("it has step {version} (`{name}`), which this program does not know; run a newer program"),
            });
        };
        if sha256(&[known.text.as_bytes()]) != *digest {
            return Err(StoreFault::Schema {
                reason: format!("step {version} (`{name}`) was applied with another text; run the program that wrote it"),
            });
        }
    }
    for migration in MIGRATIONS.iter().filter(|migration| applied.iter().all(|(version, ..)| *version != migration.version)) {
        session.migrate(migration.name, migration.text)?;
        let digest = sha256(&[migration.text.as_bytes()]);
        Tx::new(session, None).execute(&sql::RECORD, values![migration.version, migration.name, &digest])?;
        tracing::info!(version = migration.version, name = migration.name, "schema step applied");
    }
    Ok(())
}
