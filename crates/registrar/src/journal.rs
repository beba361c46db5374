//! The EPP journal as everybody here writes it: one retention, one way to name an account (RET-5, RET-8).

use epp::Response;
use epp::conn::Frame;
use model::expiry::add_years;
use model::{ClTrid, IntentId, RegistryId, SvTrid, Timestamp};
use store::{StoreFault, Tx, journal};

use crate::registrar::Registrar;

/// How long the journal keeps an exchange, in years: the longest term of a name (ten) and two more (RET-5, RET-8).
const KEEP_YEARS: u8 = 12;

/// A command about to be sent.
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
    /// Its frame.
    pub(crate) frame: &'a Frame,
    /// When it is sent.
    pub(crate) sent_at: Timestamp,
}

/// Puts a command on record. An account goes by the name of its registry.
pub(crate) fn begin(tx: &mut Tx<'_>, registrar: &Registrar, begun: &Begun<'_>) -> Result<(), StoreFault> {
    let new = journal::NewExchange {
        cltrid: begun.cltrid,
        registry: begun.registry,
        account: begun.registry.as_str(),
        intent: begun.intent,
        verb: begun.verb,
        object: begun.object,
        sent_at: begun.sent_at,
        keep_until: add_years(begun.sent_at, KEEP_YEARS),
    };
    journal::begin(tx, registrar.vault(), &new, begun.frame.expose())
}

/// Puts the answer to a command on record.
pub(crate) fn complete(
    tx: &mut Tx<'_>,
    registrar: &Registrar,
    cltrid: &ClTrid,
    response: &Response,
    frame: &[u8],
    received_at: Timestamp,
) -> Result<(), StoreFault> {
    let svtrid = response.svtrid.as_ref().and_then(|id| SvTrid::parse(id.as_str()).ok());
    let answer = journal::Answer { received_at, svtrid: svtrid.as_ref(), code: response.code().get() };
    journal::complete(tx, registrar.vault(), cltrid, &answer, frame)
}
