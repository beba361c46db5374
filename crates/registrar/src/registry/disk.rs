//! The alarm of a disk that is nearly full.

use super::alarm;
use crate::failure::Failure;
use crate::registrar::Registrar;

const ALARM: &str = "disk";

/// Raises the alarm with what is to be said, or clears it; once for each change.
///
/// # Errors
/// A fault of the store.
pub fn note_disk(registrar: &Registrar, sentence: Option<String>) -> Result<(), Failure> {
    let now = registrar.now();
    let is_raised = registrar.store().read::<_, Failure>(|tx| Ok(alarm::is_raised(tx, ALARM)?))?;
    if is_raised == sentence.is_some() {
        return Ok(());
    }
    registrar.store().write::<_, Failure>(move |tx| Ok(alarm::say(tx, ALARM, sentence.clone(), now)?))
}
