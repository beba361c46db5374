//! Letters that ask holders for an answer, and what becomes of them: most answer soon, some when they are reminded, some when their name is
//! off, and some never (ACY-3, ACY-4).

use registrar::verification::{VerifyByHand, VerifyByToken};
use store::registrations;

use super::life::Life;
use super::people::People;
use crate::failure::Failure;
use crate::instance::store_failure;

/// How a token begins.
const TOKEN: &str = "nkv_";

/// A letter that asks for an answer.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Whose mailbox it lies in, as a number for draws.
    mailbox: u64,
    /// What it asks to have sent back.
    token: String,
    /// Whether the name is off already.
    is_suspension: bool,
}

impl Letter {
    /// The letter of a message; none where nothing is asked.
    pub fn read(message: &str) -> Option<Self> {
        let token = message.lines().map(str::trim).find(|line| line.starts_with(TOKEN))?.to_owned();
        let to = message.lines().find_map(|line| line.strip_prefix("To: "))?;
        let hash = store::sha256(&[to.as_bytes()]);
        let mailbox = hash.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes)).unwrap_or_default() >> 32;
        let is_suspension = message.lines().any(|line| line.starts_with("Subject: ") && line.contains("suspended"));
        Some(Self { mailbox, token, is_suspension })
    }
}

impl People {
    /// After how many days whoever owns a mailbox answers a letter of a day; none where they leave it.
    fn answers(self, letter: &Letter, day: u32) -> Option<u32> {
        // Some never answer anything.
        if self.below("mute", letter.mailbox, 0, 1_000) < 40 {
            return None;
        }
        let draw = self.below("answers", letter.mailbox, day, 100);
        match letter.is_suspension {
            true if draw < 70 => Some(self.between("answers-late", letter.mailbox, day, 1, 12)),
            false if draw < 45 => Some(self.between("answers-soon", letter.mailbox, day, 0, 3)),
            _ => None,
        }
    }
}

impl Life {
    /// Holders read what came; what they will answer goes into the diary.
    pub(super) fn read_letters(&mut self, day: u32) -> Result<(), Failure> {
        for letter in self.house()?.take_letters() {
            if let Some(days) = self.people.answers(&letter, day) {
                self.answers.entry(day + days).or_default().push(letter.token);
            }
        }
        Ok(())
    }

    /// Holders answer. A token that is no longer valid is refused, like any other order.
    pub(super) fn answer_letters(&mut self, day: u32) -> Result<(), Failure> {
        while let Some(entry) = self.answers.first_entry().filter(|entry| *entry.key() <= day) {
            for token in entry.remove() {
                if self.order(VerifyByToken { token })?.is_some() {
                    self.tally.verified += 1;
                }
            }
        }
        Ok(())
    }

    /// The desk verifies the holder of a name by hand, whom no letter reaches.
    pub(super) fn verify_by_hand(&mut self, day: u32, index: usize) -> Result<(), Failure> {
        let Some(name) = self.names.get(index).cloned() else { return Ok(()) };
        let find = |tx: &mut store::Tx<'_>| registrations::find_open(tx, &name.name);
        let holder = self.house()?.registrar.store().read(find).map_err(store_failure)?.and_then(|registration| registration.registrant);
        if let Some(contact) = holder
            && self.order(VerifyByHand { contact, evidence: format!("case of day {day}") })?.is_some()
        {
            self.tally.verified += 1;
        }
        Ok(())
    }
}
