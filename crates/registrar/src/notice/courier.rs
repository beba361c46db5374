//! The courier: takes ordered notices, writes them, hands them out and proves it.
//!
//! ```text
//!  ordered --> written, sealed --> in the maildrop, or taken by the relay --> carried (sealed text kept, duty fulfilled)
//!     ^                                 |      \
//!     +------ crash before the commit --+       +-- refused for good: carried, and back at once
//!     |       the same message again, under the same Message-ID
//!     +------ not now: tried again later, and somebody is told before the duty lapses
//! ```
//!
//! A notice whose address is refused for good counts as sent, like one that bounces a second later: the holder was written to under the
//! address on record, and what is owed then is to doubt the address (ACY-7).

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use mail::smtp::{Obstacle, Submission};
use mail::{Reply, ReturnKey};
use model::{Contact, ContactId, DomainName, NoticeId, Timestamp};
use policy::calendar::utc_date;
use policy::registration::TransferAnswer;
use policy::{Addressee, DomainCommand, HolderRevision, NoticeKind, NoticeOrder, Permission, Registration};
use serde::Serialize;
use store::notices::{self, Departure};
use store::{Fence, Tx, custody, desk, registrations};

use super::carriage::{Carriage, Outgoing, RelayRoute, Standing};
use super::letter;
use super::message::Message;
use super::put_off::{self, PutOff};
use super::text::{self, LANGUAGE, Material};
use super::{NoticeSettings, return_key};
use crate::actor::{self, ledger_name};
use crate::authorised::{NeedsPermission, authorise};
use crate::bounce;
use crate::contact::{open_contact, open_revision, open_since};
use crate::desk::{Relayed, open_relayed};
use crate::execute::note;
use crate::failure::Failure;
use crate::order::{DomainOrder, Target};
use crate::registrar::Registrar;
use crate::registry::alarm::{self, Raised};
use crate::sole::{InFreeze, Sole};
use crate::use_case::{UseCase, Work};
use crate::verification::token_of;

/// Orders read from the store at once.
const PAGE_ORDERS: u32 = 100;

/// How long one step goes on with a relay, by the clock: well below the length of a worker's lease, a slow last message included.
pub(crate) const STEP_TIME: SignedDuration = SignedDuration::from_secs(60);

/// Carries ordered notices, one process at a time.
#[derive(Clone, Debug)]
pub struct Courier {
    registrar: Registrar,
    sole: Sole,
    carriage: Carriage,
}

/// What the ledger keeps of a notice that was taken back.
#[derive(Serialize)]
struct TakenBack {
    notice: NoticeId,
    kind: &'static str,
}

/// A notice that was handed out.
struct Carried {
    order: NoticeOrder,
    /// Under whose data keys the text is kept: of those who are named in it, so that erasing a person erases their letters.
    key_owners: Vec<String>,
    text: String,
    at: Timestamp,
    /// What the relay said that took it; none in the maildrop.
    accepted: Option<Reply>,
    /// How the relay refused the address, if it did.
    refused: Option<Reply>,
    /// The courier's lease: a stale courier reports nothing.
    fence: Fence,
}

/// What came of handing a notice out.
enum Dispatch {
    /// It left, or came back at once.
    Left(Box<Carried>),
    /// It stays ordered: nobody to address, or not now.
    Stays,
    /// It stays ordered, and so will the next: the relay takes nothing.
    AllStay,
}

impl Courier {
    /// A courier of this registrar, who puts notices into the maildrop.
    #[must_use]
    pub fn new(registrar: &Registrar) -> Self {
        Self { registrar: registrar.clone(), sole: Sole::new(registrar, "courier", InFreeze::Idles), carriage: Carriage::Maildrop }
    }

    /// A courier who hands notices to a relay.
    #[must_use]
    pub fn by_relay(registrar: &Registrar, route: RelayRoute) -> Self {
        Self { carriage: Carriage::Relay(route, Arc::new(Standing::default())), ..Self::new(registrar) }
    }

    /// A courier that writes, seals and reports every notice and hands none out: for a simulation, where nobody reads them.
    #[must_use]
    pub fn silent(registrar: &Registrar) -> Self {
        Self { carriage: Carriage::Nobody, ..Self::new(registrar) }
    }

    /// Whose courier it is.
    pub(super) fn registrar(&self) -> &Registrar {
        &self.registrar
    }

    /// How mail leaves.
    pub(super) fn carriage(&self) -> &Carriage {
        &self.carriage
    }

    /// Carries up to `limit` notices and gives how many left, 0 while another process does it or the relay is left alone. A notice
    /// without an addressee stays ordered and raises an alarm; its duty lapses in the open.
    ///
    /// # Errors
    /// A fault of the store or of the maildrop; what was carried before it is carried.
    pub fn step(&self, limit: usize) -> Result<usize, Failure> {
        if self.is_resting() || self.list(None, 1)?.is_empty() {
            self.carriage.pause();
            return Ok(0);
        }
        Ok(self.sole.alone(|fence| self.carry_all(fence, limit))?.unwrap_or(0))
    }

    fn carry_all(&self, fence: &Fence, limit: usize) -> Result<usize, Failure> {
        let key = return_key::obtain(&self.registrar)?;
        let started_at = self.registrar.now();
        let mut carried = 0;
        let mut after: Option<NoticeId> = None;
        while carried < limit {
            let orders = self.list(after, PAGE_ORDERS)?;
            let Some((last, _)) = orders.last() else { break };
            after = Some(last.id);
            let mut started = Vec::with_capacity(orders.len());
            let mut goes_on = true;
            for (order, attempts) in orders {
                if carried >= limit || !goes_on {
                    break;
                }
                match self.dispatch(order, attempts, &key, fence)? {
                    Dispatch::Left(left) => {
                        carried += 1;
                        let is_by_relay = left.is_by_relay();
                        let report = authorise(&actor::timer(), *left)?;
                        if is_by_relay {
                            goes_on = self.registrar.now().duration_since(started_at) < STEP_TIME;
                            // Between the relay's word and our record lies all that can make one letter two, so a lost race is run again.
                            self.registrar.carry_out(report)?;
                        } else {
                            started.push(self.registrar.start(report)?);
                        }
                    }
                    Dispatch::Stays => {}
                    Dispatch::AllStay => goes_on = false,
                }
            }
            // All reports of a page are committed together.
            started.into_iter().try_for_each(store::Pending::wait)?;
            if !goes_on {
                break;
            }
        }
        Ok(carried)
    }

    fn list(&self, after: Option<NoticeId>, limit: u32) -> Result<Vec<(NoticeOrder, u32)>, Failure> {
        let now = self.registrar.now();
        self.registrar.store().read(|tx| Ok(notices::list_uncarried(tx, after, now, limit)?))
    }

    /// Nobody writes to an erased person: the notice is taken back, and the ledger says so. What it was owed for lapses in the open.
    fn take_back(&self, order: NoticeOrder, fence: &Fence) -> Result<(), Failure> {
        let (registrar, fence) = (self.registrar.clone(), fence.clone());
        self.registrar.store().write(move |tx| {
            fence.check(tx)?;
            if notices::remove_uncarried(tx, order.id)? {
                let taken_back = TakenBack { notice: order.id, kind: order.kind.word() };
                let who = ledger_name(&actor::timer());
                note(tx, &registrar, &who, &order.domain.to_string(), "notice-taken-back", &taken_back, registrar.now())?;
            }
            Ok(())
        })
    }

    /// Says once that nobody can be addressed with a notice; the alarm stands until an operator clears it.
    fn raise_alarm(&self, order: &NoticeOrder) -> Result<(), Failure> {
        let raised = Raised {
            key: format!("notice:{}", order.id),
            registry: None,
            sentence: format!("the notice `{}` for {} has no addressee; name a registrant for that name", order.kind.word(), order.domain),
        };
        if self.registrar.store().read(|tx| alarm::is_raised(tx, &raised.key))? {
            return Ok(());
        }
        let now = self.registrar.now();
        self.registrar.store().write(move |tx| alarm::raise(tx, &raised, now))?;
        Ok(())
    }

    /// Writes the message and hands it out.
    fn dispatch(&self, order: NoticeOrder, attempts: u32, key: &ReturnKey, fence: &Fence) -> Result<Dispatch, Failure> {
        let (addressed, is_erased, relayed) = self.registrar.store().read::<_, Failure>(|tx| {
            let addressed = address(tx, &self.registrar, &order)?;
            let is_erased = addressed.is_none() && is_for_erased(tx, &order)?;
            let relayed = if order.kind == NoticeKind::RelayedMessage { open_relayed(tx, &self.registrar, order.id)? } else { None };
            Ok((addressed, is_erased, relayed))
        })?;
        let Some(addressed) = addressed else {
            if is_erased {
                self.take_back(order, fence)?;
                return Ok(Dispatch::Stays);
            }
            self.raise_alarm(&order)?;
            return Ok(Dispatch::Stays);
        };
        let at = self.registrar.now();
        let settings = self.registrar.notices();
        let text = written(&order, &addressed, settings, key, at, relayed.as_ref());
        let outgoing = Outgoing {
            id: &order.id.to_string(),
            return_path: &key.return_path(order.id, self.carriage.return_domain(settings)),
            to: &addressed.holder.email,
            copy: addressed.second.as_ref().map(|contact| &contact.email),
            text: &text,
        };
        let (accepted, refused) = match self.carriage.hand_out(settings, &outgoing)? {
            None => (None, None),
            Some(Submission::Accepted { reply, refused }) => (Some(reply), refused),
            Some(Submission::Refused(reply)) => (None, Some(reply)),
            Some(Submission::TryAgain(obstacle)) => return self.not_now(order, attempts, &obstacle, fence),
        };
        Ok(Dispatch::Left(Box::new(Carried { order, key_owners: addressed.key_owners, text, at, accepted, refused, fence: fence.clone() })))
    }

    /// The message waits; so does every other, where the relay takes nothing.
    fn not_now(&self, order: NoticeOrder, attempts: u32, obstacle: &Obstacle, fence: &Fence) -> Result<Dispatch, Failure> {
        if obstacle.kind.may_be_of_message() {
            let put_off = PutOff { order, attempts, reason: obstacle.reason(), fence: fence.clone() };
            self.registrar.carry_out(authorise(&actor::timer(), put_off)?)?;
        }
        if !obstacle.kind.is_of_relay() {
            return Ok(Dispatch::Stays);
        }
        self.leave_alone(obstacle)?;
        Ok(Dispatch::AllStay)
    }

    /// The relay took nothing: it is left alone for a while, and somebody is told if that lasts.
    pub(super) fn leave_alone(&self, obstacle: &Obstacle) -> Result<(), Failure> {
        let Some(standing) = self.carriage.standing() else { return Ok(()) };
        let failures = standing.failed(self.registrar.now());
        put_off::relay_failed(&self.registrar, obstacle, failures)
    }
}

/// The whole message.
fn written(
    order: &NoticeOrder,
    addressed: &Addressed,
    settings: &NoticeSettings,
    key: &ReturnKey,
    at: Timestamp,
    relayed: Option<&Relayed>,
) -> String {
    let Addressed { registration, holder, second, token, .. } = addressed;
    let facts = facts(order, registration);
    let material = Material { name: &registration.name, holder, facts: &facts, token: token.as_deref(), settings, relayed };
    let letter = text::write(order.kind, &material);
    let message = Message {
        id: key.message_id(order.id, settings.sender.domain()),
        at,
        from: (&settings.sender_name, &settings.sender),
        to: (&holder.name, &holder.email),
        copy: second.as_ref().map(|contact| (contact.name.as_str(), &contact.email)),
        reply_to: relayed.map(|relayed| (relayed.name.as_str(), &relayed.email)),
        subject: &letter.subject,
        body: &letter.body,
    };
    message.to_text()
}

/// A notice with the people it goes to.
struct Addressed {
    registration: Registration,
    key_owners: Vec<String>,
    holder: Contact,
    second: Option<Contact>,
    /// What the holder sends back to be verified, where the letter asks for it.
    token: Option<String>,
}

/// Who gets a notice: whom the order names, after expiry the registrant at expiration under the data of then (EXP-5), else the registrant.
fn address(tx: &mut Tx<'_>, registrar: &Registrar, order: &NoticeOrder) -> Result<Option<Addressed>, Failure> {
    let Some(registration) = registrations::find(tx, order.domain)? else {
        return Ok(None);
    };
    if let Some(addressee) = order.addressee {
        return directly(tx, registrar, registration, addressee, order.kind);
    }
    let Some(holder_id) = registration.notice_recipient() else {
        return Ok(None);
    };
    let revision = registration.expiry.as_ref().and_then(|case| case.registrant_revision);
    let holder = match revision {
        Some(revision) => open_since(tx, registrar, HolderRevision { contact: holder_id, revision })?,
        None => open_contact(tx, registrar, holder_id)?,
    };
    let Some(holder) = holder else {
        return Ok(None);
    };
    let second = if is_under(&holder, &registration) { elsewhere(tx, registrar, &registration)? } else { None };
    let (second_id, second) = second.unzip();
    let key_owners = std::iter::once(holder_id).chain(second_id.filter(|id| *id != holder_id)).map(|id| id.to_string()).collect();
    Ok(Some(Addressed { key_owners, registration, holder, second, token: None }))
}

/// Whether the one whom a notice is for was erased.
fn is_for_erased(tx: &mut Tx<'_>, order: &NoticeOrder) -> Result<bool, Failure> {
    let recipient = match order.addressee {
        Some(addressee) => Some(addressee.contact),
        None => registrations::find(tx, order.domain)?.and_then(|registration| registration.notice_recipient()),
    };
    let standing = recipient.map_or(Ok(None), |contact| custody::find(tx, contact))?;
    Ok(standing.is_some_and(|standing| standing.erased_at.is_some()))
}

/// The one whom the order names, under the data of then where the order says so.
fn directly(
    tx: &mut Tx<'_>,
    registrar: &Registrar,
    registration: Registration,
    addressee: Addressee,
    kind: NoticeKind,
) -> Result<Option<Addressed>, Failure> {
    let Addressee { contact, revision } = addressee;
    let holder = match revision {
        Some(revision) => open_revision(tx, registrar, HolderRevision { contact, revision })?,
        None => open_contact(tx, registrar, contact)?,
    };
    let token = if kind.asks_for_token() { token_of(tx, registrar, contact)? } else { None };
    Ok(holder.map(|holder| Addressed { key_owners: vec![contact.to_string()], registration, holder, second: None, token }))
}

/// EXP-4: an address under the name itself dies with the name, so a second one elsewhere gets a copy, if a contact has one.
fn elsewhere(tx: &mut Tx<'_>, registrar: &Registrar, registration: &Registration) -> Result<Option<(ContactId, Contact)>, Failure> {
    for id in registration.desired.contacts.values() {
        if let Some(contact) = open_contact(tx, registrar, *id)?
            && !is_under(&contact, registration)
        {
            return Ok(Some((*id, contact)));
        }
    }
    tracing::warn!(domain = %registration.id, "every address for notices lies under the name itself; ask for one elsewhere");
    Ok(None)
}

fn is_under(contact: &Contact, registration: &Registration) -> bool {
    DomainName::parse(contact.email.domain()).is_ok_and(|domain| domain.is_within(&registration.name))
}

/// The facts of the order, and where it is silent what the registration says itself.
fn facts(order: &NoticeOrder, registration: &Registration) -> BTreeMap<String, String> {
    let day = |at: Timestamp| utc_date(at).to_string();
    let transfer = registration.transfer.as_ref();
    let denial = match transfer.and_then(|transfer| transfer.answer.as_ref()) {
        Some(TransferAnswer::Denied { reason }) => Some(reason.to_string()),
        _ => None,
    };
    let known = [
        ("expires_on", registration.expires_at.map(day)),
        ("delete_on", registration.expiry.as_ref().map(|expiry| day(expiry.delete_at))),
        ("restorable_until", registration.deletion.as_ref().and_then(|deletion| deletion.redemption_ends_at).map(day)),
        ("notified_on", transfer.map(|transfer| day(transfer.opened_at))),
        ("passes_on", transfer.and_then(|transfer| transfer.state.as_ref()).map(|state| day(state.act_at))),
        ("reason", denial),
    ];
    let mut facts: BTreeMap<String, String> = known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    facts.extend(order.facts.clone());
    facts
}

impl Carried {
    fn is_by_relay(&self) -> bool {
        self.accepted.is_some() || self.refused.is_some()
    }
}

impl NeedsPermission for Carried {
    fn permission(&self) -> Permission {
        Permission::RunClock
    }
}

impl UseCase for Carried {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        self.fence.check(work.tx)?;
        let row = self.order.id.to_string();
        let sealed = letter::seal(work.tx, work.registrar, self.order.id, &self.key_owners, &self.text)?;
        let key_owner = self.key_owners.join(" ");
        let addressee = bounce::addressee(&key_owner);
        let reply = match &self.accepted {
            None => None,
            Some(reply) => {
                let words = reply.text.expose().as_bytes();
                Some(work.registrar.vault().seal_bytes(work.tx, addressee, &bounce::reply_place(&row), words)?)
            }
        };
        let departure = Departure { at: self.at, language: LANGUAGE, key_owner: &key_owner, sealed: &sealed, reply: reply.as_deref() };
        notices::set_carried(work.tx, self.order.id, &departure)?;
        desk::remove_relayed(work.tx, self.order.id)?;
        if self.is_by_relay() {
            put_off::ends(work.tx, &self.order)?;
        }
        let command = DomainCommand::NoticeSent { notice: self.order.id, duty_key: self.order.duty_key.clone(), at: self.at };
        work.order(DomainOrder::new(Target::Existing(self.order.domain), command))?;
        match &self.refused {
            Some(reply) => bounce::refused(work, self.order.id, &key_owner, reply),
            None => Ok(()),
        }
    }
}
