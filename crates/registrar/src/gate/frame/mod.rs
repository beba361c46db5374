//! Frames: an operation, the registry's profile and what the vault holds become one EPP command, with exactly the extensions that
//! this registry needs. Nothing here is sent; the worker stores the frame first.

mod contact;
mod domain_change;
mod domain_create;
mod domain_term;
mod extension;
mod host;
mod launch;
mod query;
mod restore;
#[cfg(test)]
mod tests;

use epp::{Command, CommandBody, domain};
use model::{AuthInfo, ClTrid, Contact, DomainName, HostName};
use policy::profile::{Extension as Feature, RegistryProfile, TldProfile};
use policy::{ObjectKey, Operation};
use thiserror::Error;

use crate::command::launch_papers::LaunchPapers;

pub(crate) use query::{Query, build as build_query};

/// What a frame is built from besides the operation.
pub(crate) struct Surroundings<'a> {
    /// The registry it goes to.
    pub(crate) registry: &'a RegistryProfile,
    /// The rules of the TLD that the operation is about; none where a host or contact belongs to no TLD we serve there.
    pub(crate) tld: Option<&'a TldProfile>,
    /// The authInfo to present or to set, from the vault.
    pub(crate) auth_info: Option<AuthInfo>,
    /// A fresh authInfo that nobody learns, for registries where an object cannot be without one.
    pub(crate) unknown_auth_info: AuthInfo,
    /// The contact's data, from the vault.
    pub(crate) contact: Option<Contact>,
    /// The signed mark and the allocation token to present, from the vault.
    pub(crate) papers: LaunchPapers,
}

/// Why a frame cannot be built. Nothing was sent; the sentence is for the operator.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum FrameFault {
    /// The operation does not fit the object it is for.
    #[error("the operation `{operation}` is not one for `{object}`; this is a defect of the rules")]
    Mismatch {
        /// The operation's word.
        operation: &'static str,
        /// The object.
        object: String,
    },
    /// The vault lacks what the frame needs.
    #[error("{what} of `{object}` is not in the vault; {advice}")]
    Missing {
        /// What is missing.
        what: &'static str,
        /// Of which object.
        object: String,
        /// What to do.
        advice: &'static str,
    },
    /// The registry's profile does not offer what the operation needs.
    #[error("registry `{registry}` does not offer `{extension}`, which `{operation}` needs; correct its profile or ask for the extension")]
    NotOffered {
        /// The registry.
        registry: String,
        /// The extension's word in profiles.
        extension: &'static str,
        /// The operation's word.
        operation: &'static str,
    },
    /// A value cannot be written in EPP.
    #[error("the frame of `{operation}` for `{object}` cannot be written: {reason}")]
    Unwritable {
        /// The operation's word.
        operation: &'static str,
        /// The object.
        object: String,
        /// The encoder's sentence; never quotes a value.
        reason: String,
    },
}

impl Surroundings<'_> {
    /// Whether the registry speaks an extension.
    fn offers(&self, feature: Feature) -> bool {
        self.registry.namespaces.speaks(feature)
    }

    fn require(&self, feature: Feature, operation: &Operation) -> Result<(), FrameFault> {
        if self.offers(feature) {
            return Ok(());
        }
        Err(FrameFault::NotOffered { registry: self.registry.id.to_string(), extension: feature.word(), operation: operation.word() })
    }

    /// Whether authInfo is empty at rest (RFC 9154).
    fn has_empty_auth(&self) -> bool {
        self.tld.is_some_and(|tld| tld.authinfo.rfc9154)
    }
}

/// The command of one attempt at an operation.
///
/// # Errors
/// [`FrameFault`] when the command cannot be made; it has not been sent then.
pub(crate) fn build(operation: &Operation, object: &ObjectKey, around: &Surroundings<'_>, cltrid: &ClTrid) -> Result<Command, FrameFault> {
    let mut command = match object {
        ObjectKey::Domain(name) => domain_command(operation, name, around, cltrid)?,
        ObjectKey::Host(name) => Command::new(host::body(operation, name)?, cltrid),
        ObjectKey::Contact(handle) => Command::new(contact::body(operation, handle, around)?, cltrid),
    };
    extension::add_namestore(&mut command, around);
    Ok(command)
}

fn domain_command(operation: &Operation, name: &DomainName, around: &Surroundings<'_>, cltrid: &ClTrid) -> Result<Command, FrameFault> {
    match operation {
        Operation::CreateDomain { .. } => domain_create::command(operation, name, around, cltrid),
        Operation::RenewDomain { .. }
        | Operation::RequestTransfer { .. }
        | Operation::CancelTransfer
        | Operation::ApproveTransfer
        | Operation::RejectTransfer => domain_term::command(operation, name, around, cltrid),
        Operation::UpdateDomain { .. } | Operation::SetAuthInfo { .. } => domain_change::command(operation, name, around, cltrid),
        Operation::RequestRestore { .. } | Operation::ReportRestore { .. } => restore::command(operation, name, around, cltrid),
        Operation::DeleteDomain => {
            let delete = domain::Command::Delete(domain::Named::new(name));
            Ok(Command::new(CommandBody::Domain(delete), cltrid))
        }
        Operation::CreateHost { .. }
        | Operation::UpdateHost { .. }
        | Operation::RenameHost { .. }
        | Operation::DeleteHost
        | Operation::CreateContact { .. }
        | Operation::UpdateContact { .. }
        | Operation::DeleteContact => Err(mismatch(operation, &ObjectKey::Domain(name.clone()))),
    }
}

fn mismatch(operation: &Operation, object: &ObjectKey) -> FrameFault {
    FrameFault::Mismatch { operation: operation.word(), object: object.to_string() }
}

/// The TLD that a host's own domain is in: the host's last labels decide which product a command is for.
pub(crate) fn tld_of_host<'p>(registry: &'p RegistryProfile, host: &HostName) -> Option<&'p TldProfile> {
    registry.tlds.iter().find(|tld| DomainName::parse(tld.name.as_str()).is_ok_and(|apex| host.is_within(&apex)))
}
