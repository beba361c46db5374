//! Tests of whole use cases: what the world received.

mod canary;
mod contacts;
mod life;
mod operators;
mod permissions;
mod transfers;
mod world;
