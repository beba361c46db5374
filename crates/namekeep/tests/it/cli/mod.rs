//! The command line, judged from outside: the real program on real folders, against `namekeep sandbox` in another process.
//!
//! What people read is held by snapshots of whole outputs; [`steady`] replaces what no two runs have in common.

mod bad_files;
mod bad_words;
mod desk;
mod domain_life;
mod duties;
mod exit_codes;
mod house;
#[cfg(feature = "hsm")]
mod hsm;
mod instance;
mod journal;
mod ledger;
mod mail;
mod objects;
mod postgres;
mod premium;
mod recovery;
mod reference;
mod registrants;
mod registries;
mod serve;
mod steady;
mod tampering;
mod transfers;
