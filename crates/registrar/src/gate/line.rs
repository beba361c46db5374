//! The line to one registry: who we are there, its profile, its port, and how a question is asked and put on record.

use std::sync::Arc;

use epp::conn::{Frame, Prepared};
use epp::pool::Lane;
use jiff::SignedDuration;
use model::{AuthInfo, ClTrid, ContactId, IntentId, MessageId, RegistrarHandle, RegistryId, Timestamp};
use policy::profile::{RegistryProfile, TldProfile};
use store::{StoreFault, Tx};

use super::frame::{Query, Surroundings, build_query, tld_of_host};
use super::port::{Answered, Exchange, PortRequest, RegistryPort};
use super::prove::{Finding, read};
use crate::command::launch_papers::LaunchPapers;
use crate::failure::Fault;
use crate::journal::{self, Begun, Ended};
use crate::registrar::Registrar;

/// The line to one registry. Clones share it.
#[derive(Clone)]
pub(crate) struct Line {
    /// Whose line it is.
    pub(crate) registrar: Registrar,
    /// The registry.
    pub(crate) profile: Arc<RegistryProfile>,
    /// Our handle there.
    pub(crate) us: RegistrarHandle,
    /// How commands reach it.
    pub(crate) port: Arc<dyn RegistryPort>,
}

/// A question that was asked, and what came of it.
pub(crate) struct Asked {
    query: Query,
    asked_at: Timestamp,
    /// The command as it left; none if it never did.
    sent: Option<(ClTrid, Frame)>,
    /// The answer, or why there is none.
    end: Result<Box<Answered>, String>,
}

impl Line {
    /// The line of `registrar` to `registry` over `port`.
    pub(crate) fn open(registrar: Registrar, registry: &RegistryId, port: Arc<dyn RegistryPort>) -> Result<Self, Fault> {
        let profile = registrar
            .registry(registry)
            .cloned()
            .ok_or_else(|| Fault::words(format!("no profile has the registry id `{registry}`; add the profile or correct the id")))?;
        let us = registrar
            .account(registry)
            .cloned()
            .ok_or_else(|| Fault::words(format!("no account is configured at registry `{registry}`; name our registrar handle there")))?;
        Ok(Self { registrar, profile: Arc::new(profile), us, port })
    }

    /// The registry.
    pub(crate) fn registry(&self) -> &RegistryId {
        &self.profile.id
    }

    /// The name of the account in the journal and the message store.
    pub(crate) fn account(&self) -> &str {
        self.profile.id.as_str()
    }

    /// The time a registry may take for a change (five times its service level unless the profile says otherwise).
    pub(crate) fn transform_deadline(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.profile.deadlines.transform_seconds))
    }

    /// The rules of the TLD that a query is about.
    fn tld_of(&self, query: &Query) -> Option<&TldProfile> {
        match query {
            Query::Domain(name) | Query::Transfer(name) => self.profile.tld_of(name),
            Query::Names(names, _) | Query::Claims(names) => names.first().and_then(|name| self.profile.tld_of(name)),
            Query::Host(host) => tld_of_host(&self.profile, host).or_else(|| self.profile.tlds.first()),
            Query::Contact(_) => self.profile.tlds.first(),
            Query::Poll | Query::Acknowledge(_) => None,
        }
    }

    /// Asks. Queries overtake the changes that wait for an object: they change nothing.
    pub(crate) async fn ask(&self, query: Query, lane: Lane) -> Asked {
        let asked_at = self.registrar.now();
        let around = Surroundings {
            registry: &self.profile,
            tld: self.tld_of(&query),
            auth_info: None,
            unknown_auth_info: AuthInfo::generate(&mut self.registrar.draw()),
            contact: None,
            papers: LaunchPapers::default(),
        };
        let id = MessageId::new(asked_at, &mut self.registrar.draw());
        let (cltrid, prepared) = match prepare(&query, &around, &id) {
            Ok(made) => made,
            Err(reason) => return Asked { query, asked_at, sent: None, end: Err(reason) },
        };
        let sent = Some((cltrid, prepared.frame().clone()));
        let tenant = around.tld.map_or_else(|| self.profile.id.to_string(), |tld| tld.name.to_string());
        match self.port.exchange(PortRequest { lane, tenant, object: None, prepared }).await {
            Exchange::Answered(answered) => Asked { query, asked_at, sent, end: Ok(answered) },
            Exchange::NotSent(not_sent) => Asked { query, asked_at, sent: None, end: Err(not_sent.reason) },
            Exchange::Unknown(unknown) => Asked { query, asked_at, sent, end: Err(unknown.reason) },
        }
    }

    /// The journal's line for a command about to be sent.
    pub(crate) fn begin(
        &self,
        tx: &mut Tx<'_>,
        cltrid: &ClTrid,
        intent: Option<IntentId>,
        (verb, object, person): (&str, Option<&str>, Option<ContactId>),
        request: &Frame,
        sent_at: Timestamp,
    ) -> Result<(), StoreFault> {
        let registry = self.registry();
        journal::begin(tx, &self.registrar, &Begun { cltrid, registry, intent, verb, object, person, frame: request, sent_at })
    }

    /// The journal's line for an answer.
    pub(crate) fn complete(&self, tx: &mut Tx<'_>, cltrid: &ClTrid, answered: &Answered) -> Result<(), StoreFault> {
        journal::complete(tx, &self.registrar, cltrid, &ended(answered))
    }
}

fn ended(answered: &Answered) -> Ended<'_> {
    Ended { response: &answered.response, frame: answered.frame.expose(), received_at: answered.received_at }
}

/// The command of a query. Its clTRID is an id of its own: unique for the account without belonging to an intent.
fn prepare(query: &Query, around: &Surroundings<'_>, id: &MessageId) -> Result<(ClTrid, Prepared), String> {
    let cltrid = ClTrid::parse(&format!("nkq-{id}")).map_err(|error| error.to_string())?;
    let prepared = Prepared::new(&build_query(query, around, &cltrid)).map_err(|error| error.to_string())?;
    Ok((cltrid, prepared))
}

impl Asked {
    /// What proof makes of it.
    pub(crate) fn finding(&self) -> Finding {
        match &self.end {
            Ok(answered) => read(&answered.response, answered.received_at),
            Err(reason) => Finding::Failed { reason: reason.clone() },
        }
    }

    /// When it was asked.
    pub(crate) fn asked_at(&self) -> Timestamp {
        self.asked_at
    }

    /// The answer, or why there is none.
    pub(crate) fn answer(&self) -> Result<&Answered, &str> {
        self.end.as_deref().map_err(String::as_str)
    }

    /// Puts question and answer on record, unless it never left.
    pub(crate) fn record(&self, tx: &mut Tx<'_>, line: &Line) -> Result<(), StoreFault> {
        let Some((cltrid, request)) = &self.sent else {
            return Ok(());
        };
        let object = self.query.object();
        let (verb, object, sent_at) = (self.query.verb(), object.as_deref(), self.asked_at);
        let spoken_of = match &self.query {
            Query::Contact(handle) => Some(handle.as_str()),
            _ => self.end.as_ref().ok().and_then(|answered| journal::handle_in(&answered.response)),
        };
        let person = spoken_of.map_or(Ok(None), |handle| journal::person_of(tx, line.registry(), handle))?;
        let begun = Begun { cltrid, registry: line.registry(), intent: None, verb, object, person, frame: request, sent_at };
        match &self.end {
            Ok(answered) => journal::record(tx, &line.registrar, &begun, &ended(answered)),
            Err(_) => journal::begin(tx, &line.registrar, &begun),
        }
    }
}
