//! `namekeep registry resume|clear|password`: what an operator has seen to at a registry account.

use std::path::Path;

use model::RegistryId;
use registrar::registry::{AllowLogins, ClearAlarm, ProposeRegistryPassword, ReplaceRegistryPassword, ResumePaidOperations};
use serde::Serialize;

use super::{Ending, Session};
use crate::argument;
use crate::carrier;
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

/// Takes up what was stopped until a person had seen to it: what costs money, and logging in.
pub fn resume(session: &Session, registry: &str) -> Result<Ending, Failure> {
    let registry = known(session, registry)?;
    let was_stopped = session.carry_out(ResumePaidOperations { registry: registry.clone() })?;
    let was_locked = session.carry_out(AllowLogins { registry: registry.clone() })?;
    let mut said: Vec<String> = Vec::new();
    said.extend(was_stopped.then(|| format!("{registry}: what costs money is sent again.")));
    said.extend(was_locked.then(|| format!("{registry}: logins are tried again; what waited goes out within five minutes.")));
    if said.is_empty() {
        said.push(format!("{registry}: nothing to do, nothing was stopped."));
    }
    done(session, said.join("\n"))
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
        done(
            session,
            format!("{registry}: the password is sealed in the vault; a running server logs in with it at once. Delete the file."),
        )
    } else {
        session.carry_out(ProposeRegistryPassword { registry: registry.clone(), password })?;
        done(
            session,
            format!("{registry}: the password is changed at the next login; a running server logs in anew at once. Delete the file."),
        )
    }
}

/// A registry of the configuration, by its id.
pub fn known(session: &Session, registry: &str) -> Result<RegistryId, Failure> {
    let id: RegistryId = argument::parse("registry id", registry)?;
    if session.instance.registrar.registry(&id).is_some() {
        return Ok(id);
    }
    Err(carrier::unknown(&id))
}
