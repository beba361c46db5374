//! C2SP `signed-note`: a text, an empty line, and lines of signatures that each name their key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::hash::Hash;
use crate::ledger::key::{SignerKey, VerifierKey};

/// How a signature line begins: an em dash and a space.
const SIGNATURE_PREFIX: &str = "\u{2014} ";

/// Standard base64 with padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Standard base64 with padding, behind what `out` holds.
pub(crate) fn encode_into(bytes: &[u8], out: &mut String) {
    STANDARD.encode_string(bytes, out);
}

/// Standard base64 with padding, nothing else.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// A base64 hash.
pub(crate) fn decode_hash(text: &str) -> Option<Hash> {
    decode(text)?.try_into().ok()
}

/// A note as it is stored and handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The signed text, ending in a line break.
    pub text: String,
    /// Name of key, key id and signature.
    signatures: Vec<(String, [u8; 4], Vec<u8>)>,
}

impl Note {
    /// Signs `text`, which ends in a line break.
    #[must_use]
    pub fn sign(text: String, signer: &SignerKey) -> Self {
        let signature = signer.sign(&text);
        Self { text, signatures: vec![(signer.name().to_owned(), signer.verifier().id(), signature)] }
    }

    /// Reads a note; the signatures are not checked yet.
    #[must_use]
    pub fn parse(note: &str) -> Option<Self> {
        let at = note.rfind("\n\n")? + 1;
        let (text, lines) = (note.get(..at)?, note.get(at + 1..)?);
        let signatures: Option<Vec<_>> = lines
            .strip_suffix('\n')?
            .split('\n')
            .map(|line| {
                let (name, signature) = line.strip_prefix(SIGNATURE_PREFIX)?.split_once(' ')?;
                let bytes = decode(signature)?;
                let (id, signature) = bytes.split_first_chunk::<4>()?;
                Some((name.to_owned(), *id, signature.to_vec()))
            })
            .collect();
        Some(Self { text: text.to_owned(), signatures: signatures? })
    }

    /// Whether `key` signed it. Signatures of other keys (witnesses) are ignored.
    #[must_use]
    pub fn is_signed_by(&self, key: &VerifierKey) -> bool {
        let mut ours = self.signatures.iter().filter(|(name, id, _)| name == key.name() && *id == key.id());
        match (ours.next(), ours.next()) {
            (Some((_, _, signature)), None) => key.verifies(&self.text, signature),
            _ => false,
        }
    }

    /// The note as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut note = format!("{}\n", self.text);
        for (name, id, signature) in &self.signatures {
            note.push_str(&format!("{SIGNATURE_PREFIX}{name} {}\n", encode(&[&id[..], signature].concat())));
        }
        note
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of golang.org/x/mod/sumdb/note.
    const EXAMPLE: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn the_example_of_the_specification_verifies() {
        let note = Note::parse(EXAMPLE).unwrap();
        assert!(note.is_signed_by(&VerifierKey::parse(KEY).unwrap()));
        assert_eq!(note.to_text(), EXAMPLE);
    }

    #[test]
    fn a_changed_text_a_foreign_key_and_a_doubled_line_do_not_verify() {
        let key = VerifierKey::parse(KEY).unwrap();
        let changed = Note::parse(&EXAMPLE.replace("answer", "reason")).unwrap();
        assert!(!changed.is_signed_by(&key));
        let other = SignerKey::generate("PeterNeumann").unwrap();
        assert!(!Note::parse(EXAMPLE).unwrap().is_signed_by(other.verifier()));
        let line = EXAMPLE.rsplit_once("\n\n").unwrap().1;
        assert!(!Note::parse(&format!("{EXAMPLE}{line}")).unwrap().is_signed_by(&key));
    }

    #[test]
    fn what_is_no_note_is_not_read() {
        for text in ["", "text\n", "text\n\n", "text\n\n- x AAAA\n", "text\n\n\u{2014} x AAAA", "text\n\n\u{2014} x !!\n"] {
            assert_eq!(Note::parse(text), None, "{text:?}");
        }
    }
}
