//! The letters to holders who have to verify: the first at once, then the reminders of days 3, 7, 10 and 13 (ACY-3). One job for each
//! holder, which moves on to the next letter in the transaction that orders one.

use std::time::Duration;

use model::{ContactId, DomainId, DomainName, JobId, Timestamp};
use policy::verification::letter_due;
use policy::{DomainCommand, Permission, Phase, Registration};
use store::jobs::{self, Claim};
use store::registrations::{self, DomainFilter};
use store::verifications::{self, VerificationRow};
use store::{Pending, Tx};

use super::job_of;
use crate::actor;
use crate::authorised::{NeedsPermission, authorise};
use crate::failure::{Failure, Fault};
use crate::order::{DomainOrder, Target};
use crate::registrar::Registrar;
use crate::use_case::{UseCase, Work};

/// The kind of the job; its key is the holder.
pub(super) const KIND: &str = "verification-letter";
/// Jobs claimed at once.
const CLAIMS: u32 = 100;
/// How long a worker that died keeps a job from the others.
const LEASE: Duration = Duration::from_secs(5 * 60);
/// Names looked at, at once, for one that waits.
const PAGE_NAMES: u32 = 100;

/// Has a holder written to.
pub(super) fn enqueue(tx: &mut Tx<'_>, registrar: &Registrar, contact: ContactId, at: Timestamp) -> Result<(), Failure> {
    jobs::enqueue(tx, &job_of(registrar, KIND, &contact.to_string(), at))?;
    Ok(())
}

/// Nothing is asked any more.
pub(super) fn cancel(tx: &mut Tx<'_>, contact: ContactId) -> Result<(), Failure> {
    jobs::cancel(tx, KIND, &contact.to_string())?;
    Ok(())
}

/// Orders the letters that are due.
#[derive(Clone, Debug)]
pub struct VerificationLetters {
    registrar: Registrar,
    owner: String,
}

impl VerificationLetters {
    /// The worker of this registrar.
    #[must_use]
    pub fn new(registrar: &Registrar) -> Self {
        let owner = JobId::new(registrar.now(), &mut registrar.draw()).to_string();
        Self { registrar: registrar.clone(), owner }
    }

    /// When the next letter is due; for those who wait for the work to rest.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn next_due(&self) -> Result<Option<Timestamp>, Failure> {
        self.registrar.store().read(|tx| Ok(jobs::find_next_ready(tx, KIND)?))
    }

    /// Orders what is due, up to a bound; gives how many holders were looked at, 0 where nothing is due.
    ///
    /// # Errors
    /// A fault of the store, or of a decision; what was ordered before it stays.
    pub fn step(&self) -> Result<usize, Failure> {
        let now = self.registrar.now();
        if self.next_due()?.is_none_or(|at| at > now) || self.registrar.is_at_rest()? {
            return Ok(0);
        }
        let owner = self.owner.clone();
        let claims = self.registrar.store().write::<_, Failure>(move |tx| Ok(jobs::claim(tx, KIND, &owner, now, LEASE, CLAIMS)?))?;
        let count = claims.len();
        let started: Vec<Pending<(), Failure>> = claims
            .into_iter()
            .map(|claim| self.registrar.start(authorise(&actor::timer(), Letter { claim })?))
            .collect::<Result<_, Failure>>()?;
        // Every one is waited for, so that one that failed holds up none of the others.
        let failed = started.into_iter().fold(None, |failed, pending| pending.wait().err().or(failed));
        failed.map_or(Ok(count), Err)
    }
}

/// The letter of one job.
struct Letter {
    claim: Claim,
}

impl NeedsPermission for Letter {
    fn permission(&self) -> Permission {
        Permission::RunClock
    }
}

impl UseCase for Letter {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        let contact: ContactId =
            self.claim.key.parse().map_err(|_| Fault::words(format!("the key of job {} names no contact", self.claim.id)))?;
        let row = verifications::find(work.tx, contact)?.filter(|row| !row.is_verified);
        let Some((row, asked_at)) = row.and_then(|row| row.asked_at.map(|at| (row, at))) else {
            return Ok(jobs::complete(work.tx, &self.claim)?);
        };
        let Some(domain) = find_waiting(work.tx, contact)? else {
            // No name waits any more: whoever gets one is asked anew.
            verifications::put(work.tx, contact, &VerificationRow { asked_at: None, ..row })?;
            return Ok(jobs::complete(work.tx, &self.claim)?);
        };
        let letter = newest_due(asked_at, row.letters, work.now);
        let round = round_of(&row);
        work.order(DomainOrder::new(Target::Existing(domain), DomainCommand::AskHolder { contact, round, letter }))?;
        let letters = letter + 1;
        verifications::put(work.tx, contact, &VerificationRow { letters, ..row })?;
        match letter_due(asked_at, letters as usize) {
            Some(at) => {
                jobs::extend(work.tx, &self.claim, work.now, LEASE)?;
                Ok(jobs::replace(work.tx, &job_of(work.registrar, KIND, &self.claim.key, at))?)
            }
            None => Ok(jobs::complete(work.tx, &self.claim)?),
        }
    }
}

/// A word for the round of asking that begins with a nonce: from its hash, which tells nothing of it.
fn round_of(row: &VerificationRow) -> String {
    let hash = store::sha256(&[b"namekeep verification round v1|", row.nonce.as_ref().map_or(&[][..], |nonce| nonce)]);
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Of the letters that are due, the newest: after an outage nobody gets three at once.
fn newest_due(asked_at: Timestamp, letters_sent: u32, now: Timestamp) -> u32 {
    let is_due = |letter: u32| letter_due(asked_at, letter as usize).is_some_and(|at| at <= now);
    (letters_sent..).take_while(|letter| *letter == letters_sent || is_due(*letter)).last().unwrap_or(letters_sent)
}

/// A name that waits for its holder and that a letter can go out for.
fn find_waiting(tx: &mut Tx<'_>, contact: ContactId) -> Result<Option<DomainId>, Failure> {
    let filter = DomainFilter { registrant: Some(contact), ..DomainFilter::default() };
    let waits = |registration: &&Registration| {
        let is_asked = registration.verification.as_ref().is_some_and(|case| case.contact == contact);
        is_asked && matches!(registration.phase, Phase::Registered | Phase::TransferringOut)
    };
    let mut after: Option<(DomainName, DomainId)> = None;
    loop {
        let page = registrations::list(tx, &filter, after, PAGE_NAMES)?;
        if let Some(waiting) = page.iter().find(waits) {
            return Ok(Some(waiting.id));
        }
        match page.last().filter(|_| page.len() == PAGE_NAMES as usize) {
            Some(last) => after = Some((last.name.clone(), last.id)),
            None => return Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use policy::calendar::add_days;

    use super::*;

    #[test]
    fn after_an_outage_only_the_newest_letter_goes_out() {
        let asked_at: Timestamp = "2026-12-01T10:00:00Z".parse().unwrap();
        for (letters, days, newest) in [(0, 0, 0), (1, 3, 1), (1, 8, 2), (1, 12, 3), (2, 12, 3), (0, 9, 2), (4, 40, 4)] {
            assert_eq!(newest_due(asked_at, letters, add_days(asked_at, days)), newest, "{letters} sent, day {days}");
        }
    }
}
