//! What a deposit is held against.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::mapping::Mapping;
use crate::deposit::Placeholders;
use crate::iana_id::IanaId;
use crate::layout::Specification;
use crate::openpgp::{Certificate, OwnKey};

/// What opens the files.
#[derive(Clone, Copy, Debug)]
pub struct Opener<'k> {
    /// A key that they are encrypted for.
    pub key: &'k OwnKey,
    /// Who may have signed them.
    pub signers: &'k [Certificate],
    /// For whom they have to be encrypted, all of them and nobody else; none if that is not known.
    pub recipients: Option<&'k [Certificate]>,
}

/// What a deposit is held against. What is not given is not judged.
#[derive(Clone, Copy, Debug)]
pub struct Expect<'k> {
    /// Whose it is.
    pub registrar: Option<IanaId>,
    /// Of which day it is (in UTC); another day is an old deposit sent again.
    pub day: Option<Date>,
    /// By which specification.
    pub specification: Option<Specification>,
    /// What opens it; without it only what lies there in clear can be read.
    pub opener: Option<Opener<'k>>,
    /// The generic top-level domains, as A-labels, that the registrar is accredited for.
    pub tlds: Option<&'k BTreeSet<String>>,
    /// What somebody else's columns say; without it only our own header is read.
    pub mapping: Option<&'k Mapping>,
    /// What stands in empty cells.
    pub placeholders: &'k Placeholders,
    /// When it is read.
    pub now: Timestamp,
}
