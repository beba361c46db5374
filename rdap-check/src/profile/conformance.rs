//! What `rdapConformance` must and must not declare (TIG 1.3, RP 1.2, RFC 9537 section 4.1).

use crate::document::Document;
use crate::finding::Findings;

const REQUIRED: [(i32, &str); 2] = [(-61000, "icann_rdap_technical_implementation_guide_1"), (-62000, "icann_rdap_response_profile_1")];
const OBSOLETE: [(i32, &str); 2] = [(-61001, "icann_rdap_technical_implementation_guide_0"), (-62006, "icann_rdap_response_profile_0")];

/// Judges the declaration.
pub(crate) fn judge(found: &mut Findings, document: &Document<'_>) {
    let root = &document.root;
    for nested in root.everywhere("rdapConformance").iter().filter(|node| node.at() != "/rdapConformance") {
        found.report(-10505, nested, "`rdapConformance` stands elsewhere than in the topmost object.");
    }
    let Some(conformance) = root.member("rdapConformance") else {
        found.report(-10504, root, "There is no `rdapConformance`.");
        return;
    };
    for (id, identifier) in REQUIRED {
        found.demand(document.declares(identifier), id, &conformance, format!("`rdapConformance` lacks `{identifier}`."));
    }
    for (id, identifier) in OBSOLETE {
        found.demand(!document.declares(identifier), id, &conformance, format!("`rdapConformance` has `{identifier}`, which is obsolete."));
    }
    let declares_what_it_uses = root.member("redacted").is_none() || document.declares("redacted");
    found.demand(declares_what_it_uses, -62001, &conformance, "The answer uses `redacted` without declaring it.");
}
