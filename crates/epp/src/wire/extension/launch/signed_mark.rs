//! Signed marks as their holders get them in files (RFC 7848; RFC 9361 for the Clearinghouse's file): what they say of themselves, and
//! the form in which they travel.
//!
//! An XML signature depends on every byte, so the mark always travels in its encoded form, never as a tree of ours. Nothing here
//! checks the signature: the registry does, against the Clearinghouse's keys and its list of revoked marks.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Timestamp;
use thiserror::Error;
use zeroize::Zeroizing;

use super::create::EncodedSignedMark;
use crate::namespace::Namespace;
use crate::wire::error::Cx;
use crate::wire::{read, time};
use crate::xml::{self, Element};

/// Largest file we take, in bytes. The Clearinghouse's marks have some 10 kB.
pub const MAX_SIGNED_MARK_BYTES: usize = 128 * 1024;
/// The frame around the encoded mark in the Clearinghouse's files.
const BEGIN: &str = "-----BEGIN ENCODED SMD-----";
/// See [`BEGIN`].
const END: &str = "-----END ENCODED SMD-----";

/// A signed mark with what can be read of it. Its `Debug` shows the identifier and the dates only.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedMark {
    /// As it travels.
    pub encoded: EncodedSignedMark,
    /// Its identifier (`smd:id`).
    pub id: String,
    /// From when it is in force.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// The labels it may be used for, as A-labels in lower case; empty where it lists none.
    pub labels: BTreeSet<String>,
}

/// Why a file is not a signed mark. No sentence repeats its content.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SignedMarkError {
    /// More than [`MAX_SIGNED_MARK_BYTES`].
    #[error("it has more than {MAX_SIGNED_MARK_BYTES} bytes, and no signed mark has; give the mark's own file")]
    TooLarge,
    /// Neither base64 nor XML.
    #[error("it is neither base64 nor XML; give the `.smd` file, an `encodedSignedMark` or a `signedMark`")]
    Encoding,
    /// What the base64 holds, or the file itself, is not well-formed.
    #[error("its XML cannot be read; fetch the file anew")]
    Unreadable,
    /// Another document.
    #[error("its outermost element is `{found}`, not `smd:signedMark`")]
    OtherDocument {
        /// The element.
        found: String,
    },
    /// An element that every signed mark has.
    #[error("it has no readable `{0}`, which every signed mark has (RFC 7848 section 2.3)")]
    Missing(&'static str),
}

impl SignedMark {
    /// Reads a file: the Clearinghouse's `.smd` file, bare base64, `smd:encodedSignedMark`, or `smd:signedMark` itself.
    ///
    /// # Errors
    /// [`SignedMarkError`].
    pub fn read(file: &[u8]) -> Result<SignedMark, SignedMarkError> {
        if file.len() > MAX_SIGNED_MARK_BYTES {
            return Err(SignedMarkError::TooLarge);
        }
        if file.trim_ascii_start().starts_with(b"<") {
            let root = tree(file)?;
            return match root.is(Namespace::SignedMark, "encodedSignedMark") {
                true => SignedMark::of_base64(&root.text()),
                false => SignedMark::of_tree(EncodedSignedMark::new(&STANDARD.encode(file)), &root),
            };
        }
        let text = std::str::from_utf8(file).map_err(|_| SignedMarkError::Encoding)?;
        let framed = text.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)).map(|(inner, _)| inner);
        SignedMark::of_base64(framed.unwrap_or(text))
    }

    /// SHA-256 of the encoded form, in hexadecimal: what stands for the mark where the mark itself must not.
    pub fn sha256(&self) -> String {
        let digest = digest(&SHA256, self.encoded.data.expose().as_bytes());
        digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn of_base64(text: &str) -> Result<SignedMark, SignedMarkError> {
        let encoded = EncodedSignedMark::new(text);
        let decoded = STANDARD.decode(encoded.data.expose()).map(Zeroizing::new).map_err(|_| SignedMarkError::Encoding)?;
        let root = tree(&decoded)?;
        SignedMark::of_tree(encoded, &root)
    }

    fn of_tree(encoded: EncodedSignedMark, root: &Element) -> Result<SignedMark, SignedMarkError> {
        if !root.is(Namespace::SignedMark, "signedMark") {
            return Err(SignedMarkError::OtherDocument { found: root.label() });
        }
        let id = root.child("id").map(read::token).filter(|id| !id.is_empty()).ok_or(SignedMarkError::Missing("smd:id"))?;
        let instant = |name: &'static str, label: &'static str| {
            let read = root.child(name).and_then(|element| time::read(&mut Cx::tolerant(), element).ok());
            read.ok_or(SignedMarkError::Missing(label))
        };
        let (not_before, not_after) = (instant("notBefore", "smd:notBefore")?, instant("notAfter", "smd:notAfter")?);
        Ok(SignedMark { encoded, id, not_before, not_after, labels: labels(root) })
    }
}

impl std::fmt::Debug for SignedMark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignedMark({} from {} to {})", self.id, self.not_before, self.not_after)
    }
}

fn tree(bytes: &[u8]) -> Result<Element, SignedMarkError> {
    xml::parse(bytes).map(|document| document.root).map_err(|_| SignedMarkError::Unreadable)
}

/// Every `mark:label` of the trademarks, treaties and court orders in it. The parser bounds the depth.
fn labels(element: &Element) -> BTreeSet<String> {
    let own = element.elements().filter(|child| child.is(Namespace::Mark, "label")).map(|label| read::token(label).to_ascii_lowercase());
    own.chain(element.elements().flat_map(labels)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<smd:signedMark xmlns:smd="urn:ietf:params:xml:ns:signedMark-1.0" id="_1">
  <smd:id>0000001751376056503931-65535</smd:id>
  <smd:notBefore>2026-01-01T00:00:00.000Z</smd:notBefore>
  <smd:notAfter>2027-01-01T00:00:00.000Z</smd:notAfter>
  <mark:mark xmlns:mark="urn:ietf:params:xml:ns:mark-1.0">
    <mark:trademark><mark:markName>Canary &amp; Co</mark:markName><mark:label>Example</mark:label><mark:label>xn--bcher-kva</mark:label></mark:trademark>
    <mark:court><mark:label>court</mark:label></mark:court>
  </mark:mark>
</smd:signedMark>
"#;

    #[test]
    fn a_mark_is_read_in_every_form_and_travels_byte_for_byte() {
        let base64 = STANDARD.encode(XML);
        let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let lines = lines.join("\n");
        let element = format!("<e:encodedSignedMark xmlns:e=\"urn:ietf:params:xml:ns:signedMark-1.0\">{lines}</e:encodedSignedMark>");
        let issued = format!("Marks: Example\nsmdID: 1\n{BEGIN}\n{lines}\n{END}\n");
        for file in [XML, lines.as_str(), element.as_str(), issued.as_str()] {
            let mark = SignedMark::read(file.as_bytes()).unwrap();
            assert_eq!(mark.encoded.data.expose(), base64);
            assert_eq!((mark.id.as_str(), mark.not_after.to_string().as_str()), ("0000001751376056503931-65535", "2027-01-01T00:00:00Z"));
            assert_eq!(mark.labels.iter().map(String::as_str).collect::<Vec<_>>(), ["court", "example", "xn--bcher-kva"]);
            assert_eq!(mark.sha256().len(), 64);
            assert_eq!(format!("{mark:?}"), "SignedMark(0000001751376056503931-65535 from 2026-01-01T00:00:00Z to 2027-01-01T00:00:00Z)");
        }
    }

    #[test]
    fn what_is_no_signed_mark_says_so_and_repeats_nothing() {
        let said = |file: &[u8]| SignedMark::read(file).unwrap_err();
        assert_eq!(said(&vec![b'A'; MAX_SIGNED_MARK_BYTES + 1]), SignedMarkError::TooLarge);
        assert_eq!(said(b"canary mark!"), SignedMarkError::Encoding);
        assert_eq!(said(b"\xff\xfe"), SignedMarkError::Encoding);
        assert_eq!(said(STANDARD.encode("canary").as_bytes()), SignedMarkError::Unreadable);
        assert_eq!(said(b"<!DOCTYPE x><x/>"), SignedMarkError::Unreadable);
        assert_eq!(said(b"<canary/>").to_string(), "its outermost element is `canary`, not `smd:signedMark`");
        for (from, missing) in [("smd:id>", "smd:id"), ("smd:notBefore>", "smd:notBefore"), ("smd:notAfter>", "smd:notAfter")] {
            assert_eq!(said(XML.replace(from, "smd:other>").as_bytes()), SignedMarkError::Missing(missing));
        }
        assert_eq!(said(XML.replace("2027-01-01T00:00:00.000Z", "soon").as_bytes()), SignedMarkError::Missing("smd:notAfter"));
    }
}
