//! The profile: the response as a whole.

use super::{Row, profile};

const CONFORMANCE: &str = "profile/conformance";
const EVERYWHERE: &str = "profile/everywhere";
const NOTICES: &str = "profile/notices";
const REDACTED: &str = "profile/redacted";

pub(super) const ROWS: &[Row] = &[
    profile(-10504, CONFORMANCE, "the answer has an `rdapConformance`"),
    profile(-10505, CONFORMANCE, "`rdapConformance` stands in the topmost object only"),
    profile(-10612, EVERYWHERE, "every link has a `value`"),
    profile(-10613, EVERYWHERE, "every link has a `rel`"),
    profile(-11003, EVERYWHERE, "no status is given twice").warning(),
    profile(-12107, "structure/error", "an error has an `rdapConformance`, an array of strings"),
    profile(-12108, "structure/error", "an error's `errorCode` is the HTTP status"),
    profile(-20800, EVERYWHERE, "every `adr` has its seven parts"),
    profile(-20900, EVERYWHERE, "every `tel` has a `type` with `voice` or `fax`"),
    profile(-26100, "profile/registrar", "the registrar's public id has an identifier"),
    profile(-26101, "profile/registrar", "the registrar's public id is its id in IANA's Registrar IDs"),
    profile(-26102, "profile/registrar", "the base URL listed there is `https`"),
    profile(-40100, EVERYWHERE, "there is no script in any text"),
    profile(-43100, "profile/registration", "the topmost events have `last update of RDAP database`"),
    profile(-61000, CONFORMANCE, "`rdapConformance` has `icann_rdap_technical_implementation_guide_1`"),
    profile(-61001, CONFORMANCE, "`rdapConformance` hasn't `icann_rdap_technical_implementation_guide_0`"),
    profile(-61200, NOTICES, "a topmost notice has a link with `rel` of `terms-of-service`"),
    profile(-61201, NOTICES, "that link's `href` is a web address"),
    profile(-61202, NOTICES, "that link's `value` is the URL that was asked, character for character"),
    profile(-62000, CONFORMANCE, "`rdapConformance` has `icann_rdap_response_profile_1`"),
    profile(-62001, CONFORMANCE, "`rdapConformance` has `redacted` if there is such a member"),
    profile(-62002, REDACTED, "`redacted` is an array of objects"),
    profile(-62003, REDACTED, "each redaction's `name` is an object with one string, `type` or `description`"),
    profile(-62004, REDACTED, "the paths, `pathLang` and `method` are strings"),
    profile(-62005, REDACTED, "`reason` is an object of the strings `lang`, `type`, `description`"),
    profile(-62006, CONFORMANCE, "`rdapConformance` hasn't `icann_rdap_response_profile_0`"),
    profile(-62100, EVERYWHERE, "the seventh part of every `adr` is an empty string"),
    profile(-62101, EVERYWHERE, "every `adr` has a `cc` parameter with a country code"),
];
