//! The contract as pure functions.
//!
//! This room answers one question: *given this registration, these rules and this instant, what may happen and what
//! must follow?* It performs no I/O, reads no clock and draws no random numbers; `now` and entropy are arguments, so a
//! year of a portfolio's life is a loop.
//!
//! The way in is [`decide`]: a [`DomainCommand`] against a [`Registration`] gives a [`Verdict`] (the events that follow,
//! the registry intents, duties, notices and charges they need) or a [`Refusal`] that names its rule. Events are applied
//! with [`Registration::apply`], which cannot fail.

mod accounting;
pub mod actor;
pub mod calendar;
mod chain;
pub mod charge;
pub mod command;
pub mod context;
mod decision;
mod deletion;
pub mod drift;
pub mod duty;
pub mod event;
pub mod expiry;
mod fee;
pub mod guard;
mod handover;
pub mod intent;
mod learn;
pub mod matrix;
pub mod notice;
pub mod outcome;
pub mod profile;
pub mod provision;
pub mod reason;
pub mod refusal;
pub mod registration;
pub mod rules;
mod term;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod transfer;
pub mod verdict;

pub use actor::{Actor, ActorKind, Permission};
pub use charge::{Charge, ChargeKind};
pub use command::{DomainCommand, decide};
pub use context::{Context, Facts};
pub use duty::{ClockKind, Duty, DutyChange, DutyState, ObligationId};
pub use event::Event;
pub use expiry::ExtenuatingCircumstance;
pub use intent::{DomainChange, Intent, IntentState, Lane, ObjectKey, Operation};
pub use notice::{NoticeKind, NoticeOrder};
pub use outcome::{Deletion, Done, Outcome, RegistryEvent, TransferState};
pub use profile::{ProfileFault, RegistryProfile, TldProfile};
pub use reason::{Reason, ReasonOwner, StatusReasons};
pub use refusal::Refusal;
pub use registration::{Actual, DeletionCause, Desired, OpenIntent, Phase, Registration};
pub use transfer::DenialReason;
pub use verdict::Verdict;
