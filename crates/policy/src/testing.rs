//! What the tests of this room share: the shipped profiles and short ways to write instants.

use model::Timestamp;

use crate::profile::{RegistryProfile, TldProfile};

pub(crate) const ALPHA: &str = include_str!("../profiles/alpha.toml");
pub(crate) const MINIMAL: &str = include_str!("../profiles/minimal.toml");

/// An instant as text.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A TLD of the shipped profiles.
pub(crate) fn tld(name: &str) -> TldProfile {
    [(ALPHA, "alpha.toml"), (MINIMAL, "minimal.toml")]
        .iter()
        .flat_map(|(text, file)| RegistryProfile::parse(text, file).unwrap().tlds)
        .find(|tld| tld.name.as_str() == name)
        .unwrap()
}
