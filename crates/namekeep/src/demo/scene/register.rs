//! A name is checked and registered, at a thick registry and at one with the minimum data set.

use std::collections::{BTreeMap, BTreeSet};

use model::{ContactRole, DomainName};
use policy::Phase;

use super::super::tour::Tour;
use crate::demo::stage::{NameOf, order_of};
use crate::failure::Failure;

/// Plays the scene.
pub async fn play(tour: &mut Tour) -> Result<(), Failure> {
    tour.scene("A name is ordered: intent first, then the registry, then the record");
    for (name, claim) in [
        (NameOf::thick("first-light")?, "a name with contacts and host objects is registered"),
        (NameOf::minimal("first-light")?, "a name with the minimum data set is registered"),
    ] {
        register(tour, &name, claim).await?;
    }
    let twice = tour.ours().order(order_of(tour.stage(), &NameOf::thick("first-light")?)?);
    tour.claim("the same name cannot be ordered twice", twice.is_err(), twice.err().map(|failure| failure.code).unwrap_or_default());
    let wrong = DomainName::parse("not a name.alpha").map_err(|error| error.to_string());
    tour.claim("a wrong name gets a sentence", wrong.is_err(), wrong.err().unwrap_or_default());
    Ok(())
}

async fn register(tour: &mut Tour, name: &DomainName, claim: &str) -> Result<(), Failure> {
    let order = order_of(tour.stage(), name)?;
    let expected: (BTreeMap<_, _>, BTreeSet<ContactRole>) = (order.nameservers.clone(), order.contacts.keys().copied().collect());
    let steps = tour.ours().done(order).await?;
    let view = tour.ours().view(name)?;
    let created = tour.executed(name, sandbox::Verb::Create).await?;
    let is_whole = view.registration.phase == Phase::Registered
        && created == 1
        && view.registration.actual.as_ref().is_some_and(|actual| actual.nameservers.keys().eq(expected.0.keys()));
    let words: Vec<String> = steps.iter().map(|step| step.operation.clone()).collect();
    tour.claim(claim, is_whole, format!("{name}: {}", words.join(", ")));
    let charged: usize = view.charges.len();
    tour.claim(
        "it is charged once",
        charged == 1,
        view.charges.iter().filter_map(|charge| charge.amount).map(|amount| amount.to_string()).collect::<Vec<_>>().join(", "),
    );
    Ok(())
}
