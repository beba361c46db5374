//! The profile: the domain, its nameservers and its registrar.

use super::{Row, profile, registrar};

const DOMAIN: &str = "profile/registration";
const NOTICES: &str = "profile/notices";
const STATUS: &str = "profile/status";
const SERVERS: &str = "profile/nameservers";
const REGISTRAR: &str = "profile/registrar";
const CONTACTS: &str = "profile/contacts";

pub(super) const ROWS: &[Row] = &[
    profile(-46100, DOMAIN, "a query in A-labels or NR-LDH labels is answered with an `ldhName`"),
    profile(-46101, DOMAIN, "a query with a U-label is answered with a `unicodeName`"),
    profile(-46200, DOMAIN, "the domain's `handle` has the form of a repository object id"),
    profile(-46201, DOMAIN, "its repository is in IANA's EPP Repository Identifiers"),
    profile(-46202, DOMAIN, "a domain without `handle` has a redaction of `Registry Domain ID`"),
    profile(-46203, DOMAIN, "the path of that redaction is `$.handle`, if given"),
    profile(-46204, DOMAIN, "its method is `removal`, if given"),
    profile(-46205, DOMAIN, "the repository of the domain's `handle` isn't `ICANNRST`"),
    profile(-46206, DOMAIN, "there is no such redaction while the `handle` is shown"),
    profile(-46300, DOMAIN, "there is an event `registration`"),
    profile(-46601, NOTICES, "there is a notice `Status Codes`"),
    profile(-46602, NOTICES, "its description is exactly the one prescribed"),
    profile(-46603, NOTICES, "it has a link"),
    profile(-46604, NOTICES, "the link's `href` is `https://icann.org/epp`"),
    profile(-46605, NOTICES, "the link's `rel` is `glossary`"),
    profile(-46606, NOTICES, "the link's `value` is the URL that was asked"),
    profile(-46701, NOTICES, "there is a notice `RDDS Inaccuracy Complaint Form`"),
    profile(-46702, NOTICES, "its description is exactly the one prescribed"),
    profile(-46703, NOTICES, "it has a link"),
    profile(-46704, NOTICES, "the link's `href` is `https://icann.org/wicf`"),
    profile(-46705, NOTICES, "the link's `rel` is `help`"),
    profile(-46706, NOTICES, "the link's `value` is the URL that was asked"),
    profile(-46800, DOMAIN, "there is a `secureDNS`"),
    profile(-46801, DOMAIN, "it has `delegationSigned`"),
    profile(-46802, DOMAIN, "a signed delegation has `dsData` or `keyData`"),
    profile(-46900, STATUS, "the statuses of the domain go together by RFC 5731"),
    profile(-47001, STATUS, "`redemption period` stands beside `pending delete`"),
    profile(-47002, STATUS, "`pending restore` stands beside `pending delete`"),
    profile(-47100, STATUS, "there is at least one status"),
    registrar(-47200, SERVERS, "every nameserver has an `ldhName`"),
    registrar(-47201, SERVERS, "a nameserver's `handle` has the form of a repository object id"),
    registrar(-47202, SERVERS, "its repository is in IANA's EPP Repository Identifiers"),
    registrar(-47203, SERVERS, "`handle` and `status` are on all nameservers or on none"),
    registrar(-47204, SERVERS, "the statuses of a nameserver go together by RFC 5732"),
    profile(-47205, SERVERS, "the repository of a nameserver's `handle` isn't `ICANNRST`"),
    profile(-47300, REGISTRAR, "there is an entity `registrar`"),
    profile(-47301, REGISTRAR, "there is only one"),
    profile(-47302, REGISTRAR, "its jCard has an `fn`"),
    profile(-47400, REGISTRAR, "the registrar has `publicIds`"),
    profile(-47401, REGISTRAR, "the registrar's public id is a number"),
    profile(-47402, REGISTRAR, "the registrar's `handle` is a number"),
    profile(-47403, REGISTRAR, "the public id is the `handle`"),
    profile(-47404, REGISTRAR, "the `handle` is the registrar's id in IANA's Registrar IDs"),
    profile(-47500, REGISTRAR, "within the registrar an entity `abuse` has a phone number and a mail address"),
    profile(
        -47600,
        CONTACTS,
        "the `handle` of a further contact has the form of a repository object id, if the registry knows the contact",
    ),
    profile(-47601, CONTACTS, "its repository is in IANA's EPP Repository Identifiers"),
    profile(-47700, REGISTRAR, "the registrar has a link with `rel` of `about`"),
    profile(-47701, REGISTRAR, "that link's `value` is the registrar's base URL at IANA, byte for byte"),
    profile(-47702, REGISTRAR, "that link's `value` is `https`"),
    profile(-47703, REGISTRAR, "that link's `href` is the URI of a web site"),
    profile(-52106, CONTACTS, "the repository of no contact's `handle` is `ICANNRST`"),
];
