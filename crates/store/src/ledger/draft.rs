//! Entries that were appended and whose rows are not written yet: one buffer of text, so that a batch costs no memory for each.

use jiff::Timestamp;

use crate::fault::StoreFault;
use crate::hash::Hash;
use crate::ledger::append::NewEntry;
use crate::ledger::entry::{Entry, Lines};
use crate::ledger::tree::leaf_hash;

/// Entries in the order they were appended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drafts {
    /// Actor, subject, kind and body of each, one behind the other.
    text: String,
    entries: Vec<Draft>,
}

/// An entry, by where its parts end in the text; each begins where the one before ends.
#[derive(Clone, Debug)]
struct Draft {
    at: Timestamp,
    salt: [u8; 16],
    actor_end: usize,
    subject_end: usize,
    kind_end: usize,
    body_end: usize,
}

/// An entry with what its row holds besides.
pub(crate) struct Written<'d> {
    /// Position.
    pub(crate) seq: u64,
    /// What was appended.
    pub(crate) new: NewEntry<'d>,
    /// `SHA-256(salt || body)`.
    pub(crate) commitment: Hash,
    /// The leaf hash.
    pub(crate) leaf: Hash,
}

impl Drafts {
    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.entries.len()
    }

    /// Adds one behind the others.
    pub(crate) fn add(&mut self, new: &NewEntry<'_>) {
        let mut end_of = |part: &str| {
            self.text.push_str(part);
            self.text.len()
        };
        let (actor_end, subject_end) = (end_of(new.actor), end_of(new.subject));
        let (kind_end, body_end) = (end_of(new.kind), end_of(new.body));
        self.entries.push(Draft { at: new.at, salt: new.salt, actor_end, subject_end, kind_end, body_end });
    }

    /// Keeps the first `count`.
    pub(crate) fn truncate(&mut self, count: usize) {
        self.entries.truncate(count);
        self.text.truncate(self.entries.last().map_or(0, |last| last.body_end));
    }

    /// Hands every entry to `write`, the first at position `first`.
    pub(crate) fn each(&self, first: u64, mut write: impl FnMut(&Written<'_>) -> Result<(), StoreFault>) -> Result<(), StoreFault> {
        let mut lines = String::new();
        let (mut seq, mut start) = (first, 0);
        for Draft { at, salt, actor_end, subject_end, kind_end, body_end } in &self.entries {
            let new = NewEntry {
                at: *at,
                actor: &self.text[start..*actor_end],
                subject: &self.text[*actor_end..*subject_end],
                kind: &self.text[*subject_end..*kind_end],
                body: &self.text[*kind_end..*body_end],
                salt: *salt,
            };
            let commitment = Entry::commit(salt, new.body);
            lines.clear();
            Lines { seq, at: *at, actor: new.actor, subject: new.subject, kind: new.kind, commitment: &commitment }.write(&mut lines);
            let leaf = leaf_hash(lines.as_bytes());
            write(&Written { seq, new, commitment, leaf })?;
            (seq, start) = (seq + 1, *body_end);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(n: u8) -> (String, String) {
        (format!("dom_{n}"), "x".repeat(usize::from(n)))
    }

    fn add(drafts: &mut Drafts, n: u8) {
        let (subject, body) = new(n);
        drafts.add(&NewEntry { at: Timestamp::UNIX_EPOCH, actor: "act_1", subject: &subject, kind: "Counted", body: &body, salt: [n; 16] });
    }

    #[test]
    fn each_comes_back_as_it_was_added_and_with_the_leaf_of_its_entry() {
        let mut drafts = Drafts::default();
        (0..6).for_each(|n| add(&mut drafts, n));
        drafts.truncate(2);
        (7..10).for_each(|n| add(&mut drafts, n));
        let mut seen = Vec::new();
        let mut look = |written: &Written<'_>| {
            let n = written.new.salt[0];
            let (subject, body) = new(n);
            assert_eq!((written.new.actor, written.new.subject, written.new.body), ("act_1", subject.as_str(), body.as_str()));
            let entry = Entry {
                seq: written.seq,
                at: Timestamp::UNIX_EPOCH,
                actor: "act_1".to_owned(),
                subject,
                kind: "Counted".to_owned(),
                commitment: Entry::commit(&[n; 16], &body),
            };
            assert_eq!((written.commitment, written.leaf), (entry.commitment, entry.leaf()));
            seen.push((written.seq, n));
            Ok(())
        };
        drafts.each(40, &mut look).unwrap();
        assert_eq!((seen, drafts.count()), (vec![(40, 0), (41, 1), (42, 7), (43, 8), (44, 9)], 5));
    }
}
