//! The structures of RFC 9083: what each member may hold, whoever answers. The checks of mode A.

pub(crate) mod conformance;
pub(crate) mod domain;
pub(crate) mod entity;
pub(crate) mod error;
pub(crate) mod events;
pub(crate) mod help;
pub(crate) mod ip_addresses;
pub(crate) mod jcard;
pub(crate) mod jcard_value;
pub(crate) mod links;
pub(crate) mod members;
pub(crate) mod nameserver;
pub(crate) mod notices;
pub(crate) mod public_ids;
pub(crate) mod secure_dns;
pub(crate) mod variants;
pub(crate) mod words;
