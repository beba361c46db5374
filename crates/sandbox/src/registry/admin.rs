//! What the registry does at somebody's order, through the control face: holds, locks, money, reserved and premium names, outages.
//!
//! Sponsors learn of each change of an object by poll (RFC 8590).

use std::fmt;

use epp::maintenance::{Cause, Environment, Impact, Item, MaintenanceId, System};
use model::{DomainName, Entropy, EppStatus, Money, RegistrarHandle, Timestamp, TransferStatus};
use policy::profile::FeeTable;
use serde::{Deserialize, Serialize};

use super::Registry;
use super::authinfo::AuthHash;
use super::ledger::Verb;
use super::object::Life;
use super::poll::Event;

/// Longest identifier of an outage, in characters.
const MAX_MAINTENANCE_ID_CHARS: usize = 64;

/// An order to the registry.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case", deny_unknown_fields)]
pub enum AdminAction {
    /// Sets or lifts `serverHold`.
    Hold {
        /// The name.
        name: DomainName,
        /// Set or lift.
        on: bool,
    },
    /// Sets or lifts the three server prohibitions of a registry lock: update, transfer, delete.
    Lock {
        /// The name.
        name: DomainName,
        /// Set or lift.
        on: bool,
    },
    /// Locks a name for a URS case; a pending transfer is cancelled.
    Urs {
        /// The name.
        name: DomainName,
        /// The provider's case number.
        case: String,
    },
    /// Sets a registrar's balance, as if it had paid in or drawn out the difference.
    Balance {
        /// Whose.
        registrar: RegistrarHandle,
        /// The balance then, in minor units.
        minor: i64,
    },
    /// Sets the mark at which a registrar is warned of a low balance.
    LowBalanceMark {
        /// Whose.
        registrar: RegistrarHandle,
        /// The mark, in minor units.
        minor: i64,
    },
    /// Reserves a name, for the holder of a token where one is given.
    Reserve {
        /// The name.
        name: DomainName,
        /// The allocation token that opens it (RFC 8495).
        token: Option<TokenText>,
    },
    /// Opens a reserved name again.
    Unreserve {
        /// The name.
        name: DomainName,
    },
    /// Puts a label on the claims list, in every TLD (RFC 8334 section 2.4.2).
    Claim {
        /// The label, as an A-label.
        label: String,
        /// The lookup key a claims check gives; none takes the label off the list.
        key: Option<String>,
    },
    /// Gives a name prices of its own, in minor units, which must be acknowledged (RFC 8748).
    Premium {
        /// The name.
        name: DomainName,
        /// A year at create.
        create: i64,
        /// A year of renewal.
        renew: i64,
        /// A transfer.
        transfer: i64,
        /// A restore.
        restore: i64,
    },
    /// Announces an outage to every registrar (RFC 9167).
    Maintenance {
        /// Its identifier.
        id: String,
        /// When it begins.
        start: Timestamp,
        /// When it ends.
        end: Timestamp,
    },
}

/// An allocation token on its way in; `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenText(pub String);

impl fmt::Debug for TokenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Why an order was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdminError {
    /// No such object.
    #[error("`{0}` does not exist at this registry; its state lists what does")]
    NotFound(String),
    /// The state of the object forbids it.
    #[error("`{0}` is being deleted or created; only registered names can be locked")]
    State(DomainName),
    /// A value is out of bounds.
    #[error("{0}")]
    Value(&'static str),
}

impl Registry {
    /// Carries out an order at `now`.
    ///
    /// # Errors
    /// [`AdminError`] when the object does not exist or cannot be changed so.
    pub fn administer(&mut self, action: &AdminAction, now: Timestamp, entropy: &mut dyn Entropy) -> Result<(), AdminError> {
        self.advance(now);
        match action {
            AdminAction::Hold { name, on } => {
                let what = if *on { "server hold set" } else { "server hold lifted" };
                self.set_statuses(name, &[EppStatus::ServerHold], *on, what, ("registry operator", None))
            }
            AdminAction::Lock { name, on } => {
                let what = if *on { "registry lock set" } else { "registry lock lifted" };
                self.set_statuses(name, &LOCK, *on, what, ("registry operator", None))
            }
            AdminAction::Urs { name, case } => self.set_statuses(name, &LOCK, true, "URS lock set", ("URS provider", Some(case.clone()))),
            AdminAction::Balance { registrar, minor } => self.set_balance(registrar, *minor),
            AdminAction::LowBalanceMark { registrar, minor } => {
                let account = self.accounts.get_mut(registrar).ok_or_else(|| AdminError::NotFound(registrar.to_string()))?;
                account.low_balance_minor = *minor;
                self.warn_of_low_balance(registrar, now);
                Ok(())
            }
            AdminAction::Reserve { name, token } => {
                self.ensure_ours(name)?;
                let token = token.as_ref().map(|token| AuthHash::of(&token.0, entropy));
                self.reserved.insert(name.clone(), token);
                Ok(())
            }
            AdminAction::Unreserve { name } => self.reserved.remove(name).map(|_| ()).ok_or_else(|| AdminError::NotFound(name.to_string())),
            AdminAction::Claim { label, key } => {
                match key {
                    Some(key) => self.options.claims.insert(label.clone(), key.clone()),
                    None => self.options.claims.remove(label),
                };
                Ok(())
            }
            AdminAction::Premium { name, create, renew, transfer, restore } => {
                self.ensure_ours(name)?;
                let price = |minor: &i64| Some(Money::new(*minor, self.currency));
                let (create, renew, transfer, restore) = (price(create), price(renew), price(transfer), price(restore));
                self.premium.insert(name.clone(), FeeTable { currency: self.currency, create, renew, transfer, restore });
                Ok(())
            }
            AdminAction::Maintenance { id, start, end } => self.announce_outage(id, *start, *end, now),
        }
    }

    fn ensure_ours(&self, name: &DomainName) -> Result<(), AdminError> {
        self.rules_of(name).map(|_| ()).ok_or_else(|| AdminError::NotFound(name.to_string()))
    }

    fn set_statuses(
        &mut self,
        name: &DomainName,
        statuses: &[EppStatus],
        on: bool,
        what: &'static str,
        (who, case): (&str, Option<String>),
    ) -> Result<(), AdminError> {
        let now = self.now;
        let domain = self.domains.get_mut(name).ok_or_else(|| AdminError::NotFound(name.to_string()))?;
        let prohibits = statuses.iter().any(|status| status.is_prohibition());
        if prohibits && on && !matches!(domain.life, Life::Active) {
            return Err(AdminError::State(name.clone()));
        }
        let cancels = on && prohibits && domain.has_pending_transfer();
        for status in statuses {
            if on {
                domain.set.insert(*status)
            } else {
                domain.set.remove(status)
            };
        }
        let sponsor = domain.origin.sponsor.clone();
        if cancels {
            self.end_transfer(name, TransferStatus::ServerCancelled, now);
            self.announce_transfer(name, now);
        }
        self.record_own(&sponsor, Verb::ServerUpdate, name, now, Vec::new());
        let event = Event::ServerChange { what, who: who.to_owned(), reason: what.to_owned(), case };
        self.tell_domain(&sponsor, name, now, event);
        Ok(())
    }

    fn set_balance(&mut self, registrar: &RegistrarHandle, minor: i64) -> Result<(), AdminError> {
        let account = self.accounts.get_mut(registrar).ok_or_else(|| AdminError::NotFound(registrar.to_string()))?;
        account.deposited_minor += minor - account.balance_minor;
        account.balance_minor = minor;
        let now = self.now;
        self.warn_of_low_balance(registrar, now);
        Ok(())
    }

    fn announce_outage(&mut self, id: &str, start: Timestamp, end: Timestamp, now: Timestamp) -> Result<(), AdminError> {
        if id.is_empty() || id.chars().count() > MAX_MAINTENANCE_ID_CHARS {
            return Err(AdminError::Value("the identifier of an outage has 1 to 64 characters"));
        }
        if end <= start {
            return Err(AdminError::Value("an outage ends after it starts; give a later end"));
        }
        let item = Item {
            id: MaintenanceId::new(id),
            types: vec!["Routine Maintenance".into()],
            poll_type: None,
            systems: vec![System { name: "EPP".to_owned(), host: None, impact: Impact::Full }],
            environment: Environment::Ote,
            environment_name: None,
            start,
            end,
            cause: Cause::Planned,
            detail: None,
            descriptions: Vec::new(),
            tlds: self.tlds.keys().map(|tld| tld.as_str().into()).collect(),
            intervention: None,
            created: now,
            updated: None,
        };
        let mut told = item.clone();
        told.poll_type = Some(epp::maintenance::PollType::Create);
        self.maintenances.insert(id.to_owned(), item);
        let everyone: Vec<RegistrarHandle> = self.accounts.keys().cloned().collect();
        for registrar in everyone {
            self.tell(&registrar, now, Event::Maintenance(Box::new(told.clone())));
        }
        Ok(())
    }
}

/// The prohibitions of a registry lock.
const LOCK: [EppStatus; 3] = [EppStatus::ServerUpdateProhibited, EppStatus::ServerTransferProhibited, EppStatus::ServerDeleteProhibited];
