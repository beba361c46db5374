//! EPP on the wire: types, strict encoder, tolerant decoder, connection, pool; shared by client and sandbox.
//!
//! | layer | module | from, to |
//! | --- | --- | --- |
//! | data units (RFC 5734) | [`frame`] | octets, frames |
//! | XML with limits | [`xml`], [`namespace`] | frames, element trees |
//! | messages (RFC 5730 to 5733 and extensions) | [`domain`], [`host`], [`contact`], [`maintenance`], [`extension`] and the types here | trees, types |
//! | TLS towards registries (RFC 5734, RFC 9325) | [`tls`] | files, identities |
//! | one connection, and many | [`conn`], [`pool`] | commands, answers |
//! | what may be logged | [`redact()`] | frames, text without secrets |
//!
//! Every message has both directions, because client and sandbox server are built on the same types. [`encode_command`],
//! [`encode_response`] and [`encode_greeting`] refuse what the schemas refuse; [`decode_server_frame`] accepts what registries in the
//! field send and reports each [`Deviation`]; [`decode_client_frame`] goes by the letter and says with which code to answer.

#[cfg(any(test, feature = "capture"))]
pub mod capture;
pub mod conn;
pub mod frame;
#[doc(hidden)]
pub mod fuzz;
pub mod namespace;
pub mod pool;
mod redact;
#[doc(hidden)]
pub mod samples;
#[cfg(test)]
mod testing;
pub mod tls;
mod wire;
pub mod xml;

pub use namespace::{Namespace, NamespaceKind, Ns};
pub use redact::redact;
pub use wire::*;
