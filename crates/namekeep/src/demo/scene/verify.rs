//! A holder is asked who they are, says nothing, and proves it in the end.

use model::{DomainName, EppStatus};
use registrar::command::RegisterDomain;
use registrar::verification::VerifyByToken;

use super::super::tour::Tour;
use crate::demo::cast::Cast;
use crate::demo::stage::{NameOf, order_of};
use crate::failure::{Exit, Failure};

/// A seed for somebody who is not among the cast.
const STRANGER: u64 = 0x5eed;
/// How a code begins.
const CODE: &str = "nkv_";

/// Plays the scene.
pub async fn play(tour: &mut Tour) -> Result<(), Failure> {
    tour.scene("A holder proves who they are, or the name goes off until they do");
    let name = NameOf::thick("late-answer")?;
    let stranger = Cast::new(STRANGER).person().map_err(|words| Failure::new(Exit::Fault, "demo.cast", words))?;
    let holder = tour.ours().save_unverified(stranger)?;
    let order = order_of(tour.stage(), &name)?;
    let contacts = order.contacts.keys().map(|role| (*role, holder)).collect();
    tour.ours().done(RegisterDomain { registrant: Some(holder), contacts, ..order }).await?;
    let code = code(tour)?;
    tour.claim("a letter asks for an answer with a code (ACY-3)", code.is_some(), "in the maildrop");
    tour.days(14).await?;
    tour.claim("nobody answered: the registry keeps it off DNS (ACY-4)", is_held(tour, &name).await?, EppStatus::ClientHold.to_string());
    let forged = tour.ours().order(VerifyByToken { token: format!("{CODE}{}", "A".repeat(43)) });
    tour.claim("a made-up code is refused", forged.is_err(), forged.err().map(|failure| failure.code).unwrap_or_default());
    tour.ours().order(VerifyByToken { token: code.unwrap_or_default() })?;
    tour.ours().rest().await?;
    tour.claim("the right one brings it back at once", !is_held(tour, &name).await?, name.to_string());
    Ok(())
}

/// The code of the newest letter that holds one.
fn code(tour: &Tour) -> Result<Option<String>, Failure> {
    let folder = tour.ours().maildrop();
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(|error| Failure::file(&folder, "read the folder", &error))? {
        paths.push(entry.map_err(|error| Failure::file(&folder, "read the folder", &error))?.path());
    }
    paths.sort();
    for path in paths.iter().rev() {
        let letter = std::fs::read_to_string(path).map_err(|error| Failure::file(path, "read the letter", &error))?;
        if let Some(line) = letter.lines().find(|line| line.starts_with(CODE)) {
            return Ok(Some(line.trim().to_owned()));
        }
    }
    Ok(None)
}

async fn is_held(tour: &Tour, name: &DomainName) -> Result<bool, Failure> {
    Ok(tour.stage().domain(name).await?.is_some_and(|state| state.statuses.contains(&EppStatus::ClientHold)))
}
