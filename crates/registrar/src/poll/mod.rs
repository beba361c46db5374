//! Poll.
