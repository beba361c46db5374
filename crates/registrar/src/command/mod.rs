//! The use cases around a name, one file each. Each file's head states the rule and its source; its body checks what only the
//! registrar knows and gives the order, all in one transaction.

pub(crate) mod auth_info;
pub(crate) mod launch_papers;

mod approve_transfer_out;
mod cancel_transfer_in;
mod change_contacts;
mod change_ds;
mod change_nameservers;
mod delete_domain;
mod deny_transfer_out;
mod hold_domain;
mod issue_auth_info;
mod lock_domain;
mod postpone_deletion;
mod read_auth_info;
mod register_domain;
pub(crate) mod register_in_launch;
mod release_domain;
mod renew_domain;
mod restore_domain;
mod set_auto_renew;
mod transfer_domain_in;
mod unlock_domain;

pub use approve_transfer_out::ApproveTransferOut;
pub use cancel_transfer_in::CancelTransferIn;
pub use change_contacts::ChangeContacts;
pub use change_ds::ChangeDs;
pub use change_nameservers::ChangeNameservers;
pub use delete_domain::DeleteDomain;
pub use deny_transfer_out::DenyTransferOut;
pub use hold_domain::HoldDomain;
pub use issue_auth_info::IssueAuthInfo;
pub use lock_domain::LockDomain;
pub use policy::command::RegisterDomain;
pub use postpone_deletion::PostponeDeletion;
pub use read_auth_info::ReadAuthInfo;
pub use register_in_launch::RegisterInLaunch;
pub use release_domain::ReleaseDomain;
pub use renew_domain::RenewDomain;
pub use restore_domain::RestoreDomain;
pub use set_auto_renew::SetAutoRenew;
pub use transfer_domain_in::TransferDomainIn;
pub use unlock_domain::UnlockDomain;
