//! The canonical form of an entry: what a leaf commits to, readable by people and by any program.

use jiff::Timestamp;

use crate::fault::StoreFault;
use crate::hash::{Hash, sha256};
use crate::ledger::note::{decode_hash, encode};
use crate::ledger::tree::leaf_hash;

/// First line of every entry; a change of the form gets a new number.
const FORM: &str = "namekeep ledger entry v1";

/// Longest actor, subject or kind in bytes: ids and words, never prose.
const FIELD_LIMIT: usize = 255;

/// What a leaf commits to. Seven lines of text:
///
/// ```text
/// namekeep ledger entry v1
/// <position, from 0>
/// <microseconds since 1970-01-01T00:00:00Z>
/// <actor>
/// <subject>
/// <kind>
/// <base64 of SHA-256(salt || body)>
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Position in the ledger, from 0.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it, an id.
    pub actor: String,
    /// What it is about, an id.
    pub subject: String,
    /// What happened, a word.
    pub kind: String,
    /// `SHA-256(salt || body)`.
    pub commitment: Hash,
}

impl Entry {
    /// The commitment to a body.
    #[must_use]
    pub fn commit(salt: &[u8], body: &str) -> Hash {
        sha256(&[salt, body.as_bytes()])
    }

    /// The canonical text.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{FORM}\n{}\n{}", self.seq, self.content())
    }

    /// Reads the canonical text back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        if lines.next()? != FORM {
            return None;
        }
        let entry = Self {
            seq: lines.next()?.parse().ok()?,
            at: Timestamp::from_microsecond(lines.next()?.parse().ok()?).ok()?,
            actor: lines.next()?.to_owned(),
            subject: lines.next()?.to_owned(),
            kind: lines.next()?.to_owned(),
            commitment: decode_hash(lines.next()?)?,
        };
        // Numbers and base64 have several spellings; only ours is canonical.
        (lines.next().is_none() && entry.to_text() == text).then_some(entry)
    }

    /// The leaf hash.
    #[must_use]
    pub fn leaf(&self) -> Hash {
        leaf_hash(self.to_text().as_bytes())
    }

    /// A digest of everything but the position, to tell a moved entry from a changed one.
    pub(crate) fn content_digest(&self) -> Hash {
        sha256(&[self.content().as_bytes()])
    }

    /// Refuses what would make the text ambiguous.
    pub(crate) fn check(&self) -> Result<(), StoreFault> {
        for (name, field) in [("actor", &self.actor), ("subject", &self.subject), ("kind", &self.kind)] {
            if field.is_empty() || field.len() > FIELD_LIMIT || field.chars().any(char::is_control) {
                return Err(StoreFault::ledger(format!(
                    "the {name} of an entry must be 1 to {FIELD_LIMIT} bytes without control characters"
                )));
            }
        }
        Ok(())
    }

    fn content(&self) -> String {
        let Self { at, actor, subject, kind, commitment, .. } = self;
        format!("{}\n{actor}\n{subject}\n{kind}\n{}\n", at.as_microsecond(), encode(commitment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            seq: 7,
            at: Timestamp::from_microsecond(1_795_000_000_000_001).unwrap(),
            actor: "act_1".to_owned(),
            subject: "dom_1".to_owned(),
            kind: "DomainRegistered".to_owned(),
            commitment: Entry::commit(&[7; 16], "{}"),
        }
    }

    #[test]
    fn an_entry_reads_as_seven_lines() {
        insta::assert_snapshot!(entry().to_text(), @r"
        namekeep ledger entry v1
        7
        1795000000000001
        act_1
        dom_1
        DomainRegistered
        tB/Dj+mdMJfGWvO1hkTVA/Kj9dXcf7m1PZyoPMn/XPs=
        ");
    }

    #[test]
    fn only_the_canonical_text_is_read_back() {
        let text = entry().to_text();
        assert_eq!(Entry::parse(&text), Some(entry()));
        let broken = [
            text.replace("\n7\n", "\n07\n"),
            text.replace("\n7\n", "\n+7\n"),
            text.replace(" v1", " v2"),
            format!("{text}\n"),
            format!("{text}more\n"),
            text.trim_end().to_owned(),
        ];
        for text in broken {
            assert_eq!(Entry::parse(&text), None, "{text}");
        }
    }

    #[test]
    fn a_line_break_in_a_field_is_refused() {
        let entry = Entry { actor: "act_1\nact_2".to_owned(), ..entry() };
        assert!(entry.check().unwrap_err().to_string().contains("the actor of an entry"));
    }
}
