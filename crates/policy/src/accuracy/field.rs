//! The fields of a contact that are validated one by one.

use serde::{Deserialize, Serialize};

/// A field of registration data (RDP-1, RDP-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Name of the person or role.
    Name,
    /// Organisation.
    Organisation,
    /// Street, up to three lines.
    Street,
    /// City.
    City,
    /// State or province.
    Province,
    /// Postcode.
    Postcode,
    /// Country.
    Country,
    /// Telephone number.
    Phone,
    /// Fax number.
    Fax,
    /// E-mail address.
    Email,
}

impl Field {
    /// Every field, in the order in which people fill them in.
    pub const ALL: &'static [Field] = &[
        Self::Name,
        Self::Organisation,
        Self::Street,
        Self::City,
        Self::Province,
        Self::Postcode,
        Self::Country,
        Self::Phone,
        Self::Fax,
        Self::Email,
    ];

    /// What people call it.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Organisation => "organisation",
            Self::Street => "street",
            Self::City => "city",
            Self::Province => "state or province",
            Self::Postcode => "postcode",
            Self::Country => "country",
            Self::Phone => "telephone number",
            Self::Fax => "fax number",
            Self::Email => "e-mail address",
        }
    }
}
