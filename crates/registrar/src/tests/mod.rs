//! Tests of whole use cases: what the world received.

mod canary;
mod contacts;
mod operators;
mod permissions;
