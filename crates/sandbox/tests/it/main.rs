//! The sandbox judged from outside: its rules as tables, its laws as properties, its server over TLS.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "the helpers of tests are tests too")]

mod breakage;
mod extensions;
mod graces;
mod laws;
mod link;
mod matrix;
mod rig;
mod rst_domains;
mod rst_launch;
mod rst_objects;
mod rst_sessions;
mod rst_transfers;
mod server;
mod world;
