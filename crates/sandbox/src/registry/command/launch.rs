//! Launch phases (RFC 8334): claims checks, claims notices, and signed marks in sunrise.
//!
//! Signed marks are taken as they are: a rehearsal has no Trademark Clearinghouse to ask.

use epp::Extension;
use epp::domain::Check as DomainCheck;
use epp::extension::launch::{CheckData, CheckForm, ClaimKey, ClaimedName, Create, Launch, Notice, ObjectForm, Phase, PhaseKind, Proof};
use jiff::SignedDuration;
use model::{DomainName, Timestamp};
use policy::profile::LaunchPhaseKind;

use super::{Call, Reply};
use crate::registry::Registry;
use crate::registry::life::after;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::rules::Rules;

/// How long before the create a notice may have been accepted (TMCH functional specification: 48 hours).
const MAX_ACCEPTANCE_AGE: SignedDuration = SignedDuration::from_hours(48);
/// A notice is named by 8 hexadecimal digits of checksum and 19 decimal ones (RFC 9361 section 6.3).
const NOTICE_ID_CHARS: (usize, usize) = (8, 19);

/// Answers a claims check; none when the check asks for availability only.
pub(crate) fn check(registry: &Registry, call: &Call<'_>, check: &DomainCheck) -> Option<Outcome<Reply>> {
    let asked = call.extensions.iter().find_map(|extension| match extension {
        Extension::Launch(launch) => match launch.as_ref() {
            Launch::Check(check) => Some(check),
            _ => None,
        },
        _ => None,
    })?;
    if asked.form == CheckForm::Availability {
        return None;
    }
    let names = check.names.iter().map(|name| {
        let domain = name.to_domain().ok();
        let key = domain.as_ref().and_then(|domain| claim_key(registry, domain));
        let keys = key.iter().map(|key| ClaimKey { key: (*key).clone(), validator: None }).collect();
        ClaimedName { name: name.clone(), has_claims: key.is_some(), keys }
    });
    let phase = asked.phase.clone().or(Some(Phase::new(PhaseKind::Claims))).filter(|_| asked.form == CheckForm::Claims);
    let data = CheckData { phase, names: names.collect() };
    Some(Ok(Reply::done().extend(Some(Launch::CheckData(data).into()))))
}

fn claim_key<'a>(registry: &'a Registry, name: &DomainName) -> Option<&'a String> {
    registry.options.claims.get(name.labels().next()?)
}

/// Refuses a create that the phase of the day does not allow.
pub(crate) fn ensure_allowed(registry: &Registry, call: &Call<'_>, rules: &Rules, name: &DomainName) -> Outcome<()> {
    let create = call.extensions.iter().find_map(|extension| match extension {
        Extension::Launch(launch) => match launch.as_ref() {
            Launch::Create(create) => Some(create),
            _ => None,
        },
        _ => None,
    });
    let phase = rules.profile.launch_phase_at(call.now);
    if let Some(create) = create {
        let kind = match phase {
            LaunchPhaseKind::Sunrise => PhaseKind::Sunrise,
            LaunchPhaseKind::Claims => PhaseKind::Claims,
            LaunchPhaseKind::Open => PhaseKind::Open,
        };
        ensure(create.phase.kind == kind, || Refusal::policy(format!("the launch phase is `{kind}`, not `{}`", create.phase.kind)))?;
        ensure(create.form != Some(ObjectForm::Application), || Refusal::policy("this registry takes registrations, not applications"))?;
    }
    match phase {
        LaunchPhaseKind::Open => Ok(()),
        LaunchPhaseKind::Sunrise => ensure_mark(create),
        LaunchPhaseKind::Claims if claim_key(registry, name).is_some() => ensure_notice(create, call.now),
        LaunchPhaseKind::Claims => Ok(()),
    }
}

fn ensure_mark(create: Option<&Create>) -> Outcome<()> {
    let missing = || Refusal::missing("in sunrise a create needs a signed mark (`launch:create` with `smd:encodedSignedMark`)");
    let has_mark = match &create.ok_or_else(missing)?.proof {
        Proof::EncodedSignedMarks(marks) => marks.iter().any(|mark| !mark.data.is_empty()),
        Proof::SignedMarks(marks) => !marks.is_empty(),
        Proof::None | Proof::CodeMarks(_) => false,
    };
    ensure(has_mark, missing)
}

fn ensure_notice(create: Option<&Create>, now: Timestamp) -> Outcome<()> {
    let notice = create.and_then(|create| create.notices.first());
    let notice: &Notice = notice.ok_or_else(|| Refusal::missing("the name has a trademark claim: the create needs an accepted notice"))?;
    let (checksum, rest) = notice.id.split_at_checked(NOTICE_ID_CHARS.0).unwrap_or_default();
    let is_well_formed = checksum.bytes().all(|byte| byte.is_ascii_hexdigit())
        && rest.len() == NOTICE_ID_CHARS.1
        && rest.bytes().all(|byte| byte.is_ascii_digit());
    ensure(is_well_formed, || Refusal::syntax("`launch:noticeID` is not an identifier of a claims notice (RFC 9361 section 6.3)"))?;
    ensure(now <= notice.not_after, || Refusal::policy("the claims notice has expired; fetch a new one"))?;
    ensure(notice.accepted <= now, || Refusal::range("`launch:acceptedDate` lies ahead"))?;
    ensure(now <= after(notice.accepted, MAX_ACCEPTANCE_AGE), || Refusal::policy("the claims notice was accepted more than 48 hours ago"))
}
