//! Tests of whole use cases: what the world received.

mod backing_up;
mod canary;
mod clock;
mod contacts;
mod depositing;
mod desk;
mod erasing;
mod holders;
mod hosts;
mod laws;
mod life;
mod lifetime;
mod mail;
mod opening;
mod operators;
mod orders;
mod permissions;
mod publishing;
mod reads;
mod retention;
mod transfers;
mod verification;
mod world;
