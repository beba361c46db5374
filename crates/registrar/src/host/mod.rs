//! Host objects below the names in our care (RFC 5732): create, change, rename, delete.
//!
//! A host is asked for on behalf of the name it lies below, which must be ours: a registry lets only the sponsor of that name
//! touch it. Its addresses are where that name and others lead, so whatever keeps the name from being changed keeps its hosts
//! (obligations 23.3). Hosts outside our names come to be by themselves when a delegation needs them.

mod change;
mod create;
mod delete;
mod rename;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::{DomainName, GlueError, GluePolicy, Host, HostError, HostName};
use policy::guard::{self, Doing};
use policy::profile::HostModel;
use policy::{ObjectKey, Refusal, Registration};
use store::hosts::{self, HostRow};
use store::registrations;
use store::settings::{self, InstanceKind};

use crate::execute::Subject;
use crate::failure::Failure;
use crate::use_case::Work;

pub use change::ChangeHost;
pub use create::CreateHost;
pub use delete::DeleteHost;
pub use rename::RenameHost;

/// The registration that a host lies below, with its rules.
struct Superordinate<'r> {
    registration: Registration,
    subject: Subject<'r>,
}

/// Finds the name in our care that `host` lies below, at a registry with host objects.
fn superordinate<'r>(work: &mut Work<'r, '_>, host: &HostName) -> Result<Superordinate<'r>, Failure> {
    let mut name = DomainName::parse(host.as_str()).ok();
    while let Some(candidate) = name {
        if let Some(registration) = registrations::find_open(work.tx, &candidate)? {
            return accept(work, registration, host);
        }
        name = candidate.parent();
    }
    Err(Refusal::new("host.foreign", "RFC 5732 3.2", format!("`{host}` is not below a name in our care"))
        .hint("a host elsewhere needs no order: name it in the delegation of a name")
        .into())
}

fn accept<'r>(work: &Work<'r, '_>, registration: Registration, host: &HostName) -> Result<Superordinate<'r>, Failure> {
    if !registration.phase.is_sponsored() {
        let sentence = format!("`{}` is {}, so its hosts cannot be changed", registration.name, registration.phase.word());
        return Err(Refusal::new("host.not_sponsored", "RFC 5732 3.2", sentence).into());
    }
    guard::check(&registration, Doing::Update, work.now)?;
    let subject = Subject::of(work.registrar, registration.clone())?;
    if subject.profile.host_model != HostModel::Objects {
        let sentence = format!("the registry of `{host}` knows no host objects; addresses travel with the delegation");
        return Err(Refusal::new("host.no_objects", "RFC 5731 1.1", sentence).hint("change the nameservers of the name instead").into());
    }
    if registration.open_intents.iter().any(|open| open.object == ObjectKey::Host(host.clone())) {
        return Err(Refusal::new("host.busy", "design 6", format!("an operation on the host `{host}` is under way"))
            .hint("wait until the registry has answered it")
            .into());
    }
    Ok(Superordinate { registration, subject })
}

/// The host as the registry has it.
fn known(work: &mut Work<'_, '_>, above: &Superordinate<'_>, host: &HostName) -> Result<HostRow, Failure> {
    hosts::find(work.tx, above.subject.registry(), host)?.ok_or_else(|| {
        Refusal::new("host.unknown", "RFC 5730 3", format!("the host `{host}` does not exist at the registry"))
            .hint("create it first")
            .into()
    })
}

/// Judges the addresses of a host below one of our names: at least one.
fn checked(work: &mut Work<'_, '_>, host: &HostName, addresses: &BTreeSet<IpAddr>) -> Result<Host, Failure> {
    if addresses.is_empty() {
        return Err(Refusal::new("host.no_address", "RFC 5732 1.1", format!("`{host}` lies below a name it may serve and has no address"))
            .hint("give it at least one address")
            .into());
    }
    judged(host, addresses, glue_policy(work)?)
}

/// Judges every address of a delegation.
pub(crate) fn check_delegation(work: &mut Work<'_, '_>, nameservers: &BTreeMap<HostName, BTreeSet<IpAddr>>) -> Result<(), Failure> {
    // The strictest policy judges a delegation without glue as every other does.
    let has_glue = nameservers.values().any(|addresses| !addresses.is_empty());
    let policy = if has_glue { glue_policy(work)? } else { GluePolicy::PublicOnly };
    nameservers.iter().try_for_each(|(host, addresses)| judged(host, addresses, policy).map(drop))
}

fn judged(host: &HostName, addresses: &BTreeSet<IpAddr>, policy: GluePolicy) -> Result<Host, Failure> {
    Host::new(host.clone(), addresses.iter().copied(), policy).map_err(|error: HostError| {
        let rule = match &error {
            HostError::Address { source: GlueError { .. }, .. } => "RFC 6890",
            HostError::TooManyAddresses { .. } => "RFC 5732 3.2.1",
        };
        Refusal::new(error.code(), rule, error.to_string()).into()
    })
}

/// A rehearsal delegates to addresses of a closed network; everywhere else only what the internet reaches is glue.
fn glue_policy(work: &mut Work<'_, '_>) -> Result<GluePolicy, Failure> {
    Ok(match settings::find_instance_kind(work.tx)? {
        Some(InstanceKind::Rehearsal) => GluePolicy::AnyUnicast,
        Some(InstanceKind::Production) | None => GluePolicy::PublicOnly,
    })
}
