//! The program as a whole: the real binary against registries over TLS, judged from outside.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "the helpers of tests are tests too")]

mod canary;
mod cli;
mod demo;
mod exactly_once;
mod launch;
mod public;
mod scene;
