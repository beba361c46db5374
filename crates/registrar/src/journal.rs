//! The EPP journal as everybody here writes it: one retention a class, one way to name an account (RET-4, RET-5, RET-8).

use epp::Response;
use epp::conn::Frame;
use model::{ClTrid, ContactHandle, ContactId, DomainId, IntentId, RegistryId, SvTrid, Timestamp};
use policy::retention;
use store::journal::{self, NewExchange};
use store::{StoreFault, Tx, contacts};

use crate::registrar::Registrar;

/// A name was deleted or left us: the clock of what was submitted for it begins. Exchanges about hosts and contacts go with the name
/// for which they were ordered.
pub(crate) fn end_keeping(tx: &mut Tx<'_>, domain: DomainId, now: Timestamp) -> Result<(), StoreFault> {
    journal::end_keeping(tx, domain, retention::SUBMISSION.keep_until(now))
}

/// The person behind a contact object at a registry, if it is one of ours who was not erased.
pub(crate) fn person_of(tx: &mut Tx<'_>, registry: &RegistryId, handle: &str) -> Result<Option<ContactId>, StoreFault> {
    let Ok(handle) = ContactHandle::parse(handle) else { return Ok(None) };
    let Some(contact) = contacts::find_by_handle(tx, registry, &handle)? else { return Ok(None) };
    Ok(contacts::is_known(tx, contact)?.then_some(contact))
}

/// The contact object that an answer describes.
pub(crate) fn handle_in(response: &Response) -> Option<&str> {
    match response.contact()? {
        epp::contact::Data::Info(info) => Some(info.id.as_str()),
        _ => None,
    }
}

/// A command on its way to a registry.
pub(crate) struct Begun<'a> {
    /// Its id.
    pub(crate) cltrid: &'a ClTrid,
    /// To which registry.
    pub(crate) registry: &'a RegistryId,
    /// The intent it carries out; none for queries and sessions.
    pub(crate) intent: Option<IntentId>,
    /// Verb and object kind, for example `domain:create`.
    pub(crate) verb: &'a str,
    /// The object's name or handle.
    pub(crate) object: Option<&'a str>,
    /// The person whose data it or its answer holds, so that erasing the person erases the frames.
    pub(crate) person: Option<ContactId>,
    /// Its frame.
    pub(crate) frame: &'a Frame,
    /// When it is sent.
    pub(crate) sent_at: Timestamp,
}

/// What came back.
pub(crate) struct Ended<'a> {
    /// The answer.
    pub(crate) response: &'a Response,
    /// Its frame.
    pub(crate) frame: &'a [u8],
    /// When it arrived.
    pub(crate) received_at: Timestamp,
}

impl Begun<'_> {
    /// Only an intent submits anything.
    fn keep_until(&self) -> Timestamp {
        match self.intent {
            Some(_) => journal::WITHOUT_END,
            None => retention::INTERACTION.keep_until(self.sent_at),
        }
    }

    /// An account goes by the name of its registry.
    fn exchange(&self) -> NewExchange<'_> {
        NewExchange {
            cltrid: self.cltrid,
            registry: self.registry,
            account: self.registry.as_str(),
            intent: self.intent,
            verb: self.verb,
            object: self.object,
            person: self.person,
            sent_at: self.sent_at,
            keep_until: self.keep_until(),
        }
    }
}

impl Ended<'_> {
    fn svtrid(&self) -> Option<SvTrid> {
        self.response.svtrid.as_ref().and_then(|id| SvTrid::parse(id.as_str()).ok())
    }

    fn answer<'a>(&self, svtrid: Option<&'a SvTrid>) -> journal::Answer<'a> {
        journal::Answer { received_at: self.received_at, svtrid, code: self.response.code().get() }
    }
}

/// Puts a command on record before it is sent.
pub(crate) fn begin(tx: &mut Tx<'_>, registrar: &Registrar, begun: &Begun<'_>) -> Result<(), StoreFault> {
    journal::begin(tx, registrar.vault(), &begun.exchange(), begun.frame.expose())
}

/// Puts the answer to a command on record.
pub(crate) fn complete(tx: &mut Tx<'_>, registrar: &Registrar, cltrid: &ClTrid, ended: &Ended<'_>) -> Result<(), StoreFault> {
    let svtrid = ended.svtrid();
    journal::complete(tx, registrar.vault(), cltrid, &ended.answer(svtrid.as_ref()), ended.frame)
}

/// Puts a command that changes nothing on record together with its answer.
pub(crate) fn record(tx: &mut Tx<'_>, registrar: &Registrar, begun: &Begun<'_>, ended: &Ended<'_>) -> Result<(), StoreFault> {
    let svtrid = ended.svtrid();
    let answer = ended.answer(svtrid.as_ref());
    journal::record(tx, registrar.vault(), &begun.exchange(), begun.frame.expose(), &answer, ended.frame)
}
