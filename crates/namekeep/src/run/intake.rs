//! The key that opens what the public sends: made when it is first needed, so that instances from before it go on.

use policy::desk::{BusinessCalendar, DeskRules};
use store::intake::IntakeKey;

use crate::config;
use crate::failure::Failure;
use crate::instance::{Instance, store_failure};

/// The key, from its file; a new one where there is none.
pub fn key(instance: &Instance) -> Result<IntakeKey, Failure> {
    let path = instance.path(&instance.config.desk.key);
    if !path.exists() {
        IntakeKey::generate().and_then(|key| key.write_new(&path)).map_err(store_failure)?;
    }
    IntakeKey::read(&path).map_err(store_failure)
}

/// What the configuration adds to the rules of the desk.
pub fn rules(desk: &config::Desk) -> DeskRules {
    DeskRules { calendar: BusinessCalendar { holidays: desk.holidays.iter().copied().collect() }, is_nis2: desk.nis2 }
}
