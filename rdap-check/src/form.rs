//! The forms of single values: names, addresses, URIs, dates, tags, mail addresses, repository object ids.

pub(crate) mod address;
pub(crate) mod context;
pub(crate) mod date_time;
pub(crate) mod domain_name;
pub(crate) mod email;
pub(crate) mod language;
pub(crate) mod roid;
pub(crate) mod web_uri;
