//! The message queue of each registrar, and what its messages say.

use std::collections::VecDeque;

use epp::extension::change_poll::{Case, CaseKind, ChangeData, Operation};
use epp::maintenance::{InfoData as MaintenanceData, Item};
use epp::{Extension, PendingData, ResponseData, TransactionIds, TransferData, contact, domain};
use model::{DomainName, Money, RegistrarHandle, Timestamp};

use super::Registry;
use super::command::domain_info;

/// Longest reason of a change, in characters (changePoll-1.0 `reasonType` is at most 32).
const MAX_REASON_CHARS: usize = 32;

/// A planned outage (RFC 9167).
pub(crate) type Maintenance = Item;

/// The queue of one registrar, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct PollQueue {
    messages: VecDeque<Message>,
}

/// One message, as it will be shown until it is acknowledged.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) queued: Timestamp,
    pub(crate) text: String,
    pub(crate) data: Vec<ResponseData>,
    pub(crate) extensions: Vec<Extension>,
}

impl PollQueue {
    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }

    pub(crate) fn first(&self) -> Option<&Message> {
        self.messages.front()
    }

    /// Removes the oldest message if it has this id.
    pub(crate) fn acknowledge(&mut self, id: &str) -> bool {
        let is_first = self.messages.front().is_some_and(|message| message.id.to_string() == id);
        if is_first {
            self.messages.pop_front();
        }
        is_first
    }
}

/// What a registrar is told of.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A transfer of a domain began or ended.
    DomainTransfer(TransferData),
    /// A transfer of a contact began or ended.
    ContactTransfer(TransferData),
    /// A pending create was decided.
    CreateDecided { is_approved: bool, cltrid: Option<String>, svtrid: String },
    /// The registry renewed at expiry.
    AutoRenewed,
    /// The term ended in a TLD that does not renew by itself.
    Lapsing { until: Timestamp },
    /// Nobody renewed it, and it was deleted.
    ExpiredWithoutRenewal,
    /// Redemption ended without restore.
    RedemptionEnded,
    /// No restore report came in time.
    RestoreLapsed,
    /// The name left the registry.
    Purged,
    /// The registry changed the object at somebody's order.
    ServerChange { what: &'static str, who: String, reason: String, case: Option<String> },
    /// The balance fell to the mark.
    LowBalance { balance: Money, mark: Money },
    /// An outage was announced.
    Maintenance(Box<Item>),
}

impl Registry {
    /// Queues a message that shows no object but what the event carries.
    pub(crate) fn tell(&mut self, registrar: &RegistrarHandle, at: Timestamp, event: Event) {
        self.queue(registrar, at, event, None);
    }

    /// Queues a message that shows the domain as it is now.
    pub(crate) fn tell_domain(&mut self, registrar: &RegistrarHandle, name: &DomainName, at: Timestamp, event: Event) {
        self.queue(registrar, at, event, Some(name));
    }

    fn queue(&mut self, registrar: &RegistrarHandle, at: Timestamp, event: Event, name: Option<&DomainName>) {
        if !self.accounts.contains_key(registrar) {
            return;
        }
        let (text, mut data, mut extensions) = self.words_of(&event, name, at);
        if let Some(name) = name
            && let Some(domain) = self.domains.get(name)
        {
            if data.is_empty() {
                let shown = domain_info::data(self, domain, true, domain::HostFilter::All);
                data.push(ResponseData::Domain(domain::Data::Info(Box::new(shown))));
            }
            extensions.extend(domain_info::grace(domain, at));
            extensions.extend(self.change_of(&event, at));
        }
        self.last_message += 1;
        let message = Message { id: self.last_message, queued: at, text, data, extensions };
        self.queues.entry(registrar.clone()).or_default().messages.push_back(message);
    }

    /// The text and the payload of an event.
    fn words_of(&self, event: &Event, name: Option<&DomainName>, at: Timestamp) -> (String, Vec<ResponseData>, Vec<Extension>) {
        let about = name.map(DomainName::to_string).unwrap_or_default();
        let mut data = Vec::new();
        let text = match event {
            Event::DomainTransfer(transfer) => {
                data.push(ResponseData::Domain(domain::Data::Transfer(transfer.clone())));
                transfer_text("Transfer", transfer)
            }
            Event::ContactTransfer(transfer) => {
                data.push(ResponseData::Contact(contact::Data::Transfer(transfer.clone())));
                transfer_text("Contact transfer", transfer)
            }
            Event::CreateDecided { is_approved, cltrid, svtrid } => {
                let transaction = TransactionIds { client: cltrid.as_deref().map(Into::into), server: svtrid.as_str().into() };
                let pending = PendingData { name: about.as_str().into(), is_approved: *is_approved, transaction, decided: at };
                data.push(ResponseData::Domain(domain::Data::Pending(pending)));
                format!("Pending create {}.", if *is_approved { "completed" } else { "refused" })
            }
            Event::AutoRenewed => format!("Domain {about} auto-renewed."),
            Event::Lapsing { until } => format!("Domain {about} expired; it is deleted on {until} unless it is renewed."),
            Event::ExpiredWithoutRenewal => format!("Domain {about} expired and was deleted."),
            Event::RedemptionEnded => format!("Redemption of domain {about} ended; it will be purged."),
            Event::RestoreLapsed => format!("No restore report came for domain {about}; it is in redemption again."),
            Event::Purged => format!("Domain {about} purged."),
            Event::ServerChange { what, .. } => format!("Registry changed domain {about}: {what}."),
            Event::LowBalance { balance, mark } => format!("Low balance: {balance} left, at or below {mark}."),
            Event::Maintenance(item) => {
                data.push(ResponseData::Maintenance(MaintenanceData::Item(item.clone())));
                "Registry maintenance notification.".to_owned()
            }
        };
        (text, data, Vec::new())
    }

    /// What changePoll-1.0 says of an event that the registry caused.
    fn change_of(&self, event: &Event, at: Timestamp) -> Option<Extension> {
        let (operation, who, reason, case) = match event {
            Event::AutoRenewed => (Operation::AutoRenew, "registry", "Expiry", None),
            Event::ExpiredWithoutRenewal => (Operation::AutoDelete, "registry", "Expiry", None),
            Event::RedemptionEnded => (Operation::AutoDelete, "registry", "Redemption ended", None),
            Event::RestoreLapsed => (Operation::Update, "registry", "No restore report", None),
            Event::Purged => (Operation::AutoPurge, "registry", "Pending delete ended", None),
            Event::ServerChange { who, reason, case, .. } => (Operation::Update, who.as_str(), reason.as_str(), case.clone()),
            _ => return None,
        };
        Some(Extension::ChangePoll(ChangeData {
            is_before: matches!(event, Event::Purged),
            operation,
            sub_operation: None,
            date: at,
            svtrid: self.current_svtrid().as_str().into(),
            who: who.to_owned(),
            case: case.map(|id| Case { id, kind: CaseKind::Urs, name: None }),
            reason: Some(reason.chars().take(MAX_REASON_CHARS).collect::<String>().into()),
        }))
    }
}

fn transfer_text(what: &str, transfer: &TransferData) -> String {
    format!("{what} of {}: {}.", transfer.name, transfer.status)
}
