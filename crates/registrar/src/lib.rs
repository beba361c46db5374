//! The use cases, and the only writer.
//!
//! A change has one way in, whoever asks for it:
//!
//! ```text
//!  actor --authorise--> Authorised<UseCase> --carry_out--> load --> policy::decide --> commit (one transaction)
//!                                                            |            |               |
//!                                                     a denial ends   a refusal ends   registration, ledger entries,
//!                                                      it here         it here         duties, notices, charges, intents
//! ```
//!
//! [`Registrar`] is the handle: [`Registrar::carry_out`] changes, [`Registrar::ask`] reads, and neither takes a command that
//! [`authorise`] has not seen. The use cases are values in [`command`], [`contact`], [`host`], [`portfolio`] and [`prove`]. The
//! workers carry what was committed: [`gate`] sends intents and settles them, [`poll`] takes what registries announce,
//! [`timer::Clockwork`] runs what has come due, [`notice::Courier`] carries notices, [`publish::Publisher`] publishes, [`desk::Desk`] takes what the public sent. What comes back is again a command.
//! [`recovery`] keeps all of them still after a restore until the registries were asked. [`reconcile`] holds desired against actual, [`registry`] and [`maintenance`] say how each registry stands.
//! Time and chance come in through [`Clock`] and [`EntropySource`].
//!
//! Not here: SQL (that is `store`), rules (that is `policy`), frames (that is `epp`).

pub mod actor;
pub mod backup;
pub mod bounce;
pub mod command;
pub mod contact;
pub mod deposit;
pub mod desk;
pub mod gate;
pub mod handover;
pub mod host;
pub mod maintenance;
pub mod notice;
pub mod poll;
pub mod portfolio;
pub mod prove;
pub mod publish;
pub mod reconcile;
pub mod recovery;
pub mod registry;
pub mod retention;
pub mod timer;
pub mod verification;

mod authorised;
mod clock;
mod entropy;
mod execute;
mod failure;
mod house_key;
mod journal;
mod keys;
mod order;
mod page;
mod quoted;
mod registrar;
mod settlement;
mod sole;
mod time_check;
mod together;
mod use_case;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use authorised::{Authorised, NeedsPermission, authorise};
pub use clock::{Clock, ManualClock, OffsetClock, SystemClock};
pub use entropy::{Draw, EntropySource, SharedSeed, SystemEntropy};
pub use execute::execute;
pub use failure::{Denial, Failure, Fault};
pub use keys::Swept;
pub use notice::NoticeSettings;
pub use order::{DomainOrder, Receipt, Target, ledger_subject};
pub use page::{DEFAULT_PAGE_ITEMS, MAX_PAGE_ITEMS, Page, PageRequest};
pub use quoted::Quoted;
pub use registrar::{Registrar, RegistrarParts};
pub use settlement::Settlement;
pub use use_case::{Question, UseCase, Work};
