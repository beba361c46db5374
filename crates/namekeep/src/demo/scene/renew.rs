//! A renewal, and the same renewal asked for again.

use model::Period;
use registrar::command::RenewDomain;

use super::super::tour::Tour;
use crate::demo::stage::NameOf;
use crate::failure::Failure;

/// Plays the scene.
pub async fn play(tour: &mut Tour) -> Result<(), Failure> {
    tour.scene("A renewal, and the same renewal again: nothing is ever done twice");
    let name = NameOf::thick("first-light")?;
    let before = tour.ours().view(&name)?.registration.expires_at;
    let period = Period::years(2).map_err(|error| Failure::usage(error.to_string()))?;
    let renewal = RenewDomain { name: name.clone(), period, current_expiry: before, fee: None };
    tour.ours().done(renewal.clone()).await?;
    let after = tour.ours().view(&name)?.registration.expires_at;
    let expected = before.map(|before| model::expiry::add_years(before, 2));
    tour.claim("the term is two years longer", after == expected, after.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default());
    let again = tour.ours().order(renewal);
    tour.claim("the same renewal again is refused", again.is_err(), again.err().map(|failure| failure.code).unwrap_or_default());
    let executed = tour.executed(&name, sandbox::Verb::Renew).await?;
    tour.claim("the registry renewed once", executed == 1, String::new());
    Ok(())
}
