//! A name comes here from the other registrar.

use std::collections::BTreeMap;

use model::AuthInfo;
use policy::Phase;
use registrar::command::{ApproveTransferOut, IssueAuthInfo, ReadAuthInfo, TransferDomainIn};

use super::super::tour::Tour;
use crate::demo::stage::{NameOf, order_of_other};
use crate::failure::Failure;

/// Plays the scene.
pub async fn play(tour: &mut Tour) -> Result<(), Failure> {
    tour.scene("A name comes here from another registrar");
    let name = NameOf::minimal("moving-in")?;
    let order = order_of_other(tour.stage(), &name)?;
    tour.stage().other.done(order).await?;
    tour.days(61).await?;
    tour.stage().other.done(IssueAuthInfo { name: name.clone() }).await?;
    let secret = tour.stage().other.order(ReadAuthInfo { name: name.clone() })?;
    let before = tour.stage().other.view(&name)?.registration.expires_at;
    let auth_info = AuthInfo::from_registrant(secret.expose()).map_err(|error| Failure::usage(error.to_string()))?;
    let request = TransferDomainIn {
        name: name.clone(),
        auth_info,
        registrant: Some(tour.stage().holder),
        contacts: BTreeMap::new(),
        authorised_at: tour.stage().clock.now(),
        fee: None,
        token: None,
    };
    tour.ours().done(request).await?;
    let phase = tour.ours().view(&name)?.registration.phase;
    tour.claim("the registry waits for the losing registrar", phase == Phase::TransferringIn, phase.word());
    tour.stage().other.rest().await?;
    tour.stage().other.done(ApproveTransferOut { name: name.clone() }).await?;
    tour.ours().rest().await?;
    let view = tour.ours().view(&name)?;
    let expected = before.map(|before| model::expiry::add_years(before, 1));
    tour.claim(
        "it is ours, and a year longer (TRF-20)",
        view.registration.phase == Phase::Registered && view.registration.expires_at == expected,
        view.registration.expires_at.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default(),
    );
    let sponsor = tour.stage().domain(&name).await?.map(|state| state.sponsor.to_string()).unwrap_or_default();
    tour.claim("the registry says so too", sponsor == tour.stage().ours_handle(), sponsor);
    Ok(())
}
