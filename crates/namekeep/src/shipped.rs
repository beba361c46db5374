//! The profiles of the two rehearsal registries, as they are shipped.

use policy::profile::RegistryProfile;

use crate::failure::{Exit, Failure};

/// File name and text of each.
pub const PROFILES: [(&str, &str); 2] = [
    ("alpha.toml", include_str!("../../policy/profiles/alpha.toml")),
    ("minimal.toml", include_str!("../../policy/profiles/minimal.toml")),
];

/// The profiles with their texts.
pub fn shipped_profiles() -> Result<Vec<(RegistryProfile, String)>, Failure> {
    PROFILES
        .iter()
        .map(|(file, text)| {
            let profile = RegistryProfile::parse(text, file).map_err(|faults| {
                Failure::new(Exit::Fault, "profile", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
            })?;
            Ok((profile, (*text).to_owned()))
        })
        .collect()
}
