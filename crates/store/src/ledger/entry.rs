//! The canonical form of an entry: what a leaf commits to, readable by people and by any program.

use std::fmt::Write;

use jiff::Timestamp;

use crate::fault::StoreFault;
use crate::hash::{Hash, sha256};
use crate::ledger::note::{decode_hash, encode_into};
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
        let mut text = String::new();
        self.lines().write(&mut text);
        text
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
        let mut content = String::new();
        self.lines().write_content(&mut content);
        sha256(&[content.as_bytes()])
    }

    fn lines(&self) -> Lines<'_> {
        let Self { seq, at, actor, subject, kind, commitment } = self;
        Lines { seq: *seq, at: *at, actor, subject, kind, commitment }
    }
}

/// The parts of an entry, wherever they are.
pub(crate) struct Lines<'e> {
    pub(crate) seq: u64,
    pub(crate) at: Timestamp,
    pub(crate) actor: &'e str,
    pub(crate) subject: &'e str,
    pub(crate) kind: &'e str,
    pub(crate) commitment: &'e Hash,
}

impl Lines<'_> {
    /// Writes the canonical text behind what `out` holds.
    pub(crate) fn write(&self, out: &mut String) {
        // Writing into a string cannot fail.
        let _ = writeln!(out, "{FORM}\n{}", self.seq);
        self.write_content(out);
    }

    /// Everything but the form and the position.
    fn write_content(&self, out: &mut String) {
        let _ = writeln!(out, "{}", self.at.as_microsecond());
        for line in [self.actor, self.subject, self.kind] {
            out.push_str(line);
            out.push('\n');
        }
        encode_into(self.commitment, out);
        out.push('\n');
    }
}

/// Refuses what would make an entry's text ambiguous.
pub(crate) fn check_fields(actor: &str, subject: &str, kind: &str) -> Result<(), StoreFault> {
    for (name, field) in [("actor", actor), ("subject", subject), ("kind", kind)] {
        if field.is_empty() || field.len() > FIELD_LIMIT || field.chars().any(char::is_control) {
            return Err(StoreFault::ledger(format!("the {name} of an entry must be 1 to {FIELD_LIMIT} bytes without control characters")));
        }
    }
    Ok(())
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
        let sentence = check_fields("act_1\nact_2", "dom_1", "DomainRegistered").unwrap_err().to_string();
        assert!(sentence.contains("the actor of an entry"), "{sentence}");
    }
}
