//! The registries at IANA that the checks look things up in: lists of values carried in `data/`, each with its source at its head.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Which kind of RDAP JSON value (RFC 9083 section 10.2).
#[derive(Debug, Clone, Copy)]
pub(crate) enum JsonValue {
    NoticeAndRemark,
    Status,
    EventAction,
    Role,
    VariantRelation,
}

impl JsonValue {
    fn type_name(self) -> &'static str {
        match self {
            Self::NoticeAndRemark => "notice and remark type",
            Self::Status => "status",
            Self::EventAction => "event action",
            Self::Role => "role",
            Self::VariantRelation => "domain variant relation",
        }
    }
}

/// The values of a data file: a line each, `#` starts a remark.
pub(crate) fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether a value is registered in RDAP JSON Values.
pub(crate) fn is_json_value(kind: JsonValue, value: &str) -> bool {
    static VALUES: LazyLock<HashSet<&str>> = LazyLock::new(|| lines(include_str!("../data/rdap-json-values.txt")).collect());
    VALUES.contains(format!("{}: {value}", kind.type_name()).as_str())
}

/// Whether an identifier is registered in RDAP Extensions.
pub(crate) fn is_rdap_extension(value: &str) -> bool {
    static VALUES: LazyLock<HashSet<&str>> = LazyLock::new(|| lines(include_str!("../data/rdap-extensions.txt")).collect());
    VALUES.contains(value)
}

/// Whether a word is registered in Link Relations.
pub(crate) fn is_link_relation(value: &str) -> bool {
    static VALUES: LazyLock<HashSet<&str>> = LazyLock::new(|| lines(include_str!("../data/link-relations.txt")).collect());
    VALUES.contains(value)
}

/// Whether a media type is registered; parameters and case don't matter.
pub(crate) fn is_media_type(value: &str) -> bool {
    static VALUES: LazyLock<HashSet<&str>> = LazyLock::new(|| lines(include_str!("../data/media-types.txt")).collect());
    let name = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    VALUES.contains(name.as_str())
}

/// Whether a repository is registered in EPP Repository Identifiers.
pub(crate) fn is_epp_repository(value: &str) -> bool {
    static VALUES: LazyLock<HashSet<&str>> = LazyLock::new(|| lines(include_str!("../data/epp-repository-ids.txt")).collect());
    VALUES.contains(value)
}

/// Whether two letters are a country code (ISO 3166-1 alpha-2).
pub(crate) fn is_country_code(value: &str) -> bool {
    static VALUES: LazyLock<HashSet<&str>> =
        LazyLock::new(|| lines(include_str!("../data/country-codes.txt")).flat_map(str::split_whitespace).collect());
    VALUES.contains(value)
}
