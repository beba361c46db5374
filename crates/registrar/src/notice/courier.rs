//! The courier: takes ordered notices, writes them, puts them into the maildrop and proves it.
//!
//! ```text
//!  ordered --> written, sealed --> in the maildrop --> carried (sealed text kept, duty fulfilled)
//!     ^                                 |
//!     +------ crash before the commit --+   the same message again, under the same Message-ID
//! ```

use std::collections::BTreeMap;

use model::{Contact, ContactId, DomainName, NoticeId, Timestamp};
use policy::calendar::utc_date;
use policy::registration::TransferAnswer;
use policy::{Addressee, DomainCommand, HolderRevision, NoticeKind, NoticeOrder, Permission, Registration};
use serde::Serialize;
use store::{Fence, Tx, custody, desk, notices, registrations};

use super::NoticeSettings;
use super::letter;
use super::maildrop;
use super::message::Message;
use super::text::{self, Material};
use crate::actor::{self, ledger_name};
use crate::authorised::{NeedsPermission, authorise};
use crate::contact::{open_contact, open_revision, open_since};
use crate::desk::{Relayed, open_relayed};
use crate::execute::note;
use crate::failure::{Failure, Fault};
use crate::order::{DomainOrder, Target};
use crate::registrar::Registrar;
use crate::registry::alarm::{self, Raised};
use crate::sole::Sole;
use crate::use_case::{UseCase, Work};
use crate::verification::token_of;

/// Orders read from the store at once.
const PAGE_ORDERS: u32 = 100;

/// What is to be done with a notice.
enum Next {
    /// It lies in the maildrop and is to be reported.
    Report(Carried),
    /// Whom it was for was erased: it is to be taken back.
    TakeBack(NoticeOrder),
    /// It waits for somebody to look into it.
    Wait,
}

/// Carries ordered notices, one process at a time.
#[derive(Clone, Debug)]
pub struct Courier {
    registrar: Registrar,
    sole: Sole,
    is_silent: bool,
}

/// What the ledger keeps of a notice that was taken back.
#[derive(Serialize)]
struct TakenBack {
    notice: NoticeId,
    kind: &'static str,
}

/// A notice that lies in the maildrop.
struct Carried {
    order: NoticeOrder,
    /// Under whose data keys the text is kept: of those who are named in it, so that erasing a person erases their letters.
    key_owners: Vec<String>,
    text: String,
    at: Timestamp,
    /// The courier's lease: a stale courier reports nothing.
    fence: Fence,
}

impl Courier {
    /// A courier of this registrar.
    #[must_use]
    pub fn new(registrar: &Registrar) -> Self {
        Self { registrar: registrar.clone(), sole: Sole::new(registrar, "courier"), is_silent: false }
    }

    /// A courier that writes, seals and reports every notice and hands none out: for a simulation, where nobody reads them.
    #[must_use]
    pub fn silent(registrar: &Registrar) -> Self {
        Self { is_silent: true, ..Self::new(registrar) }
    }

    /// Carries up to `limit` notices and gives how many left, 0 while another process does it. A notice without an addressee stays
    /// ordered and raises an alarm; its duty lapses in the open.
    ///
    /// # Errors
    /// A fault of the store or of the maildrop; what was carried before it is carried.
    pub fn step(&self, limit: usize) -> Result<usize, Failure> {
        if self.list(None, 1)?.is_empty() {
            return Ok(0);
        }
        Ok(self.sole.alone(|fence| self.carry_all(fence, limit))?.unwrap_or(0))
    }

    fn carry_all(&self, fence: &Fence, limit: usize) -> Result<usize, Failure> {
        let mut carried = 0;
        let mut after: Option<NoticeId> = None;
        while carried < limit {
            let orders = self.list(after, PAGE_ORDERS)?;
            let Some(last) = orders.last() else { break };
            after = Some(last.id);
            let mut started = Vec::with_capacity(orders.len());
            for order in orders {
                if carried == limit {
                    break;
                }
                match self.put(order, fence)? {
                    Next::Report(carrying) => {
                        started.push(self.registrar.start(authorise(&actor::timer(), carrying)?)?);
                        carried += 1;
                    }
                    Next::TakeBack(order) => self.take_back(order, fence)?,
                    Next::Wait => {}
                }
            }
            // All reports of a page are committed together.
            started.into_iter().try_for_each(store::Pending::wait)?;
        }
        Ok(carried)
    }

    fn list(&self, after: Option<NoticeId>, limit: u32) -> Result<Vec<NoticeOrder>, Failure> {
        self.registrar.store().read(|tx| Ok(notices::list_uncarried(tx, after, limit)?))
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

    /// Writes the message and puts it into the maildrop.
    fn put(&self, order: NoticeOrder, fence: &Fence) -> Result<Next, Failure> {
        let (addressed, is_erased) = self.registrar.store().read::<_, Failure>(|tx| {
            let addressed = address(tx, &self.registrar, &order)?;
            let is_erased = addressed.is_none() && is_for_erased(tx, &order)?;
            Ok((addressed, is_erased))
        })?;
        let Some(addressed) = addressed else {
            if is_erased {
                return Ok(Next::TakeBack(order));
            }
            self.raise_alarm(&order)?;
            return Ok(Next::Wait);
        };
        let at = self.registrar.now();
        let settings = self.registrar.notices();
        let relayed = self.registrar.store().read(|tx| open_relayed(tx, &self.registrar, order.id))?;
        let text = written(&order, &addressed, settings, at, relayed.as_ref());
        if !self.is_silent {
            maildrop::put(&settings.maildrop, &format!("{}.eml", order.id), &text)
                .map_err(|error| Fault::new(&format!("the maildrop {} takes no message", settings.maildrop.display()), &error))?;
        }
        Ok(Next::Report(Carried { order, key_owners: addressed.key_owners, text, at, fence: fence.clone() }))
    }
}

/// The whole message.
fn written(order: &NoticeOrder, addressed: &Addressed, settings: &NoticeSettings, at: Timestamp, relayed: Option<&Relayed>) -> String {
    let Addressed { registration, holder, second, token, .. } = addressed;
    let facts = facts(order, registration);
    let material = Material { name: &registration.name, holder, facts: &facts, token: token.as_deref(), settings, relayed };
    let letter = text::write(order.kind, &material);
    let message = Message {
        id: order.id.to_string(),
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

impl NeedsPermission for Carried {
    fn permission(&self) -> Permission {
        Permission::RunClock
    }
}

impl UseCase for Carried {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        self.fence.check(work.tx)?;
        let sealed = letter::seal(work.tx, work.registrar, self.order.id, &self.key_owners, &self.text)?;
        notices::set_carried(work.tx, self.order.id, self.at, &self.key_owners.join(" "), &sealed)?;
        desk::remove_relayed(work.tx, self.order.id)?;
        let command = DomainCommand::NoticeSent { notice: self.order.id, duty_key: self.order.duty_key.clone(), at: self.at };
        work.order(DomainOrder::new(Target::Existing(self.order.domain), command))?;
        Ok(())
    }
}
