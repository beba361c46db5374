//! WHOIS (RFC 3912): the same record as RDAP, in the order and with the labels of the RAA's RDDS specification 1.4.2.

mod answer;
mod server;
#[cfg(test)]
mod tests;

pub use answer::{Template, write_answer};
pub use server::{Server, WhoisLimits};

use crate::query::{self, QueryFault};
use std::borrow::Cow;

/// Longest line we read, in bytes.
pub const MAX_LINE_BYTES: usize = 512;

/// The name in a line: flags (`-T dn`) and the word `domain` before it are ignored, as many clients send them.
///
/// # Errors
/// [`QueryFault`], with a sentence for whoever asked.
pub fn read_line(line: &[u8]) -> Result<Cow<'_, str>, QueryFault> {
    let text = std::str::from_utf8(line).map_err(|_| QueryFault::NotText)?;
    let last = text.split_ascii_whitespace().next_back().unwrap_or_default();
    query::read(last)
}
