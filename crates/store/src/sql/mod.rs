//! Every statement of the store, by name, in the dialect both engines share.
//!
//! The rules of the dialect: placeholders `$1..$n`, first used in ascending order; columns only integer, text, blob; `returning`,
//! `on conflict`, common table expressions, windows and row values allowed; no date functions, JSON operators or arrays;
//! a sum is cast to `bigint`, because PostgreSQL widens it. Tests prepare every statement of [`all`] on both engines and
//! snapshot SQLite's plans.

/// One statement: its name in messages and plans, and its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// `module.statement`, unique.
    pub(crate) name: &'static str,
    /// The text, with `$1..$n`.
    pub(crate) sql: &'static str,
}

/// Declares the statements of one module, and `ALL` with every one of them, so that none escapes the tests. They are statics:
/// each text lies in one place, and an engine can tell statements apart by it without comparing texts.
macro_rules! statements {
    ($module:literal; $($(#[$doc:meta])* $name:ident = $sql:expr;)+) => {
        $(
            $(#[$doc])*
            pub(crate) static $name: $crate::sql::Statement =
                $crate::sql::Statement { name: concat!($module, ".", stringify!($name)), sql: $sql };
        )+
        /// Every statement of this module, for the tests that prepare them all.
        #[cfg(test)]
        pub(crate) static ALL: &[&$crate::sql::Statement] = &[$(&$name),+];
    };
}

pub(crate) mod charges;
pub(crate) mod consents;
pub(crate) mod contact_buckets;
pub(crate) mod contacts;
pub(crate) mod custody;
pub(crate) mod deposits;
pub(crate) mod desk;
pub(crate) mod duties;
pub(crate) mod hosts;
pub(crate) mod intents;
pub(crate) mod jobs;
pub(crate) mod journal;
pub(crate) mod leases;
pub(crate) mod ledger;
pub(crate) mod notices;
pub(crate) mod operators;
pub(crate) mod polls;
pub(crate) mod publications;
pub(crate) mod registrations;
pub(crate) mod schedules;
pub(crate) mod schema;
pub(crate) mod sealed;
pub(crate) mod settings;
pub(crate) mod vault;
pub(crate) mod verifications;

#[cfg(test)]
mod tests;

/// Every statement there is.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static Statement> {
    [
        charges::ALL,
        consents::ALL,
        contact_buckets::ALL,
        contacts::ALL,
        custody::ALL,
        deposits::ALL,
        desk::ALL,
        duties::ALL,
        hosts::ALL,
        intents::ALL,
        jobs::ALL,
        journal::ALL,
        leases::ALL,
        ledger::ALL,
        notices::ALL,
        operators::ALL,
        polls::ALL,
        publications::ALL,
        registrations::ALL,
        schedules::ALL,
        schema::ALL,
        sealed::ALL,
        settings::ALL,
        vault::ALL,
        verifications::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}
