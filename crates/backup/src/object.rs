//! One object: a header that says what it is and what came before it, and a body; compressed, signed, encrypted.
//!
//! What is signed is all of it, so nothing of an object is believed before the end of it was read and its signature held.

use std::io::{Read, Write};

use escrow::openpgp::{self, Sealer};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::sha256;
use crate::fault::BackupFault;
use crate::names::{GenerationId, Name};
use crate::reader::Opener;

/// The form of objects that this program writes and reads.
const FORM: u32 = 1;

/// Largest header, in bytes.
const HEADER_LIMIT_BYTES: usize = 1 << 16;

/// Largest body, in bytes: one transaction can fill it, and no good one does.
pub(crate) const BODY_LIMIT_BYTES: u64 = 1 << 32;

/// Bytes of a page at most, and the multiples that there are.
const PAGE_LIMIT_BYTES: u32 = 1 << 16;

/// Pages of a database file that changed, the newest state of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    /// Bytes of a page.
    pub page_size: u32,
    /// Pages of the file afterwards; it is cut to that.
    pub page_count: u32,
    /// Pages by their numbers, from 1.
    pub pages: Vec<(u32, Vec<u8>)>,
}

impl Pages {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(12 + self.pages.len() * (4 + self.page_size as usize));
        for number in [self.page_size, self.page_count, u32::try_from(self.pages.len()).unwrap_or(u32::MAX)] {
            bytes.extend(number.to_be_bytes());
        }
        for (number, page) in &self.pages {
            bytes.extend(number.to_be_bytes());
            bytes.extend(page);
        }
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let number = |at: usize| -> Result<u32, String> {
            let four = bytes.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok());
            four.map(u32::from_be_bytes).ok_or_else(|| "it ends too soon".to_owned())
        };
        let (page_size, page_count, count) = (number(0)?, number(4)?, number(8)? as usize);
        if !page_size.is_power_of_two() || page_size > PAGE_LIMIT_BYTES {
            return Err(format!("no page has {page_size} bytes"));
        }
        let each = 4 + page_size as usize;
        if bytes.len() != 12 + count * each {
            return Err(format!("it has {} bytes, which is not {count} pages", bytes.len()));
        }
        let pages = bytes[12..].chunks_exact(each).map(|page| {
            let (number, content) = page.split_at(4);
            let number = u32::from_be_bytes([number[0], number[1], number[2], number[3]]);
            if number == 0 || number > page_count {
                return Err(format!("page {number} is none of {page_count}"));
            }
            Ok((number, content.to_vec()))
        });
        Ok(Self { page_size, page_count, pages: pages.collect::<Result<_, _>>()? })
    }
}

/// What is said of a stream in its last part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Whole {
    /// Bytes of all parts together.
    pub bytes: u64,
    /// SHA-256 of all of them.
    pub sha256: String,
}

/// What an object says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub form: u32,
    /// Whose.
    pub instance: String,
    /// Its name, so that none passes for another.
    pub name: String,
    /// The instant up to which it holds what was committed.
    pub at: Timestamp,
    /// SHA-256 of the sealed object before it; empty for the first of a generation.
    pub previous: String,
    /// In the last part of a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole: Option<Whole>,
}

impl Header {
    pub fn new(instance: &str, generation: &GenerationId, name: Name, at: Timestamp, previous: &str) -> Self {
        let (instance, name, previous) = (instance.to_owned(), name.of(generation), previous.to_owned());
        Self { form: FORM, instance, name, at, previous, whole: None }
    }
}

/// Seals an object; with the digest by which its successor names it.
pub(crate) fn seal(header: &Header, body: &[u8], sealer: &Sealer, now: Timestamp) -> Result<(Vec<u8>, String), BackupFault> {
    let fault = |error: &dyn std::fmt::Display| BackupFault::Seal { reason: error.to_string() };
    let json = serde_json::to_vec(header).map_err(|error| fault(&error))?;
    let length = u32::try_from(json.len()).map_err(|error| fault(&error))?;
    let mut plain = length.to_be_bytes().to_vec();
    plain.extend(json);
    let mut press = GzEncoder::new(plain, Compression::fast());
    // Compressed as one with its header would hide the header from a reader that wants no more.
    press.write_all(body).map_err(|error| fault(&error))?;
    let plain = press.finish().map_err(|error| fault(&error))?;
    let mut sealed = Vec::with_capacity(plain.len() + 4096);
    sealer.seal(plain.as_slice(), &mut sealed, now).map_err(|error| fault(&error))?;
    let digest = sha256(&sealed);
    Ok((sealed, digest))
}

/// Opens an object and believes it only whole: its signature, its name, its instance.
pub(crate) fn open(sealed: &[u8], name: &str, opener: &Opener<'_>) -> Result<(Header, Vec<u8>), BackupFault> {
    let damaged = |reason: &dyn std::fmt::Display| BackupFault::damaged(name, reason);
    let mut opened = openpgp::open(sealed, opener.key).map_err(|error| damaged(&error))?;
    let mut plain = Vec::new();
    (&mut opened).take(BODY_LIMIT_BYTES).read_to_end(&mut plain).map_err(|error| damaged(&error))?;
    opened.finish(opener.signers, opener.now).map_err(|error| damaged(&error))?;
    let (length, rest) = plain.split_first_chunk::<4>().ok_or_else(|| damaged(&"it is empty"))?;
    let length = u32::from_be_bytes(*length) as usize;
    if length > HEADER_LIMIT_BYTES || length > rest.len() {
        return Err(damaged(&"its header is longer than it"));
    }
    let (json, pressed) = rest.split_at(length);
    let header: Header = serde_json::from_slice(json).map_err(|error| damaged(&error))?;
    if header.form != FORM {
        return Err(damaged(&format!("it has form {}; this program reads form {FORM}", header.form)));
    }
    if header.name != name {
        return Err(damaged(&format!("it is `{}`, put in this one's place", header.name)));
    }
    if header.instance != opener.instance {
        return Err(damaged(&format!("it is of the instance `{}`, not of `{}`", header.instance, opener.instance)));
    }
    let mut body = Vec::new();
    let read = GzDecoder::new(pressed).take(BODY_LIMIT_BYTES + 1).read_to_end(&mut body).map_err(|error| damaged(&error))?;
    if read as u64 > BODY_LIMIT_BYTES {
        return Err(damaged(&format!("it holds more than {BODY_LIMIT_BYTES} bytes")));
    }
    Ok((header, body))
}
