//! The worker of the desk: takes the spool, hands out letters, watches clocks. One process at a time.

use std::path::Path;

use policy::desk::{DeskRules, Posted};
use store::intake::{Inbox, IntakeKey, Item};

use super::letters::Post;
use super::take::TakePosted;
use super::watch;
use crate::actor;
use crate::authorised::authorise;
use crate::failure::Failure;
use crate::notice::Courier;
use crate::registrar::Registrar;
use crate::registry::alarm::{self, Raised};
use crate::sole::{InFreeze, Sole};

/// What a desk works with.
pub struct DeskParts<'p> {
    /// Whose desk it is.
    pub registrar: &'p Registrar,
    /// Who hands its letters out: the courier that carries notices, so that both leave a silent relay alone.
    pub courier: &'p Courier,
    /// The folder of the spool.
    pub intake: &'p Path,
    /// What opens it.
    pub key: IntakeKey,
    /// What this registrar adds to the rules.
    pub rules: DeskRules,
}

/// The worker.
pub struct Desk {
    registrar: Registrar,
    sole: Sole,
    inbox: Inbox,
    key: IntakeKey,
    rules: DeskRules,
    post: Post,
}

impl Desk {
    /// The desk of a registrar.
    #[must_use]
    pub fn new(parts: DeskParts<'_>) -> Self {
        let DeskParts { registrar, courier, intake, key, rules } = parts;
        let post = Post::new(registrar, courier);
        Self {
            registrar: registrar.clone(),
            sole: Sole::new(registrar, "desk", InFreeze::GoesOn),
            inbox: Inbox::new(intake),
            key,
            rules,
            post,
        }
    }

    /// Does what waits: up to `limit` files of each form, the letters, the warnings that are due. Gives how much was done, 0 while
    /// another process does it.
    ///
    /// # Errors
    /// A fault of the store, the spool or the maildrop; what was done before it is done.
    pub fn step(&self, limit: usize) -> Result<usize, Failure> {
        // In a freeze what the public sends is taken in, and no letter leaves.
        let is_at_rest = self.registrar.is_at_rest()?;
        let is_idle = self.inbox.list(1)?.is_empty() && (is_at_rest || !self.post.is_due()?) && !watch::is_due(&self.registrar)?;
        if is_idle {
            return Ok(0);
        }
        let done = self.sole.alone(|_| {
            let mut done = 0;
            for item in self.inbox.list(limit)? {
                self.take(&item)?;
                done += 1;
            }
            let carried = if is_at_rest { 0 } else { self.post.carry()? };
            Ok(done + carried + watch::warn(&self.registrar)?)
        })?;
        Ok(done.unwrap_or(0))
    }

    /// Opens a file, takes what is in it, and removes it; sets it aside where that fails by its own fault.
    fn take(&self, item: &Item) -> Result<(), Failure> {
        let Some(posted) = self.open(item) else {
            return self.set_aside(item, "it is not sealed to the intake key, or was changed");
        };
        let case = authorise(&actor::timer(), TakePosted { posted, rules: self.rules.clone() })?;
        match self.registrar.carry_out(case) {
            Ok(_) => Ok(self.inbox.remove(item)?),
            // The code and nothing else: a sentence could repeat what somebody wrote.
            Err(failure) if failure.is_of_the_matter() => self.set_aside(item, failure.code()),
            Err(failure) => Err(failure),
        }
    }

    fn open(&self, item: &Item) -> Option<Posted> {
        let sealed = self.inbox.read(item)?;
        let json = self.key.open(&item.place(), &sealed)?;
        let posted: Posted = serde_json::from_slice(&json).ok()?;
        (posted.receipt == item.receipt && posted.form.kind() == item.form).then_some(posted)
    }

    fn set_aside(&self, item: &Item, why: &str) -> Result<(), Failure> {
        self.inbox.set_aside(item)?;
        let sentence = format!("the file {} of the intake was set aside: {why}; look at it, then remove it", item.place());
        let raised = Raised { key: format!("intake:{}", item.receipt), registry: None, sentence };
        let now = self.registrar.now();
        self.registrar.store().write::<_, Failure>(move |tx| Ok(alarm::raise(tx, &raised, now)?))?;
        Ok(())
    }
}
