//! The registrars the registry knows: how they prove who they are, and what they have paid in.

use std::collections::BTreeMap;

use model::{Entropy, RegistrarHandle, Secret};

use super::authinfo::AuthHash;
use super::ledger::BillingLine;

/// A registrar to let in.
#[derive(Clone, Debug)]
pub struct RegistrarConfig {
    /// Its `clID`.
    pub handle: RegistrarHandle,
    /// Its password.
    pub password: Secret,
    /// SHA-256 of the client certificate it must show; none where the link is trusted otherwise (in-process).
    pub certificate_sha256: Option<[u8; 32]>,
    /// What it has paid in, in minor units of the registry's currency.
    pub opening_balance_minor: i64,
    /// At or below this balance it gets a low-balance message, in minor units.
    pub low_balance_minor: i64,
}

/// A registrar's state at the registry.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    password: AuthHash,
    /// Every certificate that is accepted: two at once during a rotation.
    pub(crate) certificates: Vec<[u8; 32]>,
    pub(crate) requires_certificate: bool,
    pub(crate) balance_minor: i64,
    /// What was paid in; with the ledger it gives the balance.
    pub(crate) deposited_minor: i64,
    pub(crate) low_balance_minor: i64,
    /// Whether the low-balance message was sent since the balance last rose above the mark.
    pub(crate) is_warned: bool,
}

impl Account {
    pub(crate) fn new(config: &RegistrarConfig, entropy: &mut dyn Entropy) -> Account {
        Account {
            password: AuthHash::of(config.password.expose(), entropy),
            certificates: config.certificate_sha256.into_iter().collect(),
            requires_certificate: config.certificate_sha256.is_some(),
            balance_minor: config.opening_balance_minor,
            deposited_minor: config.opening_balance_minor,
            low_balance_minor: config.low_balance_minor,
            is_warned: false,
        }
    }

    pub(crate) fn set_password(&mut self, password: &Secret, entropy: &mut dyn Entropy) {
        self.password = AuthHash::of(password.expose(), entropy);
    }

    pub(crate) fn knows_password(&self, password: &str) -> bool {
        self.password.matches(password)
    }

    pub(crate) fn knows_certificate(&self, shown: Option<&[u8; 32]>) -> bool {
        !self.requires_certificate || shown.is_some_and(|shown| self.certificates.contains(shown))
    }
}

/// All accounts.
pub(crate) type Accounts = BTreeMap<RegistrarHandle, Account>;

/// Moves the money of executed lines. Lines of unknown registrars move nothing, and there are none: every payer has a session
/// or sponsors the object.
pub(crate) fn settle(accounts: &mut Accounts, lines: &[BillingLine]) {
    for line in lines {
        if let Some(account) = accounts.get_mut(&line.registrar) {
            account.balance_minor -= line.minor;
        }
    }
}
