//! Which contacts a registry takes: a dated property, because policies and registries change (RDP; facts on the minimum data set).

use jiff::civil::Date;
use model::ContactRole;
use serde::{Deserialize, Serialize};

/// The contact rules from a date on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedContactRules {
    /// First day (UTC) on which they hold.
    pub from: Date,
    /// The rules.
    pub rules: ContactRules,
}

/// What a registry wants for each contact role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactRules {
    /// The registered name holder.
    pub registrant: ContactRequirement,
    /// The administrative contact.
    pub admin: ContactRequirement,
    /// The technical contact.
    pub tech: ContactRequirement,
    /// The billing contact.
    pub billing: ContactRequirement,
}

/// What a registry wants for one role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContactRequirement {
    /// A command that carries it is refused.
    #[default]
    Forbidden,
    /// Taken if given.
    Optional,
    /// A create without it is refused.
    Required,
}

impl ContactRules {
    /// What is wanted for `role`.
    #[must_use]
    pub fn of(&self, role: ContactRole) -> ContactRequirement {
        match role {
            ContactRole::Registrant => self.registrant,
            ContactRole::Admin => self.admin,
            ContactRole::Tech => self.tech,
            ContactRole::Billing => self.billing,
        }
    }

    /// Whether the registry takes no contact at all (the minimum data set).
    #[must_use]
    pub fn is_minimum(&self) -> bool {
        *self == Self::default()
    }
}
