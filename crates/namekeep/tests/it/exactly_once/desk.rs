//! Who gives the orders: our own registrar on the same database as the program that is killed.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{AuthInfo, Contact, ContactId, ContactRole, DomainId, DomainName, Email, RegistrarHandle, Secret};
use policy::{Actor, IntentState, Registration};
use registrar::command::ReadAuthInfo;
use registrar::contact::SaveContact;
use registrar::{NoticeSettings, Receipt, Registrar, RegistrarParts, SystemClock, SystemEntropy, UseCase, authorise};
use store::registrations::{self, DomainFilter};
use store::{Kek, Store, Vault};

use super::career::Career;
use crate::scene::{OURS, Scene, content, person};

/// Holders of the names.
const HOLDERS: usize = 8;

/// The desk.
pub struct Desk {
    registrar: Registrar,
    operator: Actor,
    holders: Vec<ContactId>,
}

impl Desk {
    /// Opens it on the instance of a scene.
    pub fn open(scene: &Scene) -> Self {
        let vault = Vault::new(Kek::read(&scene.instance.join("keys/vault.key")).unwrap());
        let registries =
            scene.world.ready().registries.iter().map(|ready| scene.world.look(&ready.id, |registry| registry.profile().clone()).unwrap());
        let registries: Vec<_> = registries.collect();
        let us = RegistrarHandle::parse(OURS).unwrap();
        let registrar = Registrar::open(RegistrarParts {
            store: scene.store(),
            vault,
            accounts: registries.iter().map(|profile| (profile.id.clone(), us.clone())).collect(),
            registries,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            notices: NoticeSettings {
                maildrop: scene.instance.join("maildrop"),
                sender: Email::parse("notices@registrar.example").unwrap(),
                sender_name: "Registrar".to_owned(),
                portal: "https://registrar.example/renew".to_owned(),
                verification_page: None,
            },
        })
        .unwrap();
        let token = std::fs::read_to_string(scene.instance.join("operator.token")).unwrap();
        let operator = registrar.authenticate_operator(&Secret::new(token.trim())).unwrap();
        let mut desk = Self { registrar, operator, holders: Vec::new() };
        desk.holders = (0..HOLDERS).map(|index| desk.order(SaveContact { id: None, contact: somebody(index) })).collect();
        desk
    }

    /// The state that both sides share.
    pub fn store(&self) -> &Store {
        self.registrar.store()
    }

    /// Gives an order that must be taken.
    pub fn order<U: UseCase>(&self, case: U) -> U::Answer {
        self.registrar.carry_out(authorise(&self.operator, case).unwrap()).unwrap()
    }

    /// The holder of a name.
    pub fn holder_of(&self, name: &DomainName) -> ContactId {
        self.holders[name.as_str().len() % self.holders.len()]
    }

    /// The contacts of a name, where its registry wants any.
    pub fn contacts_of(&self, name: &DomainName) -> BTreeMap<ContactRole, ContactId> {
        if name.tld() == "alpha" { BTreeMap::from([(ContactRole::Tech, self.holder_of(name))]) } else { BTreeMap::new() }
    }

    /// The code of a name that was released for a transfer.
    pub fn code_of(&self, name: &DomainName) -> AuthInfo {
        AuthInfo::from_registrant(self.order(ReadAuthInfo { name: name.clone() }).expose()).unwrap()
    }

    /// How a name stands.
    pub fn registration(&self, domain: DomainId) -> Registration {
        self.store().read(|tx| registrations::find(tx, domain)).unwrap().unwrap()
    }

    /// Whether an order is settled; it must not have come to nothing.
    pub fn is_settled(&self, receipt: &Receipt) -> bool {
        let settlements = self.registrar.settlements(&receipt.intents).unwrap();
        let refused = settlements.iter().find(|one| matches!(one.state, IntentState::Refused | IntentState::Cancelled));
        assert!(refused.is_none(), "an order for {} came to nothing: {refused:?}", receipt.name);
        settlements.iter().all(|one| !one.state.is_open())
    }

    /// Every name there is.
    pub fn portfolio(&self) -> Vec<Registration> {
        let mut all: Vec<Registration> = Vec::new();
        loop {
            let after = all.last().map(|last| (last.name.clone(), last.id));
            let page = self.store().read(|tx| registrations::list(tx, &DomainFilter::default(), after, 500)).unwrap();
            if page.is_empty() {
                return all;
            }
            all.extend(page);
        }
    }

    /// What a name that never settles waits for, with the end of the program's log.
    pub fn stuck(&self, under_way: &[Career], log: &std::path::Path) -> String {
        let first = under_way.first().map(|career| {
            let phase = self.registration(career.receipt.domain).phase;
            format!("{} ({}): {:?}", career.name, phase.word(), self.registrar.settlements(&career.receipt.intents))
        });
        let log = String::from_utf8_lossy(&content(log)).into_owned();
        let warnings: Vec<&str> = log.lines().filter(|line| line.contains("WARN") || line.contains("ERROR")).collect();
        format!("{first:?}\n{}", warnings[warnings.len().saturating_sub(20)..].join("\n"))
    }
}

/// Somebody.
pub fn somebody(index: usize) -> Contact {
    person(&format!("Holder {index}"), &format!("holder{index}@mail.example"))
}
