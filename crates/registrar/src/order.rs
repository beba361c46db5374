//! An order: a command of the policy room and the registration it is for; and the receipt that comes back.

use std::ops::Range;

use model::{DomainId, DomainName, IntentId, Money};
use policy::{ClaimsAnswer, DomainCommand, Permission};
use serde::Serialize;

use crate::authorised::NeedsPermission;

/// A command on a registration, as it is decided and committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainOrder {
    /// The registration.
    pub target: Target,
    /// What is asked of it.
    pub command: DomainCommand,
    /// The price the registry named for this very operation, where it was asked (RFC 8748 check).
    pub quoted_fee: Option<Money>,
    /// What the registry just said to a claims check of the name, where it was asked (RFC 8334 section 3.1.1).
    pub claims: Option<ClaimsAnswer>,
}

impl DomainOrder {
    /// An order of whose price and claims the registry was not asked.
    #[must_use]
    pub fn new(target: Target, command: DomainCommand) -> Self {
        Self { target, command, quoted_fee: None, claims: None }
    }

    /// The same order with the price the registry named.
    #[must_use]
    pub fn quoted(mut self, fee: Option<Money>) -> Self {
        self.quoted_fee = fee;
        self
    }

    /// The same order with what the registry said to a claims check.
    #[must_use]
    pub fn claims(mut self, answer: Option<ClaimsAnswer>) -> Self {
        self.claims = answer;
        self
    }
}

/// Which registration a command is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// One that this command begins, for this name.
    New(DomainName),
    /// One that we know by its id.
    Existing(DomainId),
    /// The one that is open for this name.
    Named(DomainName),
}

impl NeedsPermission for DomainOrder {
    fn permission(&self) -> Permission {
        self.command.permission()
    }
}

/// What was committed for an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The registration.
    pub domain: DomainId,
    /// Its name.
    pub name: DomainName,
    /// The positions of its entries in the ledger, half-open; empty where nothing followed from the command.
    pub ledger: Range<u64>,
    /// What is now on its way to the registry, in order.
    pub intents: Vec<IntentId>,
}

/// The subject under which a registration's entries stand in the ledger: `dom_... example.org`.
#[must_use]
pub fn ledger_subject(id: DomainId, name: &DomainName) -> String {
    format!("{id} {name}")
}
