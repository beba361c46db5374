//! Durable state on SQLite or PostgreSQL: transactions, ledger, vault, outbox, duties, leases, journal.
//!
//! One text of SQL runs on both engines; what differs between them is in `engine`, nowhere else. Everything is
//! synchronous. [`Store::write`] runs a closure in a transaction and returns once it is durable; on both engines one thread
//! takes the waiting closures into one transaction, undoes a refused one alone, and commits once. [`Store::read`] runs on a
//! snapshot.
//!
//! Inside a transaction, each table has its own module with functions by contract: `find_` gives an option, `get_` a fault
//! if absent, `list_` a page. Rules are not here: what may happen is decided in `policy`, and what is stored is what was
//! decided.
//!
//! | what | where |
//! | --- | --- |
//! | what happened, provably | [`ledger`] |
//! | names and what is owed for them | [`registrations`], [`duties`], [`notices`], [`charges`] |
//! | what goes to registries and comes back | [`intents`], [`journal`], [`polls`] |
//! | what exists there | [`hosts`], [`contacts`] |
//! | what the public may read | [`consents`], [`publications`], and [`feed`] for those who follow |
//! | until when it is kept, and what holds it | [`custody`] |
//! | how a person is found | [`contact_buckets`] |
//! | what the public sends | [`intake`] on its way here, [`desk`] once it is here |
//! | what is sealed | [`vault`], [`contacts`], [`auth_infos`], [`sealed_values`] |
//! | what lies in escrow | [`deposits`] |
//! | how a backup follows a live database | [`backup`] |
//! | work to do, and who does it | [`jobs`], [`schedules`], [`leases`] |
//! | whose data was verified | [`verifications`] |
//! | who runs this house | [`operators`] |
//! | what this instance is | [`settings`] |

#[macro_use]
mod sql;

mod columns;
mod engine;
mod fault;
mod hash;
mod json;
mod passfile;
mod pending;
mod readers;
mod rehearsal;
mod schema;
mod store;
mod tx;
mod url;
mod value;
mod whole_file;
mod writer;

pub mod auth_infos;
pub mod backup;
pub mod charges;
pub mod consents;
pub mod contact_buckets;
pub mod contacts;
pub mod custody;
pub mod deposits;
pub mod desk;
pub mod duties;
pub mod feed;
pub mod hosts;
pub mod intake;
pub mod intents;
pub mod jobs;
pub mod journal;
pub mod leases;
pub mod ledger;
pub mod notices;
pub mod operators;
pub mod polls;
pub mod publications;
pub mod recovery;
pub mod registrations;
pub mod schedules;
pub mod sealed_values;
pub mod secret_file;
pub mod settings;
pub mod vault;
pub mod verifications;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

#[cfg(test)]
mod tests;

pub use fault::StoreFault;
pub use hash::{Hash, hmac_sha256, sha256};
pub use leases::Fence;
pub use ledger::{SignerKey, VerifierKey};
pub use passfile::PasswordSources;
pub use pending::Pending;
pub use rehearsal::{Fate, Rehearsal};
pub use store::Store;
pub use tx::Tx;
pub use url::DatabaseUrl;
pub use vault::{Kek, KeyStanding, KeyToken, Place, TokenKeyId, Vault};
#[cfg(feature = "hsm")]
pub use vault::{Pkcs11Settings, Pkcs11Token, TokenName};
