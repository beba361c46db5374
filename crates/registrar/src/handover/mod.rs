//! Hand-over: everything that another registrar, or ICANN, needs to take names over (END-5), of the whole portfolio or of one TLD (ACC-17).
//! A deposit is lossy: it has no statuses, hosts, DS records, locks, consents or disputes. This is what we know, in JSON lines and CSV that
//! need none of our software: each file compressed, signed by us and encrypted for the recipient (`gpg` or `sq` opens it, `gunzip` the rest).
//!
//! | file | holds | one line a |
//! | --- | --- | --- |
//! | `names.jsonl` | names with dates, statuses and why, hosts, DS records, contacts and handles, locks, transfers, disputes | name |
//! | `names.csv` | the same in short, for a spreadsheet or a registry's table | name |
//! | `contacts.jsonl` | people with all of their data, what they agreed to publish, whether they were verified | contact |
//! | `auth.jsonl` | authInfo that is set at a registry, where one is | name |
//! | `manifest.json` | which files, how many lines, their digests, of which state | |
//!
//! All files are of one snapshot. The manifest holds no personal data and lies there in clear and, signed, under a seal.

mod contact_line;
mod export;
mod name_line;
#[cfg(test)]
mod tests;

pub use export::{HandOver, HandOverOrder, Manifest, ManifestFile, export};
