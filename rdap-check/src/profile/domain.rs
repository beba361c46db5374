//! What the profile asks of a domain lookup, part by part.

use super::{contacts, nameservers, notices, redacted, registrant, registrar, registration, status, technical};
use crate::document::Document;
use crate::finding::Findings;

/// Judges the answer to a domain lookup.
pub(crate) fn judge(found: &mut Findings, document: &Document<'_>) {
    registration::judge(found, document);
    status::judge(found, document);
    notices::judge_fixed_texts(found, document);
    nameservers::judge(found, document);
    registrar::judge(found, document);
    contacts::judge(found, document);
    registrant::judge(found, document);
    technical::judge(found, document);
    redacted::judge(found, document);
}
