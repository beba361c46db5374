//! Ids that aren't checked here, and why.

use super::{Mode, Place, Row};
use crate::finding::Level;

const NAMESERVER_LOOKUP: &str = "a registrar offers no nameserver lookup";
const NAMESERVER_SEARCH: &str = "a registrar offers no nameserver search";
const ENTITY_LOOKUP: &str = "entity lookup is optional for a registrar and not offered";
const REGISTRY_ONLY: &str = "for registries only";
const RETIRED: &str = "belongs to the 2019 profile, which no longer runs";
const NO_ASSERTION: &str = "the number lies within a range of the list, but nothing is asserted under it";

const fn left_out(id: i32, mode: Mode, reason: &'static str, asserts: &'static str) -> Row {
    Row { id, mode, level: Level::Error, place: Place::LeftOut(reason), asserts }
}

pub(super) const ROWS: &[Row] = &[
    left_out(-12316, Mode::Always, ENTITY_LOOKUP, "in the answer to an entity lookup, `notices` stand in the topmost object only"),
    left_out(-12415, Mode::Always, NAMESERVER_LOOKUP, "in the answer to a nameserver lookup, `notices` stand in the topmost object only"),
    left_out(-12504, Mode::Always, NO_ASSERTION, "no assertion is known under this id"),
    left_out(-12600, Mode::Always, NAMESERVER_SEARCH, "the answer to a nameserver search"),
    left_out(-12601, Mode::Always, NAMESERVER_SEARCH, "the answer to a nameserver search"),
    left_out(-12602, Mode::Always, NAMESERVER_SEARCH, "the answer to a nameserver search"),
    left_out(-12603, Mode::Always, NAMESERVER_SEARCH, "the answer to a nameserver search"),
    left_out(-12604, Mode::Always, NAMESERVER_SEARCH, "the answer to a nameserver search"),
    left_out(-12605, Mode::Always, NAMESERVER_SEARCH, "the answer to a nameserver search"),
    left_out(-12606, Mode::Always, NAMESERVER_SEARCH, "the answer to a nameserver search"),
    left_out(-12607, Mode::Always, NAMESERVER_SEARCH, "the answer to a nameserver search"),
    left_out(-12608, Mode::Always, NAMESERVER_SEARCH, "the answer to a nameserver search"),
    left_out(-12609, Mode::Always, NAMESERVER_SEARCH, "the answer to a nameserver search"),
    left_out(-12610, Mode::Always, NAMESERVER_SEARCH, "the answer to a nameserver search"),
    left_out(-49100, Mode::Profile, NAMESERVER_LOOKUP, "a nameserver query in A-labels is answered with an `ldhName`"),
    left_out(-49101, Mode::Profile, NAMESERVER_LOOKUP, "a nameserver query with a U-label is answered with a `unicodeName`"),
    left_out(-49102, Mode::Profile, NAMESERVER_LOOKUP, "the nameserver's `handle` is a repository object id"),
    left_out(-49103, Mode::Profile, NAMESERVER_LOOKUP, "its repository is in IANA's EPP Repository Identifiers"),
    left_out(-49104, Mode::Profile, NAMESERVER_LOOKUP, "its repository isn't `ICANNRST`"),
    left_out(-49200, Mode::Profile, NAMESERVER_LOOKUP, "the registrar entity of a nameserver"),
    left_out(-49201, Mode::Profile, NAMESERVER_LOOKUP, "the registrar entity of a nameserver"),
    left_out(-49202, Mode::Profile, NAMESERVER_LOOKUP, "the registrar entity of a nameserver"),
    left_out(-49203, Mode::Profile, NAMESERVER_LOOKUP, "the registrar entity of a nameserver"),
    left_out(-49204, Mode::Profile, NAMESERVER_LOOKUP, "the registrar entity of a nameserver"),
    left_out(-49205, Mode::Profile, NAMESERVER_LOOKUP, "the registrar entity of a nameserver"),
    left_out(-49300, Mode::Profile, NAMESERVER_LOOKUP, "the statuses of a nameserver lookup go together by RFC 5732"),
    left_out(-23100, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-23101, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-23102, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-23200, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-23201, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-23202, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-26103, Mode::Registry, REGISTRY_ONLY, "a registry's referral leads to the registrar's base URL at IANA"),
    left_out(-46400, Mode::Registry, REGISTRY_ONLY, "a registry shows the event `expiration`"),
    left_out(-65400, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-65401, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-65402, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-65403, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-65404, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-65500, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-65501, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-65502, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-65503, Mode::Registry, REGISTRY_ONLY, "one of the checks for registries"),
    left_out(-20200, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-20600, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-20700, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-23300, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-23301, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-40200, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-40400, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-46500, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-46600, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-46700, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-52100, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-52101, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-52102, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-52104, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-52105, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-55000, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-58000, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-58001, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-60100, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-60101, Mode::Retired, RETIRED, "a check of the 2019 profile"),
    left_out(-60200, Mode::Retired, RETIRED, "a check of the 2019 profile"),
];
