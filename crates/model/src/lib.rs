//! The vocabulary of a registrar: names, hosts, contacts, statuses, periods, money, ids. No I/O.
//!
//! Every other room speaks in these types. They know no clock, no network and no source of chance: time
//! ([`Timestamp`]) and entropy ([`Entropy`]) are arguments. A value that exists is well formed, because each type is
//! made by a checking constructor (`parse`, `new`) whose error says what is wrong, where, and what to do; error types
//! carry a stable `code()` for programs.
//!
//! | words | types |
//! | --- | --- |
//! | names | [`DomainName`], [`HostName`], [`TldName`] |
//! | hosts | [`Host`], [`glue`] |
//! | states | [`EppStatus`], [`StatusSet`], [`RgpStatus`], [`TransferStatus`] |
//! | time | [`Timestamp`], [`Period`], [`expiry`] |
//! | people | [`Contact`], [`Email`], [`Phone`], [`CountryCode`] |
//! | secrets | [`Secret`], [`SecretBytes`], [`AuthInfo`], [`AllocationToken`] |
//! | ids | [`DomainId`] and its kin, [`Roid`], [`ClTrid`], [`SvTrid`], [`RegistrarHandle`], [`ContactHandle`], [`RegistryId`] |
//! | money | [`Money`], [`Currency`] |
//! | DNSSEC | [`DsData`], [`KeyData`] |

mod allocation_token;
mod auth_info;
mod contact;
mod dnssec;
mod entropy;
mod epp_token;
mod host;
mod id;
mod idna;
mod money;
mod name;
mod period;
mod secret;
mod slug;
mod status;
mod word;

pub mod expiry;
pub mod glue;

pub use jiff::Timestamp;

pub use allocation_token::{AllocationToken, AllocationTokenError};
pub use auth_info::{AuthInfo, AuthInfoError};
pub use contact::{
    Contact, ContactError, ContactRole, CountryCode, CountryError, Email, EmailError, LegalKind, Phone, PhoneError, PostalAddress,
};
pub use dnssec::{DnssecError, DsData, KeyData};
pub use entropy::{Entropy, SeededEntropy};
pub use epp_token::{ClTrid, ContactHandle, RegistrarHandle, Roid, SvTrid, TokenError};
pub use expiry::ExpiryError;
pub use glue::{GlueError, GluePolicy};
pub use host::{Host, HostError};
pub use id::{
    ActorId, CaseId, ContactId, DepositId, DomainId, DutyId, HostId, IdError, IntentId, JobId, LetterId, MessageId, NoticeId, ReceiptId,
};
pub use money::{Currency, CurrencyError, Money, MoneyError};
pub use name::{DomainName, HostName, LabelFault, NameError};
pub use period::{Period, PeriodError};
pub use secret::{Secret, SecretBytes};
pub use slug::{RegistryId, SlugError, TldName};
pub use status::{EppStatus, ObjectKind, RgpStatus, StatusError, StatusSet, TransferStatus};
pub use word::UnknownWord;
