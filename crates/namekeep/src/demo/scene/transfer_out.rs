//! A name leaves: the registrant is told, nobody objects, five days pass.

use std::collections::BTreeMap;

use model::AuthInfo;
use policy::registration::Phase;
use policy::{DutyState, NoticeKind};
use registrar::command::{IssueAuthInfo, ReadAuthInfo, TransferDomainIn};

use super::super::tour::Tour;
use crate::demo::stage::NameOf;
use crate::failure::Failure;

/// Plays the scene.
pub async fn play(tour: &mut Tour) -> Result<(), Failure> {
    tour.scene("A name leaves: the holder is told within a day, and silence means yes");
    let name = NameOf::minimal("first-light")?;
    tour.ours().done(IssueAuthInfo { name: name.clone() }).await?;
    let secret = tour.ours().order(ReadAuthInfo { name: name.clone() })?;
    let auth_info = AuthInfo::from_registrant(secret.expose()).map_err(|error| Failure::usage(error.to_string()))?;
    let request = TransferDomainIn {
        name: name.clone(),
        auth_info,
        registrant: Some(tour.stage().others_holder()),
        contacts: BTreeMap::new(),
        authorised_at: tour.stage().clock.now(),
        fee: None,
        token: None,
    };
    tour.stage().other.done(request).await?;
    tour.ours().rest().await?;
    let view = tour.ours().view(&name)?;
    tour.claim("the registry's message opened the case", view.registration.phase == Phase::TransferringOut, view.registration.phase.word());
    let told = view.notices.iter().any(|notice| notice.kind == NoticeKind::LosingTransfer && notice.carried_at.is_some());
    tour.claim("the losing form went out (TRF-5)", told, tour.ours().maildrop().display().to_string());
    tour.days(6).await?;
    let view = tour.ours().view(&name)?;
    tour.claim(
        "after five days it is at the other registrar (TRF-6)",
        view.registration.phase == Phase::TransferredAway,
        view.registration.phase.word(),
    );
    let is_lawful = view.duties.iter().all(|duty| !matches!(duty.state, DutyState::Open | DutyState::Lapsed { .. }));
    tour.claim("no duty for it is left open, none lapsed", is_lawful, format!("{} duties", view.duties.len()));
    Ok(())
}
