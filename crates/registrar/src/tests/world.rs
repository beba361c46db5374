//! A registry that says yes, as far as a test needs one: settles what was decided, the way the gate does.

use std::collections::{BTreeMap, BTreeSet};

use model::{ContactId, DomainName, HostName, IntentId, Period, RegistrarHandle, Timestamp, TransferStatus, expiry};
use policy::{Actual, Deletion, DomainCommand, Done, IntentState, Operation, Outcome, RegistryEvent, TransferState};
use store::{intents, ledger};

use super::contacts::ada;
use crate::command::RegisterDomain;
use crate::contact::SaveContact;
use crate::notice::Courier;
use crate::portfolio::DomainInfo;
use crate::testing::House;
use crate::verification::VerifyByHand;
use crate::{DomainOrder, Failure, Receipt, Target, actor, authorise, execute, ledger_subject};

/// A name, checked.
pub(crate) fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

/// A host, checked.
pub(crate) fn host(text: &str) -> HostName {
    HostName::parse(text).unwrap()
}

/// An order for a name and nothing else; whoever carries it out names a holder first (RDP-1).
pub(crate) fn bare(text: &str) -> RegisterDomain {
    RegisterDomain {
        name: name(text),
        period: Period::years(1).unwrap(),
        registrant: None,
        contacts: BTreeMap::new(),
        nameservers: BTreeMap::new(),
        ds: BTreeSet::new(),
        auto_renew: false,
        lock_consent: None,
        fee: None,
        launch: Default::default(),
    }
}

/// An order for a name with a registrant and one nameserver elsewhere.
pub(crate) fn order(text: &str, registrant: ContactId) -> RegisterDomain {
    let nameservers = BTreeMap::from([(host("ns1.elsewhere.example"), BTreeSet::new())]);
    RegisterDomain { registrant: Some(registrant), nameservers, ..bare(text) }
}

impl House {
    /// Saves the canary contact, who is verified at once.
    pub(crate) fn holder(&self) -> ContactId {
        let contact = self.unverified_holder();
        self.act(VerifyByHand { contact, evidence: "testing".to_owned() }).unwrap();
        contact
    }

    /// Saves the canary contact.
    pub(crate) fn unverified_holder(&self) -> ContactId {
        self.act(SaveContact { id: None, contact: ada() }).unwrap()
    }

    /// Registers a name and lets the registry say yes to everything.
    pub(crate) fn registered(&self, text: &str) -> Receipt {
        let receipt = self.act(order(text, self.holder())).unwrap();
        self.settle(&receipt);
        receipt
    }

    /// Lets the registry say yes to every intent of a registration, and to what follows from that.
    pub(crate) fn settle(&self, receipt: &Receipt) {
        while let Some(id) = self.first_ready(receipt) {
            self.settle_yes(id);
        }
    }

    /// The registry says yes to one intent.
    pub(crate) fn settle_yes(&self, id: IntentId) {
        self.settle_one(id, |operation, now| Outcome::Done(yes(operation, now)));
    }

    /// Settles one intent the way the gate does: its row and the registration in one transaction.
    pub(crate) fn settle_one(&self, id: IntentId, outcome: fn(&Operation, Timestamp) -> Outcome) {
        let registrar = self.registrar.clone();
        let settled: Result<(), Failure> = self.registrar.store().write(move |tx| {
            let row = intents::find(tx, id)?.unwrap();
            let operation = row.intent.operation.clone();
            let outcome = outcome(&operation, registrar.now());
            let state = if matches!(outcome, Outcome::Done(_)) { IntentState::Confirmed } else { IntentState::Refused };
            intents::settle(tx, id, state, &outcome, registrar.now())?;
            let command = DomainCommand::SettleIntent { intent: id, operation, outcome };
            let order = authorise(&actor::gate(), DomainOrder::new(Target::Existing(row.intent.domain), command))?;
            execute(tx, &registrar, &order).map(drop)
        });
        settled.unwrap();
    }

    /// Lets the registry say yes until `operation` is next, and gives that intent.
    pub(crate) fn settle_until(&self, receipt: &Receipt, operation: &str) -> IntentId {
        loop {
            let id = self.first_ready(receipt).unwrap();
            if self.registrar.settlements(&[id]).unwrap()[0].operation == operation {
                return id;
            }
            self.settle_yes(id);
        }
    }

    /// An `info` that says what we believe, with a change.
    pub(crate) fn observed(&self, text: &str, change: impl FnOnce(&mut Actual)) {
        let mut actual = self.ask(DomainInfo { name: name(text) }).unwrap().registration.actual.unwrap();
        change(&mut actual);
        let order = DomainOrder::new(Target::Named(name(text)), DomainCommand::Observe { actual: Some(Box::new(actual)) });
        self.registrar.submit(authorise(&actor::gate(), order).unwrap()).unwrap();
    }

    /// What the registry announces through its poll queue.
    pub(crate) fn announced(&self, event: RegistryEvent, text: &str) {
        let order = DomainOrder::new(Target::Named(name(text)), DomainCommand::TakeRegistryEvent(event));
        self.registrar.submit(authorise(&actor::registry(&self.registry()), order).unwrap()).unwrap();
    }

    fn first_ready(&self, receipt: &Receipt) -> Option<IntentId> {
        let domain = receipt.domain;
        let rows = self.registrar.store().read::<_, Failure>(|tx| Ok(intents::list_of(tx, domain)?)).unwrap();
        rows.iter().find(|row| row.state == IntentState::Ready).map(|row| row.intent.id)
    }

    /// The ledger of a registration, one word an entry: who and what.
    pub(crate) fn ledger_of(&self, receipt: &Receipt) -> String {
        let subject = ledger_subject(receipt.domain, &receipt.name);
        let rows = self.registrar.store().read::<_, Failure>(|tx| Ok(ledger::list_subject_entries(tx, &subject, 0, 1000)?)).unwrap();
        let lines: Vec<String> = rows
            .into_iter()
            .map(|row| format!("{} {}", if row.actor.starts_with("act_") { "operator" } else { &row.actor }, row.kind))
            .collect();
        lines.join("\n")
    }

    /// The intents of a registration: state, operation, object, and how many it waits for.
    pub(crate) fn intents_of(&self, receipt: &Receipt) -> String {
        let domain = receipt.domain;
        let rows = self.registrar.store().read::<_, Failure>(|tx| Ok(intents::list_of(tx, domain)?)).unwrap();
        let line = |row: &intents::IntentRow| {
            let object = row.intent.object.to_string();
            let object = if object.starts_with("contact:") { "contact:*".to_owned() } else { object };
            format!("{:?} {} {object} after {}", row.state, row.intent.operation.word(), row.intent.after.len())
        };
        rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Carries every notice that waits; gives how many.
    pub(crate) fn carry(&self) -> usize {
        Courier::new(&self.registrar).step(100).unwrap()
    }

    /// Carries the one notice that waits and gives its message, with its id taken out.
    pub(crate) fn letter(&self) -> String {
        let before = self.mail();
        assert_eq!(self.carry(), 1);
        let new = self.mail().into_iter().find(|message| !before.contains(message)).unwrap();
        let id =
            new.lines().find_map(|line| line.strip_prefix("Message-ID: <")).and_then(|line| line.split('@').next()).unwrap().to_owned();
        new.replace(&id, "ntc_*")
    }

    /// The messages in the maildrop, oldest first.
    pub(crate) fn mail(&self) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(&self.maildrop) else { return Vec::new() };
        let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| std::fs::read_to_string(path).unwrap().replace("\r\n", "\n")).collect()
    }
}

/// What a willing registry answers.
fn yes(operation: &Operation, now: Timestamp) -> Done {
    match operation {
        Operation::CreateDomain { period, .. } => {
            Done { created_at: Some(now), expires_at: Some(expiry::add_years(now, period.get())), ..Done::default() }
        }
        Operation::RenewDomain { current_expiry, period, .. } => {
            Done { expires_at: Some(expiry::add_years(*current_expiry, period.get())), ..Done::default() }
        }
        Operation::DeleteDomain => Done { deletion: Some(Deletion::Redemption), ..Done::default() },
        _ => Done::default(),
    }
}

/// Another registrar asks for a name of ours.
pub(crate) fn asked_for(text: &str, now: Timestamp) -> RegistryEvent {
    RegistryEvent::Transfer { name: name(text), transfer: pending(now, "GAINING-9", "NAMEKEEP-1") }
}

/// A transfer that waits for the losing registrar.
pub(crate) fn pending(now: Timestamp, gaining: &str, losing: &str) -> TransferState {
    TransferState {
        status: TransferStatus::Pending,
        requested_by: RegistrarHandle::parse(gaining).unwrap(),
        requested_at: now,
        acts: RegistrarHandle::parse(losing).unwrap(),
        act_at: policy::calendar::add_days(now, 5),
        expires_at: None,
    }
}
