//! The contract as pure functions.
//!
//! This room answers one question: *given this registration, these rules and this instant, what may happen and what
//! must follow?* It performs no I/O, reads no clock and draws no random numbers; `now` and entropy are arguments, so a
//! year of a portfolio's life is a loop.
//!
//! The way in is [`decide`]: a [`DomainCommand`] against a [`Registration`] gives a [`Verdict`] (the events that follow,
//! the registry intents, duties, notices and charges they need) or a [`Refusal`] that names its rule. Events are applied
//! with [`Registration::apply`], which cannot fail. [`Registration::next_due`] says when `Tick` has something to do; the
//! same loop catches up after an outage.
//!
//! | to find | look in |
//! | --- | --- |
//! | what a command does | `command/`, one file each; `command/settle_intent/` for answers of the registry |
//! | which rung says no | [`guard`], with [`matrix`] for what the registry would answer |
//! | the expiry chain | `registration/agenda.rs` (what is due), `chain.rs` (what is done), [`expiry`] (the numbers) |
//! | sunrise and claims | [`launch`] |
//! | a change of registrant | [`holder`] |
//! | transfers | `handover.rs`, and [`transfer`] for the closed lists of reasons |
//! | deleting | `deletion.rs` |
//! | charges and credits | `accounting.rs` |
//! | desired against actual | [`drift`], and `provision.rs` for what is sent |
//! | what the public may read of a name | [`publication`] |
//! | whether a holder was verified, and what a name owes until then | [`verification`]; `data_reminder.rs` for the yearly letter |
//! | whether a contact's data can be true | [`accuracy`] |
//! | what the public sends, and the clocks of its cases | [`desk`] |
//! | a TLD's own numbers | [`profile`] |
//! | every rule with its clause and dates | [`rules`] |
//!
//! What the callers owe it: [`Facts`] read in the same transaction, an `Observe` after a transfer in and at every
//! reconciliation, a `NoticeSent` for every notice carried (deletion waits for it), and a `SettleIntent` for every intent,
//! the cancelled ones too.

mod accounting;
pub mod accuracy;
pub mod actor;
pub mod calendar;
mod chain;
pub mod charge;
pub mod command;
pub mod context;
mod data_reminder;
mod decision;
mod deletion;
pub mod desk;
pub mod drift;
pub mod duty;
pub mod event;
pub mod expiry;
mod fee;
pub mod guard;
mod handover;
pub mod holder;
pub mod intent;
pub mod launch;
mod learn;
pub mod matrix;
pub mod notice;
pub mod outcome;
pub mod profile;
pub mod provision;
pub mod publication;
pub mod reason;
pub mod refusal;
pub mod registration;
pub mod retention;
pub mod rules;
mod term;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod transfer;
pub mod verdict;
pub mod verification;

pub use actor::{Actor, ActorKind, Permission};
pub use charge::{Charge, ChargeKind};
pub use command::{DomainCommand, decide};
pub use context::{Context, Facts};
pub use duty::{ClockKind, Duty, DutyChange, DutyState, ObligationId};
pub use event::Event;
pub use expiry::ExtenuatingCircumstance;
pub use holder::{HolderChange, HolderField, HolderRevision};
pub use intent::{DomainChange, Intent, IntentState, Lane, ObjectKey, Operation};
pub use launch::{ClaimsAnswer, ClaimsNotice, LaunchOrder, LaunchProof, SignedMarkFacts};
pub use notice::{Addressee, NoticeKind, NoticeOrder};
pub use outcome::{Deletion, Done, Outcome, RegistryEvent, TransferState};
pub use profile::{ProfileFault, RegistryProfile, TldProfile};
pub use reason::{Reason, ReasonOwner, StatusReasons};
pub use refusal::Refusal;
pub use registration::{Actual, DeletionCause, Desired, OpenIntent, Phase, Registration};
pub use transfer::DenialReason;
pub use verdict::Verdict;
pub use verification::{HolderNews, HolderStanding, VerificationCause, VerificationMethod};
