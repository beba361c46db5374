//! Registry accounts: credentials and certificates, the stop of paid operations, availability of names, alarms, and how it all
//! stands.

pub(crate) mod alarm;
pub(crate) mod balance;
mod by_hand;
mod certificate;
mod check;
mod claims;
mod credentials;
mod disk;
mod journal;
mod logins;
mod session_journal;
mod status;
#[cfg(test)]
mod tests;

pub use alarm::{Alarm, ClearAlarm, ListAlarms};
pub use balance::ResumePaidOperations;
pub use by_hand::{AskRegistry, ReconcileNames, TakeMessages};
pub use certificate::{CertificateLine, certificates, watch_certificates};
pub use check::{NameAvailability, check_names};
pub use claims::{NameClaims, NoticeKey, check_claims};
pub use credentials::{ProposeRegistryPassword, ReplaceRegistryPassword, VaultCredentials};
pub use disk::note_disk;
pub use journal::{ExchangeLine, ReadJournal, RedactedFrames};
pub use logins::{AllowLogins, LoginWatch};
pub use session_journal::VaultJournal;
pub use status::{RegistryStatus, registry_status};
