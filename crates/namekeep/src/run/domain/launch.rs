//! The files that an order brings in a launch phase, or for a reserved name: claims notice, signed mark, allocation token.

use std::io::Read as _;
use std::path::Path;

use epp::extension::launch::{MAX_SIGNED_MARK_BYTES, SignedMark};
use model::{AllocationToken, DomainName, RegistryId, Timestamp};
use policy::ClaimsNotice;
use policy::profile::LaunchPhaseKind;
use registrar::registry::{AskRegistry, NameClaims, check_claims};
use serde::Deserialize;

use super::super::Session;
use crate::carrier::Carrier;
use crate::config;
use crate::failure::Failure;
use crate::instance::read_secret;

/// What a file with a claims notice holds.
const NOTICE_HINT: &str =
    "a claims notice has `id`, `not_after` and `accepted_at`, such as `2026-12-01T09:30:00Z`, and `validator` where it is not `tmch`";

/// A claims notice and its acceptance, as they are written down.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoticeFile {
    id: String,
    validator: Option<String>,
    not_after: toml::Value,
    accepted_at: toml::Value,
}

/// Reads the notice that the buyer was shown and accepted.
pub fn notice(path: &Path) -> Result<ClaimsNotice, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, "read the claims notice", &error))?;
    let file: NoticeFile = toml::from_str(&text).map_err(|error| config::fault::of_toml(&text, path, &error).or_hint(NOTICE_HINT))?;
    Ok(ClaimsNotice {
        id: file.id.trim().to_owned(),
        validator: file.validator,
        not_after: instant(&text, path, "not_after", &file.not_after)?,
        accepted_at: instant(&text, path, "accepted_at", &file.accepted_at)?,
    })
}

/// A date-time of TOML, or the same between quotes.
fn instant(text: &str, path: &Path, key: &str, value: &toml::Value) -> Result<Timestamp, Failure> {
    let written = match value {
        toml::Value::Datetime(datetime) => datetime.to_string(),
        toml::Value::String(written) => written.clone(),
        other => other.to_string(),
    };
    written.parse().map_err(|_| {
        config::fault::at_key(
            text,
            path,
            key,
            &format!("`{written}` is not an instant"),
            "write date, time and offset, such as `2026-12-01T09:30:00Z`",
        )
    })
}

/// Reads a signed mark in any of the forms in which holders get it.
pub fn mark(path: &Path) -> Result<SignedMark, Failure> {
    let file = std::fs::File::open(path).map_err(|error| Failure::file(path, "read the signed mark", &error))?;
    let mut bytes = Vec::new();
    // One byte beyond the limit is enough to see that there is more.
    let limit = u64::try_from(MAX_SIGNED_MARK_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut bytes).map_err(|error| Failure::file(path, "read the signed mark", &error))?;
    SignedMark::read(&bytes).map_err(|error| Failure::usage(format!("The signed mark in `{}` cannot be used: {error}.", path.display())))
}

/// Reads an allocation token.
pub fn token(path: &Path) -> Result<AllocationToken, Failure> {
    let secret = read_secret(path, "read the allocation token")?;
    AllocationToken::from_holder(secret.expose())
        .map_err(|error| Failure::usage(format!("The allocation token in `{}` cannot be used: {error}.", path.display())))
}

/// Whether a name is in a claims phase now.
pub fn is_claimable(session: &Session, name: &DomainName) -> bool {
    let registrar = &session.instance.registrar;
    registrar.profile_of(name).is_some_and(|profile| profile.launch_phase_at(registrar.now()) == LaunchPhaseKind::Claims)
}

/// Asks the registry who claims a name.
pub async fn claims_on(session: &Session, registry: &RegistryId, name: &DomainName) -> Result<Option<NameClaims>, Failure> {
    let by = &session.may(AskRegistry)?;
    Carrier::with(&session.instance, registry, async |carrier| {
        let found = check_claims(by, &session.instance.registrar, registry, &carrier.port, std::slice::from_ref(name)).await?;
        Ok(found.into_iter().next())
    })
    .await
}
