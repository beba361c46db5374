//! Everything that is held about a person, in one answer: for the operator's eyes, and to hand out to the person (access and portability).

use std::collections::BTreeMap;

use model::{Contact, ContactHandle, ContactId, DomainId, DomainName, RegistryId, Timestamp};
use policy::publication::ConsentElement;
use policy::{Duty, HolderRevision, Permission, Phase, Registration};
use serde::Serialize;
use store::ledger::LedgerRow;
use store::registrations::DomainFilter;
use store::{Tx, consents, contacts, custody, duties, ledger, notices, registrations};

use super::custody::{RunningClock, get, running_clocks};
use super::{open_contact, open_revision};
use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::notice::open_letter;
use crate::registrar::Registrar;
use crate::use_case::{Question, Work};

/// Rows read at once.
const PAGE: u32 = 500;

/// Ask for everything that is held about a person.
#[derive(Clone, Copy, Debug)]
pub struct DossierOf {
    /// Who.
    pub contact: ContactId,
}

/// Everything that is held about a person. It is personal data from end to end, so it has no `Debug` but this one.
#[derive(Serialize)]
pub struct Dossier {
    /// Identity.
    pub id: ContactId,
    /// When it was first saved.
    pub created_at: Timestamp,
    /// When it was last saved.
    pub changed_at: Timestamp,
    /// How often it was saved.
    pub revision: u64,
    /// When it was erased; what follows is what is left then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Timestamp>,
    /// An erasure that waits for its day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erasure: Option<OrderedErasure>,
    /// What holds the data beyond every clock.
    pub holds: Vec<HoldLine>,
    /// Why the data is kept although no name in our care needs it, the last to end first.
    pub clocks: Vec<RunningClock>,
    /// The data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// Earlier data that is kept (COR-10).
    pub revisions: Vec<KeptRevision>,
    /// What the person agreed to have published.
    pub consents: Vec<ConsentWord>,
    /// How registries know the person.
    pub handles: Vec<HandleLine>,
    /// Names that name the person, or did.
    pub names: Vec<NameLine>,
    /// What was written to the person, as far as it is kept.
    pub notices: Vec<NoticeLine>,
    /// What is or was owed for the names.
    pub duties: Vec<DutyOfName>,
    /// What the ledger says of the person: never who they are.
    pub ledger: Vec<LedgerLine>,
}

impl std::fmt::Debug for Dossier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dossier({}, [personal data])", self.id)
    }
}

/// An erasure that waits for its day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderedErasure {
    /// Whose.
    pub contact: ContactId,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// Why.
    pub reason: String,
    /// When the last clock ends; none where nothing runs, and the next night carries it out.
    pub due: Option<Timestamp>,
    /// Whether a hold stands in its way.
    pub is_held: bool,
}

/// A hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HoldLine {
    /// The file number of whoever asked for it.
    pub reference: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// Earlier data.
#[derive(Serialize)]
pub struct KeptRevision {
    /// Which revision.
    pub revision: u64,
    /// Until when it is kept.
    pub keep_until: Timestamp,
    /// What it said.
    pub contact: Option<Contact>,
}

/// What a person said of one element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConsentWord {
    /// Which.
    pub element: ConsentElement,
    /// Whether it may be published.
    pub is_given: bool,
    /// When the person said so.
    pub at: Timestamp,
    /// How.
    pub source: String,
}

/// A contact object at a registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HandleLine {
    /// Where.
    pub registry: RegistryId,
    /// Its handle there.
    pub handle: ContactHandle,
}

/// A name that names the person, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NameLine {
    /// The name.
    pub name: DomainName,
    /// Where it stands.
    pub phase: Phase,
    /// As what it names the person; empty where it no longer does.
    pub roles: Vec<String>,
    /// When we first had it.
    pub since: Timestamp,
    /// The end of its term.
    pub expires_at: Option<Timestamp>,
}

/// What was written to the person.
#[derive(Serialize)]
pub struct NoticeLine {
    /// About which name.
    pub name: DomainName,
    /// What it said, as a word.
    pub kind: String,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// When it left.
    pub sent_at: Option<Timestamp>,
    /// The message as it left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What is owed for a name.
#[derive(Serialize)]
pub struct DutyOfName {
    /// The name.
    pub name: DomainName,
    /// The duty.
    #[serde(flatten)]
    pub duty: Duty,
}

/// An entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LedgerLine {
    /// Its position.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub kind: String,
}

impl NeedsPermission for DossierOf {
    fn permission(&self) -> Permission {
        Permission::ReadRegistrant
    }
}

impl Question for DossierOf {
    type Answer = Dossier;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Dossier, Failure> {
        let id = self.contact;
        let (tx, registrar) = (&mut *work.tx, work.registrar);
        let standing = get(tx, id)?;
        let registrations = names_of(tx, id)?;
        let mut dossier = Dossier {
            id,
            created_at: standing.created_at,
            changed_at: standing.changed_at,
            revision: standing.revision,
            erased_at: standing.erased_at,
            erasure: ordered(tx, id, &standing, work.now)?,
            holds: custody::list_holds(tx, id)?.into_iter().map(HoldLine::of).collect(),
            clocks: running_clocks(tx, id, work.now)?,
            contact: open_contact(tx, registrar, id)?,
            revisions: revisions(tx, registrar, id)?,
            consents: consents::list(tx, id)?.into_iter().map(ConsentWord::of).collect(),
            handles: contacts::list_handles_of(tx, id)?.into_iter().map(|(registry, handle)| HandleLine { registry, handle }).collect(),
            names: registrations.values().map(|registration| NameLine::of(registration, id)).collect(),
            notices: Vec::new(),
            duties: Vec::new(),
            ledger: entries_about(tx, id)?,
        };
        for registration in registrations.values() {
            dossier.notices.extend(letters(tx, registrar, registration, id)?);
            let name = &registration.name;
            dossier.duties.extend(duties::list_of(tx, registration.id)?.into_iter().map(|duty| DutyOfName { name: name.clone(), duty }));
        }
        Ok(dossier)
    }
}

/// List the erasures that wait for their day.
#[derive(Clone, Copy, Debug)]
pub struct ListErasures;

impl NeedsPermission for ListErasures {
    fn permission(&self) -> Permission {
        Permission::ReadRegistrant
    }
}

impl Question for ListErasures {
    type Answer = Vec<OrderedErasure>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Self::Answer, Failure> {
        let (mut erasures, mut after) = (Vec::new(), None);
        loop {
            let page = custody::list_ordered(work.tx, after, PAGE)?;
            after = page.last().copied();
            for id in &page {
                let standing = get(work.tx, *id)?;
                erasures.extend(ordered(work.tx, *id, &standing, work.now)?);
            }
            if page.len() < PAGE as usize {
                erasures.sort_by_key(|erasure| (erasure.due, erasure.contact));
                return Ok(erasures);
            }
        }
    }
}

fn ordered(tx: &mut Tx<'_>, id: ContactId, standing: &custody::Standing, now: Timestamp) -> Result<Option<OrderedErasure>, Failure> {
    let Some((ordered_at, reason)) = standing.ordered.clone().filter(|_| standing.erased_at.is_none()) else { return Ok(None) };
    let due = running_clocks(tx, id, now)?.first().map(|clock| clock.keep_until);
    Ok(Some(OrderedErasure { contact: id, ordered_at, reason, due, is_held: !custody::list_holds(tx, id)?.is_empty() }))
}

/// Every registration that names the person, was theirs at its end, or still runs a clock for them.
fn names_of(tx: &mut Tx<'_>, id: ContactId) -> Result<BTreeMap<DomainId, Registration>, Failure> {
    let mut found: BTreeMap<DomainId, Registration> = BTreeMap::new();
    let filter = DomainFilter { registrant: Some(id), ..DomainFilter::default() };
    let mut after: Option<(DomainName, DomainId)> = None;
    loop {
        let page = registrations::list(tx, &filter, after.take(), PAGE)?;
        after = page.last().map(|last| (last.name.clone(), last.id));
        let is_last = page.len() < PAGE as usize;
        found.extend(page.into_iter().map(|registration| (registration.id, registration)));
        if is_last {
            break;
        }
    }
    let mut others: Vec<DomainId> = custody::list_clocks(tx, id)?.into_iter().filter_map(|clock| clock.domain).collect();
    let mut after = None;
    loop {
        let page = registrations::list_names_of_contact(tx, id, after.take(), PAGE)?;
        others.extend(page.iter().map(|((_, domain), _)| *domain));
        after = page.last().map(|(key, _)| key.clone());
        if page.len() < PAGE as usize {
            break;
        }
    }
    for domain in others {
        if !found.contains_key(&domain) {
            found.extend(registrations::find(tx, domain)?.map(|registration| (domain, registration)));
        }
    }
    Ok(found)
}

fn revisions(tx: &mut Tx<'_>, registrar: &Registrar, id: ContactId) -> Result<Vec<KeptRevision>, Failure> {
    let kept = contacts::list_revisions(tx, id)?;
    kept.into_iter()
        .map(|(revision, keep_until)| {
            Ok(KeptRevision { revision, keep_until, contact: open_revision(tx, registrar, HolderRevision { contact: id, revision })? })
        })
        .collect()
}

/// What was written about a name to this person and no other.
fn letters(tx: &mut Tx<'_>, registrar: &Registrar, registration: &Registration, id: ContactId) -> Result<Vec<NoticeLine>, Failure> {
    let owner = id.to_string();
    let mut lines = Vec::new();
    for row in notices::list_of(tx, registration.id)? {
        let is_theirs = match &row.key_owner {
            Some(owners) => owners.split(' ').any(|one| one == owner),
            None => row.order.addressee.map_or(registration.notice_recipient(), |addressee| Some(addressee.contact)) == Some(id),
        };
        if is_theirs {
            lines.push(NoticeLine {
                name: registration.name.clone(),
                kind: row.order.kind.word().to_owned(),
                decided_at: row.order.decided_at,
                sent_at: row.carried_at,
                message: open_letter(tx, registrar, &row)?,
            });
        }
    }
    Ok(lines)
}

fn entries_about(tx: &mut Tx<'_>, id: ContactId) -> Result<Vec<LedgerLine>, Failure> {
    let (subject, mut lines, mut from) = (id.to_string(), Vec::new(), 0);
    loop {
        let page = ledger::list_subject_entries(tx, &subject, from, PAGE)?;
        let is_last = page.len() < PAGE as usize;
        from = page.last().map_or(from, |last| last.seq + 1);
        lines.extend(page.into_iter().map(LedgerLine::of));
        if is_last {
            return Ok(lines);
        }
    }
}

impl HoldLine {
    fn of(hold: custody::Hold) -> Self {
        Self { reference: hold.reference, reason: hold.reason, since: hold.since }
    }
}

impl ConsentWord {
    fn of(word: consents::Word) -> Self {
        Self { element: word.element, is_given: word.is_given, at: word.at, source: word.source }
    }
}

impl NameLine {
    fn of(registration: &Registration, id: ContactId) -> Self {
        let registrant = (registration.registrant == Some(id)).then(|| "registrant".to_owned());
        let roles = registration.desired.contacts.iter().filter(|(_, contact)| **contact == id).map(|(role, _)| role.to_string());
        Self {
            name: registration.name.clone(),
            phase: registration.phase,
            roles: registrant.into_iter().chain(roles).collect(),
            since: registration.opened_at,
            expires_at: registration.expires_at,
        }
    }
}

impl LedgerLine {
    fn of(row: LedgerRow) -> Self {
        Self { seq: row.seq, at: row.at, kind: row.kind }
    }
}
