//! C2SP `tlog-checkpoint`: origin, size and root of the tree, as the text of a signed note.

use crate::hash::Hash;
use crate::ledger::key::{SignerKey, VerifierKey};
use crate::ledger::note::{Note, decode_hash, encode};

/// The state of the ledger at one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: the name of its first key.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree.
    pub root: Hash,
}

impl Checkpoint {
    /// The signed note of this state.
    #[must_use]
    pub fn sign(&self, signer: &SignerKey) -> Note {
        Note::sign(format!("{}\n{}\n{}\n", self.origin, self.size, encode(&self.root)), signer)
    }

    /// Reads the text of a note; further lines are extensions and ignored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let parsed = size.parse::<u64>().ok()?;
        (!origin.is_empty() && parsed.to_string() == size).then_some(Self {
            origin: origin.to_owned(),
            size: parsed,
            root: decode_hash(root)?,
        })
    }

    /// Reads a note and checks that `key` signed it for its own log.
    #[must_use]
    pub fn verify(note: &str, key: &VerifierKey) -> Option<Self> {
        let note = Note::parse(note)?;
        let checkpoint = Self::parse(&note.text)?;
        (note.is_signed_by(key) && checkpoint.origin == key.name()).then_some(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_three_lines_and_a_signature() {
        let signer = SignerKey::generate("ledger.example").unwrap();
        let checkpoint = Checkpoint { origin: "ledger.example".to_owned(), size: 42, root: [7; 32] };
        let note = checkpoint.sign(&signer).to_text();
        assert!(note.starts_with("ledger.example\n42\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n\n\u{2014} ledger.example "));
        assert_eq!(Checkpoint::verify(&note, signer.verifier()), Some(checkpoint));
        assert_eq!(Checkpoint::verify(&note.replace("\n42\n", "\n41\n"), signer.verifier()), None);
        assert_eq!(Checkpoint::verify(&note.replace("\n42\n", "\n042\n"), signer.verifier()), None);
    }
}
