//! `namekeep registry resume|clear|password`: what an operator has seen to at a registry account.

use std::path::Path;

use model::RegistryId;
use registrar::registry::{ClearAlarm, ProposeRegistryPassword, ReplaceRegistryPassword, ResumePaidOperations};
use serde::Serialize;

use super::{Ending, Session};
use crate::argument;
use crate::failure::{Exit, Failure};
use crate::instance::read_secret;
use crate::output::{Report, print};

/// One sentence that says what was done.
#[derive(Serialize)]
struct DoneReport {
    done: String,
}

impl Report for DoneReport {
    fn text(&self) -> String {
        self.done.clone()
    }
}

fn done(session: &Session, sentence: String) -> Result<Ending, Failure> {
    print(session.format, &DoneReport { done: sentence });
    Ok(Ending::Done)
}

/// Sends again what costs money.
pub fn resume(session: &Session, registry: &str) -> Result<Ending, Failure> {
    let registry = known(session, registry)?;
    let was_stopped = session.carry_out(ResumePaidOperations { registry: registry.clone() })?;
    done(
        session,
        if was_stopped {
            format!("{registry}: what costs money is sent again.")
        } else {
            format!("{registry}: nothing to do, nothing was stopped.")
        },
    )
}

/// Clears an alarm that was seen to.
pub fn clear(session: &Session, alarm: &str) -> Result<Ending, Failure> {
    if session.carry_out(ClearAlarm { key: alarm.to_owned() })? {
        return done(session, format!("The alarm `{alarm}` is cleared; it comes back if its cause does."));
    }
    Err(Failure::new(Exit::NotFound, "alarm.unknown", format!("There is no alarm `{alarm}`."))
        .hint("`namekeep doctor` shows the alarms by their keys"))
}

/// Proposes a new password, or takes the one that the registry has set itself.
pub fn password(session: &Session, registry: &str, file: &Path, is_in_force: bool) -> Result<Ending, Failure> {
    let registry = known(session, registry)?;
    let password = read_secret(file, "read the registry's password")?;
    if is_in_force {
        session.carry_out(ReplaceRegistryPassword { registry: registry.clone(), password })?;
        done(session, format!("{registry}: the password is sealed in the vault; delete the file, then restart `namekeep serve`."))
    } else {
        session.carry_out(ProposeRegistryPassword { registry: registry.clone(), password })?;
        done(session, format!("{registry}: the password is changed at the next login; delete the file, then restart `namekeep serve`."))
    }
}

fn known(session: &Session, registry: &str) -> Result<RegistryId, Failure> {
    let id: RegistryId = argument::parse("registry id", registry)?;
    if session.instance.registrar.registry(&id).is_some() {
        return Ok(id);
    }
    Err(Failure::new(Exit::NotFound, "registry.unknown", format!("There is no registry `{id}` in the configuration."))
        .hint("`namekeep registry list` shows those there are"))
}
