//! What becomes of a name under fire: five steps, each at least one transform, of one of four kinds.

use std::collections::{BTreeMap, BTreeSet};

use model::{DomainName, DsData, EppStatus, HostName, Period};
use policy::{DeletionCause, DomainCommand, Phase, Registration};
use registrar::command::{ChangeDs, ChangeNameservers, IssueAuthInfo, LockDomain, RegisterDomain, RenewDomain};
use registrar::{DomainOrder, Receipt, Target};

use super::desk::Desk;
use super::stranger::Stranger;

/// Steps of a name.
pub const STEPS: usize = 5;

/// How a name fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Registered and kept.
    Kept,
    /// Registered and deleted within its add grace.
    Dropped,
    /// Registered, and another registrar gets it.
    Leaving,
    /// Another registrar's, and comes to us.
    Arriving,
}

/// A name on its way through its steps.
pub struct Career {
    /// The name.
    pub name: DomainName,
    fate: Fate,
    step: usize,
    /// Whether the registrar that has the name lets it go.
    is_let_go: bool,
    /// The order of the step under way.
    pub receipt: Receipt,
}

impl Fate {
    /// The fate of a name by its number: of six names three stay, and of each other kind there is one.
    pub fn of(number: usize) -> Self {
        // Numbers alternate between the registries; the divisor lets both see every fate.
        match number / 2 % 6 {
            3 => Self::Dropped,
            4 => Self::Leaving,
            5 => Self::Arriving,
            _ => Self::Kept,
        }
    }
}

impl Career {
    /// The first step.
    pub fn begin(desk: &Desk, stranger: &Stranger, name: DomainName, fate: Fate) -> Self {
        let receipt = match fate {
            Fate::Arriving => desk.order(stranger.transfer_of(&name, desk.holder_of(&name))),
            Fate::Kept | Fate::Dropped | Fate::Leaving => desk.order(registration(desk, &name)),
        };
        Self { name, fate, step: 0, is_let_go: false, receipt }
    }

    /// The next step of a name whose last one is settled; none after its last.
    pub async fn go_on(mut self, desk: &Desk, stranger: &Stranger) -> Option<Self> {
        let registration = desk.registration(self.receipt.domain);
        if registration.phase == Phase::TransferringIn && !self.is_let_go {
            self.is_let_go = stranger.approves(&self.name).await;
        }
        if !desk.is_settled(&self.receipt) || !registration.open_intents.is_empty() || !self.is_there(&registration) {
            return Some(self);
        }
        self.step += 1;
        if self.step == STEPS {
            return None;
        }
        self.receipt = self.take_step(desk, stranger, &registration).await?;
        Some(self)
    }

    /// Whether the registry's messages have brought the name where the next step begins.
    fn is_there(&self, registration: &Registration) -> bool {
        match (self.fate, self.step) {
            (Fate::Arriving, 0) => registration.phase == Phase::Registered,
            (Fate::Dropped, 4) => registration.phase == Phase::Purged,
            (Fate::Leaving, 4) => registration.phase == Phase::TransferredAway,
            _ => true,
        }
    }

    /// Steps 1 to 3 renew, delegate and sign; the last depends on the fate. A name that leaves spends the third on its code.
    async fn take_step(&mut self, desk: &Desk, stranger: &Stranger, registration: &Registration) -> Option<Receipt> {
        let name = self.name.clone();
        Some(match (self.step, self.fate) {
            (1, _) => desk.order(RenewDomain { name, period: Period::years(1).unwrap(), current_expiry: None, fee: None }),
            (2, _) => desk.order(ChangeNameservers { nameservers: nameservers(&name, 1), name }),
            (3, Fate::Leaving) => desk.order(IssueAuthInfo { name }),
            (3, _) => desk.order(ChangeDs { name, ds: BTreeSet::from([DsData::new(12345, 13, 2, vec![7; 32]).unwrap()]) }),
            (_, Fate::Dropped) => desk.order(on(registration, DomainCommand::Delete { cause: DeletionCause::Registrant })),
            (_, Fate::Leaving) if registration.phase == Phase::TransferringOut => {
                desk.order(on(registration, DomainCommand::ApproveTransferOut))
            }
            (_, Fate::Leaving) => {
                // Until the poller has brought the other side's request, the step is not taken.
                stranger.request(&name, &desk.code_of(&name)).await;
                self.step -= 1;
                self.receipt.clone()
            }
            (_, Fate::Kept | Fate::Arriving) => {
                desk.order(LockDomain { name, statuses: BTreeSet::from([EppStatus::ClientTransferProhibited]) })
            }
        })
    }
}

fn on(registration: &Registration, command: DomainCommand) -> DomainOrder {
    DomainOrder::new(Target::Existing(registration.id), command)
}

fn registration(desk: &Desk, name: &DomainName) -> RegisterDomain {
    let holder = desk.holder_of(name);
    RegisterDomain {
        name: name.clone(),
        period: Period::years(1).unwrap(),
        registrant: Some(holder),
        contacts: desk.contacts_of(name),
        nameservers: nameservers(name, 0),
        ds: BTreeSet::new(),
        auto_renew: true,
        lock_consent: None,
        fee: None,
        launch: Default::default(),
    }
}

/// Two hosts of one of seven providers; another provider after the change.
fn nameservers(name: &DomainName, change: usize) -> BTreeMap<HostName, BTreeSet<std::net::IpAddr>> {
    let provider = (name.as_str().bytes().map(usize::from).sum::<usize>() + change) % 7;
    (1..=2).map(|host| (HostName::parse(&format!("ns{host}.dns{provider}.example")).unwrap(), BTreeSet::new())).collect()
}
