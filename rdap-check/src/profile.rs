//! What ICANN's RDAP profile of February 2024 adds for gTLDs (modes P and R): the response profile and the technical implementation guide.

pub(crate) mod conformance;
pub(crate) mod contacts;
pub(crate) mod domain;
pub(crate) mod everywhere;
pub(crate) mod nameservers;
pub(crate) mod notices;
pub(crate) mod redacted;
pub(crate) mod redaction;
pub(crate) mod registrant;
pub(crate) mod registrar;
pub(crate) mod registration;
pub(crate) mod status;
pub(crate) mod technical;

use crate::document::Document;
use crate::finding::Findings;

/// Judges what the profile asks of every answer with status 200.
pub(crate) fn judge_everywhere(found: &mut Findings, document: &Document<'_>) {
    conformance::judge(found, document);
    everywhere::judge(found, &document.root);
    notices::judge_terms(found, document);
}
