//! A name expires, is not renewed, and goes the whole way to deletion; another one is redeemed on that way.

use jiff::SignedDuration;
use model::{DomainName, Timestamp};
use policy::{DutyState, NoticeKind, Phase};
use registrar::command::RestoreDomain;

use super::super::tour::Tour;
use crate::failure::Failure;
use crate::progress::Progress;

/// Most days from registration to the purge: a year, 45 days of grace, 30 of redemption, 5 pending, and some to spare.
const DAYS_MAX: u32 = 460;

/// Plays the scene.
pub async fn play(tour: &mut Tour) -> Result<(), Failure> {
    tour.scene("A name expires: notices, interruption, deletion, redemption, and it is free again");
    let lost = tour.stage().portfolio_of("alpha", 0)?;
    let saved = tour.stage().portfolio_of("minimal", 0)?;
    let mut seen = tour.ours().view(&lost)?.registration.phase;
    tour.say(&format!("  {lost} is {}; its term ends {}", seen.word(), day(tour.ours().view(&lost)?.registration.expires_at)));
    let mut is_restored = false;
    for days in 1..=DAYS_MAX {
        let progress = Progress::counting("days lived");
        progress.at(u64::from(days));
        tour.stage().advance(SignedDuration::from_hours(24)).await?;
        drop(progress);
        let phase = tour.ours().view(&lost)?.registration.phase;
        if phase != seen {
            tour.say(&format!("  {} {lost}: {} -> {}", tour.stage().clock.now().strftime("%Y-%m-%d"), seen.word(), phase.word()));
            seen = phase;
        }
        if !is_restored && tour.ours().view(&saved)?.registration.phase == Phase::Redemption {
            restore(tour, &saved).await?;
            is_restored = true;
        }
        if seen == Phase::Purged && is_restored {
            break;
        }
    }
    tour.claim("the name is gone from the registry", seen == Phase::Purged && tour.stage().domain(&lost).await?.is_none(), seen.word());
    notices(tour, &lost)?;
    duties(tour, &lost)?;
    tour.claim("the other name was brought back from redemption", is_restored, saved.to_string());
    Ok(())
}

async fn restore(tour: &mut Tour, name: &DomainName) -> Result<(), Failure> {
    let fee = tour.ours().instance.registrar.profile_of(name).and_then(|profile| profile.fees_of(name).restore);
    tour.ours().done(RestoreDomain { name: name.clone(), fee, reason: "The registrant paid after all.".to_owned() }).await?;
    let view = tour.ours().view(name)?;
    tour.claim(
        "restored with request and report (EXP-11)",
        view.registration.phase == Phase::Registered,
        format!("{name} until {}", day(view.registration.expires_at)),
    );
    Ok(())
}

fn notices(tour: &mut Tour, name: &DomainName) -> Result<(), Failure> {
    let view = tour.ours().view(name)?;
    for (kind, claim) in [
        (NoticeKind::ExpiryFirst, "the first notice went out about a month before (EXP-1)"),
        (NoticeKind::ExpirySecond, "the second about a week before (EXP-2)"),
        (NoticeKind::ExpiryAfter, "the third within five days after (EXP-3)"),
    ] {
        let carried = view.notices.iter().find(|notice| notice.kind == kind).and_then(|notice| notice.carried_at);
        tour.claim(claim, carried.is_some(), day(carried));
    }
    Ok(())
}

fn duties(tour: &mut Tour, name: &DomainName) -> Result<(), Failure> {
    let view = tour.ours().view(name)?;
    let fulfilled = view.duties.iter().filter(|duty| matches!(duty.state, DutyState::Fulfilled { .. })).count();
    let lapsed: Vec<&str> = view
        .duties
        .iter()
        .filter(|duty| matches!(duty.state, DutyState::Open | DutyState::Lapsed { .. }))
        .map(|duty| duty.obligation.as_str())
        .collect();
    tour.claim(
        "every duty of the expiry was fulfilled in its window",
        lapsed.is_empty(),
        format!("{fulfilled} fulfilled {}", lapsed.join(", ")),
    );
    Ok(())
}

fn day(at: Option<Timestamp>) -> String {
    at.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}
