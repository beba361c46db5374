//! The three kinds of no: the rules say no, you may not, or something broke.

use std::fmt;

use policy::{Permission, Refusal};
use store::StoreFault;
use thiserror::Error;

/// Why a command was not carried out. In every case nothing of it was stored.
#[derive(Debug, Error)]
pub enum Failure {
    /// The rules say no; the refusal names its rule and what to do.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The actor may not do this, or did not prove who it is.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// We or a partner broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Failure {
    /// What operators are told of it in alarms: of a fault the cause itself, which holds no secret and no personal data.
    #[must_use]
    pub fn for_operators(&self) -> String {
        match self {
            Self::Fault(fault) => format!("{} (incident {})", fault.chain(), fault.incident()),
            other => other.to_string(),
        }
    }

    /// Stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::Denied(denial) => denial.code,
            Self::Fault(_) => "fault",
        }
    }

    /// Whether what was worked on is at fault, not the store: the same work fails again, while other work can succeed.
    pub(crate) fn is_of_the_matter(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Denied(_) => true,
            Self::Fault(fault) => fault.is_of_the_matter,
        }
    }

    /// What to do about it, where something can be done.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => refusal.hint.as_deref(),
            Self::Denied(denial) => Some(denial.hint),
            Self::Fault(_) => None,
        }
    }
}

impl From<StoreFault> for Failure {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault.into())
    }
}

/// The actor is not known or may not do this. Says no more than that, so that nobody learns what exists.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{sentence} ({code})")]
pub struct Denial {
    /// Stable code for programs: `auth.permission` or `auth.token`.
    pub code: &'static str,
    /// One sentence for people.
    pub sentence: String,
    /// What to do.
    pub hint: &'static str,
}

impl Denial {
    /// This kind of actor does not hold the permission.
    pub(crate) fn lacks(actor: &'static str, permission: Permission) -> Self {
        Self {
            code: "auth.permission",
            sentence: format!("the {actor} may not do this: it lacks the permission {permission:?}"),
            hint: "ask an operator to do it",
        }
    }

    /// The token is not one of ours, or no longer. Which of the two is not said.
    pub(crate) fn bad_token() -> Self {
        Self {
            code: "auth.token",
            sentence: "the operator token is not valid".to_owned(),
            hint: "check that the whole token was copied, or have another operator enrol you anew",
        }
    }
}

/// Something broke: here, in the database, in a file. The caller gets the incident id, the log gets the chain.
///
/// The incident id is made of the chain, so the same fault has the same id wherever it shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Fault {
    incident: String,
    chain: String,
    is_passing: bool,
    is_of_the_matter: bool,
}

impl Fault {
    /// A fault, with what was attempted and the error that stopped it.
    #[must_use]
    pub fn new(attempt: &str, cause: &dyn std::error::Error) -> Self {
        let mut chain = format!("{attempt}: {cause}");
        let mut deeper = cause.source();
        while let Some(source) = deeper {
            chain = format!("{chain}: {source}");
            deeper = source.source();
        }
        Self::of(chain, false, true)
    }

    /// A fault in plain words, where there is no error beneath.
    #[must_use]
    pub fn words(chain: impl Into<String>) -> Self {
        Self::of(chain.into(), false, true)
    }

    fn of(chain: String, is_passing: bool, is_of_the_matter: bool) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, chain.as_bytes());
        let incident = digest.as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        Self { incident, chain, is_passing, is_of_the_matter }
    }

    /// What to quote when asking about it.
    #[must_use]
    pub fn incident(&self) -> &str {
        &self.incident
    }

    /// What happened, from the attempt down to the cause; holds no secret and no personal data.
    #[must_use]
    pub fn chain(&self) -> &str {
        &self.chain
    }

    /// Whether the same command can succeed on a repeat without anybody mending something first.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.is_passing
    }
}

impl From<StoreFault> for Fault {
    fn from(fault: StoreFault) -> Self {
        Self::of(fault.to_string(), fault.is_passing(), fault.is_of_the_matter())
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({}: {})", self.incident, self.chain)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "something broke and nothing was changed; the log has the cause under incident {}", self.incident)
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_sees_the_incident_and_the_log_the_chain() {
        let fault = Fault::from(StoreFault::Missing { what: "registration dom_1".to_owned() });
        assert_eq!(fault.chain(), "registration dom_1 does not exist");
        assert!(!fault.to_string().contains("dom_1"), "{fault}");
        assert!(fault.to_string().contains(fault.incident()), "{fault}");
        assert_eq!(fault, Fault::words("registration dom_1 does not exist"));
    }

    #[test]
    fn a_lost_race_can_be_repeated() {
        assert!(Fault::from(StoreFault::Outdated { what: "x".to_owned() }).is_passing());
        assert!(!Fault::words("x").is_passing());
    }
}
