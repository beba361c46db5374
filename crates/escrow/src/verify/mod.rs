//! Reading a deposit as a stranger would: an agent, a gaining registrar, or we ourselves on the day after. Nothing of the writer is used
//! here but the table of columns, and nothing is believed: names of files, digests, ciphers, signatures, compression, the table, every field.
//!
//! Whoever wants the rows gets them one by one ([`Visitor`]), so that a comparison with the database and a restore are the same reading.

mod check_row;
mod expect;
mod finding;
mod hashes;
mod listing;
mod mapping;
mod source;
mod table;

use std::collections::BTreeMap;
use std::path::Path;

pub use expect::{Expect, Opener};
pub use finding::{Finding, Findings};
pub use mapping::{MAPPING_LIMIT_BYTES, Mapping, MappingFault};
pub use table::{NameRow, PersonRow, Visitor};

use crate::file_name::{FileName, Holds};
use crate::layout::Specification;
use listing::Listed;

/// What was found.
#[derive(Debug)]
pub struct Report {
    /// What is wrong; nothing if the deposit may be believed.
    pub findings: Findings,
    /// By which specification it is made, if that could be told.
    pub specification: Option<Specification>,
    /// Names in it.
    pub names: u64,
    /// Names per TLD.
    pub names_by_tld: BTreeMap<String, u64>,
    /// People in its file of handles.
    pub people: u64,
    /// Its files, as they were called.
    pub files: Vec<String>,
}

impl Report {
    /// Whether nothing is wrong with it.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.count() == 0
    }
}

/// Reads the deposit in a folder and gives every row to `visitor`.
pub fn verify(folder: &Path, expect: &Expect<'_>, visitor: &mut dyn Visitor) -> Report {
    let mut findings = Findings::default();
    let listing = listing::read(folder, expect, &mut findings);
    let wanted = hashes::read(&listing, expect, &mut findings);
    let mut tables = table::Tables::new(expect, visitor);
    // People first: the names refer to them.
    let handles = listing.iter().filter(|file| file.name.holds == Holds::Handles);
    let names = listing.iter().filter(|file| matches!(file.name.holds, Holds::Full | Holds::Incremental));
    for file in handles.chain(names) {
        let digest = tables.read(file, &mut findings);
        compare(file, digest.as_deref(), &wanted, &mut findings);
    }
    for (name, _) in wanted.iter().filter(|(name, _)| !listing.iter().any(|file| file.name == **name)) {
        findings.add("hash.without-file", &name.plain(), "the file of hashes names it, and it is not there");
    }
    let counts = tables.finish(&mut findings);
    Report {
        findings,
        specification: counts.specification,
        names: counts.names,
        names_by_tld: counts.names_by_tld,
        people: counts.people,
        files: listing.into_iter().map(|file| file.written_name).collect(),
    }
}

fn compare(file: &Listed, digest: Option<&str>, wanted: &BTreeMap<FileName, String>, findings: &mut Findings) {
    let Some(digest) = digest else { return };
    match wanted.get(&file.name) {
        None if wanted.is_empty() => {}
        None => findings.add("hash.missing", &file.written_name, "the file of hashes does not name it"),
        Some(wanted) if wanted == digest => {}
        Some(_) => findings.add("hash.differs", &file.written_name, "its plain text has not the SHA-256 that the file of hashes says"),
    }
}

#[cfg(test)]
mod tests;
