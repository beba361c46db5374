//! Settings that belong to the data, not to the machine: what kind of instance this is, and its clock.

use std::fmt;
use std::str::FromStr;

use model::Timestamp;

use crate::fault::StoreFault;
use crate::sql::settings as sql;
use crate::tx::Tx;
use crate::value::values;

/// Setting: production or rehearsal.
const INSTANCE_KIND: &str = "instance.kind";

/// Setting: seconds that the rehearsal's clock is ahead of the real one.
const CLOCK_OFFSET: &str = "clock.offset_s";

/// What kind of instance the data belongs to. Fixed when it is created, so that a rehearsal can never become production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceKind {
    /// Real names, real money, real time.
    Production,
    /// Sandbox registries and a clock that can be moved.
    Rehearsal,
}

impl fmt::Display for InstanceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Production => "production",
            Self::Rehearsal => "rehearsal",
        })
    }
}

impl FromStr for InstanceKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "production" => Ok(Self::Production),
            "rehearsal" => Ok(Self::Rehearsal),
            other => Err(format!("`{other}` is neither `production` nor `rehearsal`")),
        }
    }
}

/// Says what kind of instance this is; the same again is fine.
///
/// # Errors
/// [`StoreFault::Schema`] if it was created as the other kind.
pub fn fix_instance_kind(tx: &mut Tx<'_>, kind: InstanceKind) -> Result<(), StoreFault> {
    tx.execute(&sql::FIX, values![INSTANCE_KIND, kind.to_string()])?;
    match find_instance_kind(tx)? {
        Some(fixed) if fixed == kind => Ok(()),
        fixed => Err(StoreFault::Schema {
            reason: format!(
                "this database was created as a {} instance and cannot be used as {kind}; create another one",
                fixed.map_or_else(|| "different".to_owned(), |fixed| fixed.to_string())
            ),
        }),
    }
}

/// What kind of instance this is, if that was said.
///
/// # Errors
/// If the database cannot be read.
pub fn find_instance_kind(tx: &mut Tx<'_>) -> Result<Option<InstanceKind>, StoreFault> {
    tx.find(&sql::FIND, values![INSTANCE_KIND], |row| row.parse(0))
}

/// Seconds that this instance's clock is ahead of the real one; 0 in production.
///
/// # Errors
/// If the database cannot be read.
pub fn get_clock_offset_s(tx: &mut Tx<'_>) -> Result<i64, StoreFault> {
    Ok(tx.find(&sql::FIND, values![CLOCK_OFFSET], |row| row.parse(0))?.unwrap_or(0))
}

/// Moves a rehearsal's clock. It only goes forward: what has happened stays in the past.
///
/// # Errors
/// [`StoreFault::Schema`] in any other instance, or backwards.
pub fn set_clock_offset_s(tx: &mut Tx<'_>, offset_s: i64) -> Result<(), StoreFault> {
    if find_instance_kind(tx)? != Some(InstanceKind::Rehearsal) {
        return Err(StoreFault::Schema { reason: "only a rehearsal's clock can be moved".to_owned() });
    }
    let before = get_clock_offset_s(tx)?;
    if offset_s < before {
        return Err(StoreFault::Schema { reason: format!("the clock is {before} s ahead and cannot go back to {offset_s} s") });
    }
    set(tx, CLOCK_OFFSET, &offset_s.to_string())
}

/// One setting.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, StoreFault> {
    tx.find(&sql::FIND, values![name], |row| row.string(0))
}

/// Every setting by name.
///
/// # Errors
/// If the database cannot be read.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<(String, String)>, StoreFault> {
    tx.list(&sql::LIST, &[], |row| Ok((row.string(0)?, row.string(1)?)))
}

/// Sets a setting. Never a secret: settings are shown.
///
/// # Errors
/// If the database cannot be written.
pub fn set(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), StoreFault> {
    tx.execute(&sql::SET, values![name, value]).map(drop)
}

/// The instant that a setting keeps: the first at which somebody asked, `now` where nobody did before.
///
/// # Errors
/// If the database cannot be read or written.
pub fn since(tx: &mut Tx<'_>, name: &str, now: Timestamp) -> Result<Timestamp, StoreFault> {
    if let Some(since) = find(tx, name)?.and_then(|text| text.parse().ok()) {
        return Ok(since);
    }
    set(tx, name, &now.to_string())?;
    Ok(now)
}

/// Forgets a setting; `false` if there is none.
///
/// # Errors
/// If the database cannot be written.
pub fn remove(tx: &mut Tx<'_>, name: &str) -> Result<bool, StoreFault> {
    Ok(tx.execute(&sql::REMOVE, values![name])? > 0)
}
