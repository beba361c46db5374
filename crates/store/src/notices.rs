//! Notices: ordered with the decision, carried later, kept sealed as they left, with what became of them.

use jiff::Timestamp;
use model::{DomainId, NoticeId};
use policy::notice::NoticeOrder;

use crate::fault::StoreFault;
use crate::json::to_json;
use crate::sql::notices as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

/// Sorts behind every id, so a page after it is the first.
const BEHIND_ALL: &str = "~";

/// What became of a notice once it had left, in the order in which one may follow another: what is worse is the last word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeOutcome {
    /// It left, and nothing was heard of it since.
    Carried,
    /// A server on the way is still trying.
    Delayed,
    /// It did not arrive, and not because of the address.
    BouncedSoft,
    /// It did not arrive because the address cannot be reached.
    BouncedHard,
    /// It was refused at once because the address cannot be reached.
    Refused,
}

impl NoticeOutcome {
    /// Every outcome, the best first.
    pub const ALL: [Self; 5] = [Self::Carried, Self::Delayed, Self::BouncedSoft, Self::BouncedHard, Self::Refused];

    /// The word in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Carried => "carried",
            Self::Delayed => "delayed",
            Self::BouncedSoft => "bounced-soft",
            Self::BouncedHard => "bounced-hard",
            Self::Refused => "refused",
        }
    }

    /// The outcome of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// A notice with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// As ordered.
    pub order: NoticeOrder,
    /// When it left; none while nobody carried it.
    pub carried_at: Option<Timestamp>,
    /// Under whose vault key its text is sealed.
    pub key_owner: Option<String>,
    /// Its text as it left, sealed.
    pub sealed: Option<Vec<u8>>,
    /// The language it left in (BCP 47).
    pub language: Option<String>,
    /// What became of it, and when that was known; none while nobody carried it.
    pub outcome: Option<(NoticeOutcome, Timestamp)>,
    /// Why: an enhanced code (RFC 3463), a reply code, or a word of ours.
    pub reason: Option<String>,
    /// What the last server said of it, sealed.
    pub reply: Option<Vec<u8>>,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// When it is tried again.
    pub next_try_at: Option<Timestamp>,
}

/// A notice that leaves.
#[derive(Clone, Copy, Debug)]
pub struct Departure<'a> {
    /// When.
    pub at: Timestamp,
    /// In which language (BCP 47).
    pub language: &'a str,
    /// Under whose vault key its text is sealed.
    pub key_owner: &'a str,
    /// Its text as it leaves, sealed.
    pub sealed: &'a [u8],
    /// What the relay said that took it, sealed.
    pub reply: Option<&'a [u8]>,
}

/// What is heard of a notice after it left.
#[derive(Clone, Copy, Debug)]
pub struct Word<'a> {
    /// What became of it.
    pub outcome: NoticeOutcome,
    /// When that was known.
    pub at: Timestamp,
    /// Why, as a code.
    pub reason: Option<&'a str>,
    /// What a server said, sealed.
    pub reply: Option<&'a [u8]>,
}

/// Orders a notice; `false` if one with its name and key was ordered before.
///
/// # Errors
/// If the database cannot be written.
pub fn insert(tx: &mut Tx<'_>, order: &NoticeOrder) -> Result<bool, StoreFault> {
    let parameters = values![
        order.id.to_string(),
        order.domain.to_string(),
        &order.key,
        order.kind.word(),
        order.decided_at,
        to_json("notice", order)?,
    ];
    Ok(tx.execute(&sql::INSERT, parameters)? > 0)
}

/// Up to `limit` notices that nobody has carried and that may be tried at `now`, by id after `after`, each with how often it was tried
/// in vain.
///
/// # Errors
/// If the database cannot be read.
pub fn list_uncarried(tx: &mut Tx<'_>, after: Option<NoticeId>, now: Timestamp, limit: u32) -> Result<Vec<(NoticeOrder, u32)>, StoreFault> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    tx.list(&sql::LIST_UNCARRIED, values![after, now, limit], |row| Ok((row.json(0)?, row.number(1)?)))
}

/// Notes that a notice left.
///
/// # Errors
/// [`StoreFault::Outdated`] if it was carried already.
pub fn set_carried(tx: &mut Tx<'_>, id: NoticeId, departure: &Departure<'_>) -> Result<(), StoreFault> {
    let Departure { at, language, key_owner, sealed, reply } = *departure;
    let parameters = values![at, at, key_owner, language, sealed, reply, id.to_string()];
    tx.execute_one(&sql::SET_CARRIED, parameters, || StoreFault::Outdated { what: format!("notice {id}") })
}

/// Notes that a notice did not leave, why, and when it is tried again.
///
/// # Errors
/// [`StoreFault::Outdated`] if it was carried already.
pub fn put_off(tx: &mut Tx<'_>, id: NoticeId, next_try_at: Timestamp, reason: &str) -> Result<(), StoreFault> {
    let parameters = values![next_try_at, reason, id.to_string()];
    tx.execute_one(&sql::PUT_OFF, parameters, || StoreFault::Outdated { what: format!("notice {id}") })
}

/// Notes what is heard of a notice that left; `false` if nothing worse is heard than before, so that a message that comes ten thousand
/// times is one.
///
/// # Errors
/// [`StoreFault::Outdated`] if something else was noted meanwhile.
pub fn set_outcome(tx: &mut Tx<'_>, id: NoticeId, word: &Word<'_>) -> Result<bool, StoreFault> {
    let before = find(tx, id)?.and_then(|row| row.outcome).map(|(outcome, _)| outcome);
    let Some(before) = before.filter(|before| *before < word.outcome) else {
        return Ok(false);
    };
    let Word { outcome, at, reason, reply } = *word;
    let parameters = values![outcome.word(), at, reason, reply, id.to_string(), before.word()];
    tx.execute_one(&sql::SET_OUTCOME, parameters, || StoreFault::Outdated { what: format!("notice {id}") })?;
    Ok(true)
}

/// One notice.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, id: NoticeId) -> Result<Option<NoticeRow>, StoreFault> {
    tx.find(&sql::FIND, values![id.to_string()], read)
}

/// Takes back a notice that nobody has carried and nobody can get any more; `false` if it was carried.
///
/// # Errors
/// If the database cannot be written.
pub fn remove_uncarried(tx: &mut Tx<'_>, id: NoticeId) -> Result<bool, StoreFault> {
    Ok(tx.execute(&sql::REMOVE_UNCARRIED, values![id.to_string()])? > 0)
}

/// Lets go of every notice about a name; gives how many.
///
/// # Errors
/// If the database cannot be written.
pub fn purge_of(tx: &mut Tx<'_>, domain: DomainId) -> Result<u64, StoreFault> {
    tx.execute(&sql::PURGE_OF, values![domain.to_string()])
}

/// Every notice about a name, in the order they were decided.
///
/// # Errors
/// If the database cannot be read.
pub fn list_of(tx: &mut Tx<'_>, domain: DomainId) -> Result<Vec<NoticeRow>, StoreFault> {
    tx.list(&sql::LIST_OF, values![domain.to_string()], read)
}

/// Which notices to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeFilter {
    /// All.
    #[default]
    All,
    /// Those that have not left.
    Waiting,
    /// Those of an outcome other than carried.
    Of(NoticeOutcome),
}

/// Up to `limit` notices, the newest first, from before `before` on.
///
/// # Errors
/// If the database cannot be read.
pub fn list(tx: &mut Tx<'_>, filter: NoticeFilter, before: Option<NoticeId>, limit: u32) -> Result<Vec<NoticeRow>, StoreFault> {
    let before = before.map_or_else(|| BEHIND_ALL.to_owned(), |id| id.to_string());
    match filter {
        NoticeFilter::All => tx.list(&sql::LIST, values![before, limit], read),
        NoticeFilter::Waiting => tx.list(&sql::LIST_WAITING, values![before, limit], read),
        NoticeFilter::Of(outcome) => tx.list(&sql::LIST_TROUBLED, values![outcome.word(), before, limit], read),
    }
}

fn read(row: &Row<'_>) -> Result<NoticeRow, StoreFault> {
    let outcome = match row.opt_string(5)? {
        None => None,
        Some(word) => {
            let outcome = NoticeOutcome::from_word(&word).ok_or_else(|| row.shape(5, "it is no outcome".to_owned()))?;
            Some((outcome, row.time(6)?))
        }
    };
    Ok(NoticeRow {
        order: row.json(0)?,
        carried_at: row.opt_time(1)?,
        key_owner: row.opt_string(2)?,
        sealed: row.opt_blob(3)?.map(<[u8]>::to_vec),
        language: row.opt_string(4)?,
        outcome,
        reason: row.opt_string(7)?,
        reply: row.opt_blob(8)?.map(<[u8]>::to_vec),
        attempts: row.number(9)?,
        next_try_at: row.opt_time(10)?,
    })
}
