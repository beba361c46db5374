//! The answer to a question of the prover, reduced to what proof needs.

use std::collections::BTreeSet;
use std::net::IpAddr;

use epp::contact::Person;
use epp::{Response, ResultCode, contact, domain, host};
use model::{RegistrarHandle, Timestamp};
use policy::{Actual, TransferState};

use crate::gate::observe;
use crate::gate::settle::words_of;

/// What a question brought to light.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// 2303.
    Absent,
    /// 2201, 2202: it exists and is somebody else's.
    Foreign,
    /// A domain.
    Domain(Box<Actual>),
    /// The latest transfer of a domain.
    Transfer(Box<TransferState>),
    /// 2301: no transfer is known.
    NoTransfer,
    /// A host object.
    Host(HostFound),
    /// A contact object.
    Contact(Box<ContactFound>),
    /// The question was not answered: not sent, cut, or refused for another reason.
    Failed {
        /// Why.
        reason: String,
    },
}

/// A host object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostFound {
    /// Who sponsors it.
    pub(crate) sponsor: Option<RegistrarHandle>,
    /// Its addresses.
    pub(crate) addresses: BTreeSet<IpAddr>,
}

/// A contact object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContactFound {
    /// Who sponsors it.
    pub(crate) sponsor: Option<RegistrarHandle>,
    /// Its data. Not printed.
    pub(crate) person: Person,
}

impl Finding {
    /// Why the question was not answered, if it was not.
    pub(super) fn failure(&self) -> Option<String> {
        match self {
            Self::Failed { reason } => Some(reason.clone()),
            _ => None,
        }
    }

    /// For sentences.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Absent => "no such object",
            Self::Foreign => "somebody else's object",
            Self::Domain(_) => "a domain",
            Self::Transfer(_) => "a transfer",
            Self::NoTransfer => "no transfer",
            Self::Host(_) => "a host",
            Self::Contact(_) => "a contact",
            Self::Failed { .. } => "no answer",
        }
    }
}

/// Reads a response to a question.
pub(crate) fn read(response: &Response, observed_at: Timestamp) -> Finding {
    let code = response.code();
    match code {
        ResultCode::OBJECT_DOES_NOT_EXIST => return Finding::Absent,
        ResultCode::AUTHORIZATION_ERROR | ResultCode::INVALID_AUTH_INFO => return Finding::Foreign,
        ResultCode::NOT_PENDING_TRANSFER => return Finding::NoTransfer,
        code if code.is_failure() => {
            return Finding::Failed { reason: format!("the registry answered {code}: {}", words_of(response)) };
        }
        _ => {}
    }
    let unreadable = || Finding::Failed { reason: "the registry's answer holds no readable object".to_owned() };
    match (response.domain(), response.host(), response.contact()) {
        (Some(domain::Data::Info(_)), ..) => {
            observe::domain(response, observed_at).map_or_else(unreadable, |actual| Finding::Domain(Box::new(actual)))
        }
        (Some(domain::Data::Transfer(data)), ..) => {
            observe::transfer(data).map_or_else(unreadable, |state| Finding::Transfer(Box::new(state)))
        }
        (None, Some(host::Data::Info(info)), _) => Finding::Host(HostFound {
            sponsor: observe::registrar(&info.provenance.sponsor),
            addresses: info.addresses.iter().copied().collect(),
        }),
        (None, None, Some(contact::Data::Info(info))) => {
            Finding::Contact(Box::new(ContactFound { sponsor: observe::registrar(&info.provenance.sponsor), person: info.person.clone() }))
        }
        _ => unreadable(),
    }
}
