//! A poll message in the words of the policy room. Pure and total: whatever a registry sends becomes an event, if only
//! [`RegistryEvent::Other`] (obligations 23.4).

use epp::extension::change_poll::{ChangeData, Operation};
use epp::extension::unhandled;
use epp::xml::Element;
use epp::{Extension, PendingData, Response, ResponseData, contact, domain, host, maintenance};
use model::{DomainName, Timestamp};
use policy::{Actual, RegistryEvent};

use crate::gate::observe;

/// Longest text kept of a message, in characters.
const MAX_WORDS_CHARS: usize = 500;
/// Part of the namespace of Verisign's low-balance message.
const LOW_BALANCE_NAMESPACE: &str = "lowbalance";
/// Part of the namespace of Verisign's grace-period message.
const GRACE_NAMESPACE: &str = "rgp-poll";
/// Words by which registries without such a namespace tell of a low balance.
const LOW_BALANCE_WORDS: [&str; 2] = ["low balance", "balance is low"];

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// An event, of a name or of the account.
    Event(RegistryEvent),
    /// A pending action on a host or contact ended; policy knows such events only of names.
    PendingObject {
        /// Our clTRID of the command.
        cltrid: Option<String>,
        /// The registry's id of it.
        svtrid: String,
        /// Whether it was done.
        done: bool,
    },
}

/// Reads a message. Data in namespaces that the session did not declare are read as if they stood in their place (RFC 9038).
pub(super) fn read(response: &Response, received_at: Timestamp) -> Said {
    let (mut data, mut extensions) = (response.data.clone(), response.extensions.clone());
    for result in &response.results {
        let (more_data, more_extensions) = unhandled::restored(result);
        data.extend(more_data);
        extensions.extend(more_extensions);
    }
    let what = words_of(response);
    // What a message shows is the object as it was when the message was queued, however late it is read.
    let shown_at = response.queue.as_ref().and_then(|queue| queue.queued).map_or(received_at, |queued| queued.min(received_at));
    let object = data.iter().find_map(|data| of_object(data, &extensions, &what, shown_at));
    let said = object.or_else(|| data.iter().find_map(|data| of_vendor(data, &what)));
    said.unwrap_or_else(|| Said::Event(of_text(what)))
}

/// The message's own text.
fn words_of(response: &Response) -> String {
    let text = response.queue.as_ref().and_then(|queue| queue.message.as_ref()).map(|message| message.text.as_str());
    text.unwrap_or_default().chars().take(MAX_WORDS_CHARS).collect()
}

fn of_object(data: &ResponseData, extensions: &[Extension], what: &str, shown_at: Timestamp) -> Option<Said> {
    match data {
        ResponseData::Domain(data) => of_domain(data, extensions, what, shown_at),
        ResponseData::Host(host::Data::Info(info)) => {
            Some(Said::Event(RegistryEvent::HostChanged { host: info.name.to_host().ok()?, what: what.to_owned() }))
        }
        ResponseData::Host(host::Data::Pending(pending)) => Some(pending_object(pending)),
        ResponseData::Contact(contact::Data::Pending(pending)) => Some(pending_object(pending)),
        ResponseData::Maintenance(maintenance::InfoData::Item(item)) => {
            let words = item.descriptions.first().map(|description| description.text.text.clone());
            let what = words.filter(|words| !words.is_empty()).unwrap_or_else(|| what.to_owned());
            Some(Said::Event(RegistryEvent::Maintenance { from: item.start, to: item.end, what }))
        }
        _ => None,
    }
}

fn of_domain(data: &domain::Data, extensions: &[Extension], what: &str, shown_at: Timestamp) -> Option<Said> {
    let event = match data {
        domain::Data::Transfer(data) => RegistryEvent::Transfer { name: data.name.to_domain().ok()?, transfer: observe::transfer(data)? },
        domain::Data::Pending(data) => RegistryEvent::PendingResult {
            name: data.name.to_domain().ok()?,
            cltrid: data.transaction.client.as_ref().map(|id| id.as_str().to_owned()),
            svtrid: data.transaction.server.as_str().to_owned(),
            done: data.is_approved,
        },
        domain::Data::Renew(data) => RegistryEvent::AutoRenewed { name: data.name.to_domain().ok()?, expires_at: data.expires? },
        domain::Data::Info(info) => {
            let name = info.name.to_domain().ok()?;
            let shown = ResponseData::Domain(domain::Data::Info(info.clone()));
            let actual = observe::domain_of(std::slice::from_ref(&shown), extensions, shown_at);
            let change = extensions.iter().find_map(|extension| match extension {
                Extension::ChangePoll(change) => Some(change),
                _ => None,
            });
            changed(name, actual, change, what)
        }
        domain::Data::Create(data) => RegistryEvent::Changed { name: data.name.to_domain().ok()?, what: what.to_owned(), info: None },
        domain::Data::Check(_) => return None,
    };
    Some(Said::Event(event))
}

/// What a shown object means: RFC 8590 says what was done to it; without that it is as it is shown.
fn changed(name: DomainName, actual: Option<Actual>, change: Option<&ChangeData>, what: &str) -> RegistryEvent {
    let Some(change) = change else {
        return RegistryEvent::Changed { name, what: what.to_owned(), info: actual.map(Box::new) };
    };
    match (change.operation, &actual) {
        (Operation::AutoPurge, _) => RegistryEvent::Purged { name },
        (Operation::AutoRenew, Some(Actual { expires_at: Some(expires_at), .. })) if !change.is_before => {
            RegistryEvent::AutoRenewed { name, expires_at: *expires_at }
        }
        _ => {
            let reason = change.reason.as_ref().map(|reason| reason.text.as_str()).filter(|reason| !reason.is_empty());
            let words = format!("{} by {}{}", change.operation, change.who, reason.map(|reason| format!(": {reason}")).unwrap_or_default());
            let what = if what.is_empty() { words } else { format!("{what} ({words})") };
            // The object as it was before the change says nothing of how it is now.
            RegistryEvent::Changed { name, what, info: actual.filter(|_| !change.is_before).map(Box::new) }
        }
    }
}

fn pending_object(pending: &PendingData) -> Said {
    Said::PendingObject {
        cltrid: pending.transaction.client.as_ref().map(|id| id.as_str().to_owned()),
        svtrid: pending.transaction.server.as_str().to_owned(),
        done: pending.is_approved,
    }
}

/// Messages of vendors, by their namespaces.
fn of_vendor(data: &ResponseData, what: &str) -> Option<Said> {
    let ResponseData::Raw(element) = data else {
        return None;
    };
    let namespace = element.ns.urn().to_ascii_lowercase();
    if namespace.contains(LOW_BALANCE_NAMESPACE) {
        return Some(Said::Event(RegistryEvent::LowBalance { what: what.to_owned() }));
    }
    if namespace.contains(GRACE_NAMESPACE) {
        let name = DomainName::parse(&named(element)?).ok()?;
        return Some(Said::Event(RegistryEvent::Changed { name, what: what.to_owned(), info: None }));
    }
    None
}

/// The text of the child that names the object.
fn named(element: &Element) -> Option<String> {
    element.child("name").map(|name| name.text().trim().to_owned())
}

/// A message of words only.
fn of_text(what: String) -> RegistryEvent {
    let lower = what.to_ascii_lowercase();
    if LOW_BALANCE_WORDS.iter().any(|words| lower.contains(words)) {
        RegistryEvent::LowBalance { what }
    } else {
        RegistryEvent::Other { what }
    }
}
