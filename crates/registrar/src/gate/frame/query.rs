//! Queries: what the prover asks to learn the truth. They change nothing and may be repeated freely.

use epp::domain::{self, HostFilter, Info, Transfer};
use epp::extension::fee::{Check as FeeCheck, Fee, FeeBody, FeeCommand, PricedVerb};
use epp::extension::launch::{Check as LaunchCheck, CheckForm, Launch, Phase, PhaseKind};
use epp::{Check, Command, CommandBody, Poll, TransferOp, contact, host};
use model::{AllocationToken, ClTrid, ContactHandle, DomainName, HostName};
use policy::profile::{Extension as Feature, FeeVersion};

use super::{Surroundings, extension, launch};

/// A question to a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Query {
    /// `domain:info` with all hosts.
    Domain(DomainName),
    /// `domain:transfer op="query"`.
    Transfer(DomainName),
    /// `host:info`.
    Host(HostName),
    /// `contact:info`.
    Contact(ContactHandle),
    /// `domain:check`, with prices where the registry tells them, and on a token's behalf where one is given.
    Names(Vec<DomainName>, Option<AllocationToken>),
    /// `domain:check` in the claims form (RFC 8334 section 3.1.1).
    Claims(Vec<DomainName>),
    /// `poll op="req"`.
    Poll,
    /// `poll op="ack"`.
    Acknowledge(String),
}

impl Query {
    /// Verb and object kind, as the journal names it.
    pub(crate) fn verb(&self) -> &'static str {
        match self {
            Self::Domain(_) => "domain:info",
            Self::Transfer(_) => "domain:transfer query",
            Self::Host(_) => "host:info",
            Self::Contact(_) => "contact:info",
            Self::Names(..) => "domain:check",
            Self::Claims(_) => "domain:check claims",
            Self::Poll => "poll req",
            Self::Acknowledge(_) => "poll ack",
        }
    }

    /// The object, as the journal names it.
    pub(crate) fn object(&self) -> Option<String> {
        match self {
            Self::Domain(name) | Self::Transfer(name) => Some(name.to_string()),
            Self::Host(name) => Some(name.to_string()),
            Self::Contact(handle) => Some(handle.to_string()),
            Self::Acknowledge(message) => Some(message.clone()),
            Self::Names(..) | Self::Claims(_) | Self::Poll => None,
        }
    }
}

/// The command that asks it.
pub(crate) fn build(query: &Query, around: &Surroundings<'_>, cltrid: &ClTrid) -> Command {
    let body = match query {
        Query::Domain(name) => {
            let mut info = Info::new(name);
            info.hosts = HostFilter::All;
            CommandBody::Domain(domain::Command::Info(info))
        }
        Query::Transfer(name) => CommandBody::Domain(domain::Command::Transfer(Transfer::new(TransferOp::Query, name))),
        Query::Host(name) => CommandBody::Host(host::Command::Info(host::Named::new(name))),
        Query::Contact(handle) => CommandBody::Contact(contact::Command::Info(contact::Authorised::new(handle))),
        Query::Names(names, _) | Query::Claims(names) => CommandBody::Domain(domain::Command::Check(Check::of(names))),
        Query::Poll => CommandBody::Poll(Poll::Request),
        Query::Acknowledge(message) => CommandBody::Poll(Poll::Acknowledge { message_id: message.clone() }),
    };
    let mut command = Command::new(body, cltrid);
    match query {
        Query::Poll | Query::Acknowledge(_) => {}
        Query::Names(_, token) => {
            add_prices(&mut command, around);
            command.extensions.extend(token.as_ref().map(|token| launch::wire_token(token).into()));
            extension::add_namestore(&mut command, around);
        }
        Query::Claims(_) => {
            let check = LaunchCheck { form: CheckForm::Claims, phase: Some(Phase::new(PhaseKind::Claims)) };
            command.extensions.push(Launch::Check(check).into());
            extension::add_namestore(&mut command, around);
        }
        _ => extension::add_namestore(&mut command, around),
    }
    command
}

/// Asks what each name would cost: every operation at once, or only the create where the version takes one (fee-0.11).
fn add_prices(command: &mut Command, around: &Surroundings<'_>) {
    if !around.offers(Feature::Fee) {
        return;
    }
    let verbs = match around.registry.namespaces.fee_version {
        Some(FeeVersion::V0_11) => vec![PricedVerb::Create],
        _ => vec![PricedVerb::Create, PricedVerb::Renew, PricedVerb::Transfer, PricedVerb::Restore],
    };
    let commands = verbs.into_iter().map(|verb| FeeCommand::new(verb, None)).collect();
    let check = FeeCheck { currency: None, commands, class: None };
    command.extensions.push(Fee::new(extension::wire_version(around), FeeBody::Check(check)).into());
}
