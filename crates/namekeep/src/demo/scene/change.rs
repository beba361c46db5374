//! Lock, unlock, delegation and DS: what we want and what the registry says stay side by side.

use std::collections::BTreeSet;

use model::EppStatus;
use registrar::command::{ChangeDs, ChangeNameservers, LockDomain, UnlockDomain};

use super::super::tour::Tour;
use crate::argument;
use crate::demo::stage::NameOf;
use crate::failure::Failure;

/// Plays the scene.
pub async fn play(tour: &mut Tour) -> Result<(), Failure> {
    tour.scene("Locked, unlocked, delegated elsewhere, signed");
    let name = NameOf::minimal("first-light")?;
    let locks = BTreeSet::from([EppStatus::ClientTransferProhibited, EppStatus::ClientUpdateProhibited, EppStatus::ClientDeleteProhibited]);
    tour.ours().done(LockDomain { name: name.clone(), statuses: locks.clone() }).await?;
    let shown = statuses(tour, &name).await?;
    tour.claim("the registrant's lock is at the registry", locks.is_subset(&shown), words(&shown));
    let nameservers = argument::nameservers(&["ns1.hosting.example".to_owned(), "ns2.hosting.example".to_owned()])?;
    let refused = tour.ours().order(ChangeNameservers { name: name.clone(), nameservers: nameservers.clone() });
    tour.claim("a locked name is not changed", refused.is_err(), refused.err().map(|failure| failure.code).unwrap_or_default());
    tour.ours().done(UnlockDomain { name: name.clone(), statuses: locks.clone() }).await?;
    let shown = statuses(tour, &name).await?;
    tour.claim("the lock is lifted", locks.is_disjoint(&shown), words(&shown));
    tour.ours().done(ChangeNameservers { name: name.clone(), nameservers: nameservers.clone() }).await?;
    let ds = argument::ds_records(&["20326 13 2 49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC1234".to_owned()])?;
    tour.ours().done(ChangeDs { name: name.clone(), ds: ds.clone() }).await?;
    let state = tour.stage().domain(&name).await?;
    let held = state.as_ref().is_some_and(|state| state.nameservers.keys().eq(nameservers.keys()) && state.ds.len() == ds.len());
    tour.claim("delegation and DS are at the registry", held, nameservers.keys().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    Ok(())
}

async fn statuses(tour: &Tour, name: &model::DomainName) -> Result<BTreeSet<EppStatus>, Failure> {
    Ok(tour.stage().domain(name).await?.map(|state| state.statuses.into_iter().collect()).unwrap_or_default())
}

fn words(statuses: &BTreeSet<EppStatus>) -> String {
    statuses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
