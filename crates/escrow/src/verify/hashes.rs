//! The file of hashes: a line for each other file, with 64 hexadecimal digits, blanks, and the name of its plain text (Q3, Q4).

use std::collections::BTreeMap;
use std::io::Read;

use super::expect::Expect;
use super::finding::Findings;
use super::listing::Listed;
use super::source;
use crate::file_name::{FileName, Holds};
use crate::hex;

/// Longest file of hashes, in bytes.
const LIMIT_BYTES: u64 = 16 << 20;

/// What the plain text of each file has to hash to.
pub(super) fn read(listing: &[Listed], expect: &Expect<'_>, findings: &mut Findings) -> BTreeMap<FileName, String> {
    let mut wanted = BTreeMap::new();
    for file in listing.iter().filter(|file| file.name.holds == Holds::Hashes) {
        let mut text = String::new();
        let Some(mut plain) = source::open(file, expect, findings) else { continue };
        let read = plain.by_ref().take(LIMIT_BYTES).read_to_string(&mut text);
        let digest = plain.finish(expect, findings);
        if let Err(error) = read {
            if digest.is_some() {
                findings.add("hash.unreadable", &file.written_name, error);
            }
            continue;
        }
        for (place, line) in text.lines().enumerate() {
            match parse(line) {
                Ok((name, digest)) => drop(wanted.insert(name, digest)),
                Err(what) => findings.add("hash.line", &format!("{} line {}", file.written_name, place + 1), what),
            }
        }
    }
    wanted
}

fn parse(line: &str) -> Result<(FileName, String), &'static str> {
    let mut words = line.split_ascii_whitespace();
    let (Some(digest), Some(name), None) = (words.next(), words.next(), words.next()) else {
        return Err("it is not a digest and a name");
    };
    hex::from_hex(digest).ok_or("its digest is not one of SHA-256 (64 hexadecimal digits)")?;
    // Some write an asterisk before the name, as sha256sum does for binary files.
    let name = name.strip_prefix('*').unwrap_or(name);
    if name.contains('/') {
        return Err("its name has folders in it; only the name itself belongs there");
    }
    let (name, _) = FileName::parse(name).map_err(|error| error.reason)?;
    Ok((name, digest.to_ascii_lowercase()))
}
