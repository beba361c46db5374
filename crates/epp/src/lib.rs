//! EPP on the wire: types, strict encoder, tolerant decoder, connection, pool; shared by client and sandbox.

pub mod frame;
pub mod namespace;
pub mod redact;
pub mod xml;
