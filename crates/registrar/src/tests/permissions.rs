//! Who may do what: one table over every use case and every kind of actor.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    ActorId, AuthInfo, CaseId, ContactId, DepositId, DomainId, DomainName, EppStatus, HostName, NoticeId, Period, RegistryId, Secret,
    Timestamp,
};
use policy::command::AdoptDomain;
use policy::desk::{CaseCommand, CaseKind, DeskRules, Fields, FormKind};
use policy::{Actor, ActorKind, DeletionCause, DenialReason, DomainCommand, ExtenuatingCircumstance, Permission, Reason, ReasonOwner};

use crate::actor::{self, EnrolOperator, ListOperators, RevokeOperator};
use crate::backup::{AskDrills, Drill, DrillRecord, NoteDrill, RunBackup, WantManifest};
use crate::bounce::TakeBounce;
use crate::command::{
    ApproveTransferOut, CancelTransferIn, ChangeContacts, ChangeDs, ChangeNameservers, DeleteDomain, DenyTransferOut, HoldDomain,
    IssueAuthInfo, LockDomain, PostponeDeletion, ReadAuthInfo, RegisterInLaunch, ReleaseDomain, RenewDomain, RestoreDomain, SetAutoRenew,
    TransferDomainIn, UnlockDomain,
};
use crate::contact::{
    CancelErasure, Clue, DossierOf, EraseRegistrant, FindRegistrant, HoldRegistrant, IndexContacts, ListContacts, ListErasures,
    ReadConsent, ReadContact, ReadContactRevision, ReadCustomer, ReleaseRegistrant, SaveContact, SetConsent, SetCustomer,
};
use crate::deposit::{AskStanding, ListDeposits, NoteVerdict, RunDeposit};
use crate::desk::{EnterForm, ListCases, ListReceipts, SetRecipient, ShowCase, WorkCase};
use crate::handover::HandOver;
use crate::host::{ChangeHost, CreateHost, DeleteHost, RenameHost};
use crate::notice::{ListNotices, ReadNotice};
use crate::poll::{ListMessages, TakeKeptMessages};
use crate::portfolio::{CountLapsed, DomainInfo, ListCharges, ListDomains, ListDuties};
use crate::prove::{ProofOf, VerifyLedger};
use crate::reconcile::NightOf;
use crate::recovery::{AdoptName, AskRecovery, FreezeRegistrar, ImportDeposit, TakeRegistryTruth, ThawRegistrar};
use crate::registry::{
    AllowLogins, AskRegistry, ClearAlarm, ListAlarms, ProposeRegistryPassword, ReadJournal, ReconcileNames, ReplaceRegistryPassword,
    ResumePaidOperations, TakeMessages,
};
use crate::retention::PurgeRecords;
use crate::verification::{CallHolder, DoubtHolder, ReadVerification, VerifyByCode, VerifyByHand, VerifyByToken};
use crate::{DomainOrder, NeedsPermission, PageRequest, Quoted, Target, authorise};

use super::contacts::ada;
use super::world::bare;

/// Which of the four kinds of actor get past the one door with this command.
fn admitted<C: NeedsPermission>(command: impl Fn() -> C) -> String {
    let operator = Actor { id: ActorId::from_bytes([7; 16]), kind: ActorKind::Operator { name: "Ada".to_owned() } };
    let registry = actor::registry(&RegistryId::parse("alpha").unwrap());
    let actors = [("operator", operator), ("timer", actor::timer()), ("gate", actor::gate()), ("registry", registry)];
    let admitted: Vec<&str> = actors.iter().filter(|(_, actor)| authorise(actor, command()).is_ok()).map(|(word, _)| *word).collect();
    admitted.join(" ")
}

fn name() -> DomainName {
    DomainName::parse("example.alpha").unwrap()
}

fn host() -> HostName {
    HostName::parse("ns1.example.alpha").unwrap()
}

fn reason() -> Reason {
    Reason { owner: ReasonOwner::Abuse, reference: "case 7".to_owned() }
}

/// Every change around a name is an operator's; the machine's actors change nothing by these doors.
#[test]
fn only_operators_give_orders() {
    let (status, lock) = (EppStatus::ClientHold, BTreeSet::from([EppStatus::ClientTransferProhibited]));
    let contact = ContactId::from_bytes([1; 16]);
    let rows: Vec<(&str, String)> = vec![
        ("register", admitted(|| bare("example.alpha"))),
        ("register in launch", admitted(|| RegisterInLaunch { order: bare("example.alpha"), claims: None, mark: None, token: None })),
        ("transfer in", admitted(transfer_in)),
        ("cancel transfer in", admitted(|| CancelTransferIn { name: name() })),
        ("approve transfer out", admitted(|| ApproveTransferOut { name: name() })),
        ("deny transfer out", admitted(|| DenyTransferOut { name: name(), reason: DenialReason::RecentlyCreated })),
        ("renew", admitted(|| RenewDomain { name: name(), period: Period::years(1).unwrap(), current_expiry: None, fee: None })),
        ("auto-renew", admitted(|| SetAutoRenew { name: name(), auto_renew: true })),
        ("nameservers", admitted(|| ChangeNameservers { name: name(), nameservers: BTreeMap::new() })),
        ("ds", admitted(|| ChangeDs { name: name(), ds: BTreeSet::new() })),
        ("contacts", admitted(|| ChangeContacts { name: name(), registrant: None, contacts: BTreeMap::new(), lock_opt_out: None })),
        ("lock", admitted(|| LockDomain { name: name(), statuses: lock.clone() })),
        ("unlock", admitted(|| UnlockDomain { name: name(), statuses: lock.clone() })),
        ("issue authInfo", admitted(|| IssueAuthInfo { name: name() })),
        ("read authInfo", admitted(|| ReadAuthInfo { name: name() })),
        ("hold", admitted(|| HoldDomain { name: name(), status, reason: reason() })),
        ("release", admitted(|| ReleaseDomain { name: name(), status, reason: reason() })),
        ("delete", admitted(|| DeleteDomain { name: name(), cause: DeletionCause::Registrant })),
        ("restore", admitted(|| RestoreDomain { name: name(), fee: None, reason: String::new() })),
        ("postpone", admitted(|| PostponeDeletion { name: name(), until: Timestamp::MAX, circumstance: ExtenuatingCircumstance::Udrp })),
        ("save contact", admitted(|| SaveContact { id: None, contact: ada() })),
        ("read contact", admitted(|| ReadContact { id: contact })),
        ("read a contact as it was", admitted(|| ReadContactRevision { id: contact, revision: 1 })),
        ("list contacts", admitted(ListContacts::default)),
        ("set customer", admitted(|| SetCustomer { contact, customer: contact })),
        ("set consent", admitted(|| SetConsent { contact, elements: Vec::new(), is_given: true, source: String::new() })),
        ("read customer", admitted(|| ReadCustomer { contact })),
        ("read consent", admitted(|| ReadConsent { contact })),
        ("erase a person", admitted(|| EraseRegistrant { contact, reason: String::new(), when_due: false })),
        ("take an erasure back", admitted(|| CancelErasure { contact })),
        ("hold a person", admitted(|| HoldRegistrant { contact, reference: String::new(), reason: String::new() })),
        ("release a person", admitted(|| ReleaseRegistrant { contact, reference: String::new() })),
        ("find a person", admitted(|| FindRegistrant { clue: Clue::Name(String::new()) })),
        ("all about a person", admitted(|| DossierOf { contact })),
        ("erasures to come", admitted(|| ListErasures)),
        ("read a notice", admitted(|| ReadNotice { id: NoticeId::from_bytes([1; 16]) })),
        ("create host", admitted(|| CreateHost { host: host(), addresses: BTreeSet::new() })),
        ("change host", admitted(|| ChangeHost { host: host(), addresses: BTreeSet::new() })),
        ("rename host", admitted(|| RenameHost { host: host(), to: host() })),
        ("delete host", admitted(|| DeleteHost { host: host() })),
        ("enrol operator", admitted(|| EnrolOperator { name: "Grace".to_owned() })),
        ("revoke operator", admitted(|| RevokeOperator { operator: ActorId::from_bytes([7; 16]) })),
        ("list operators", admitted(|| ListOperators)),
        ("ask a registry", admitted(|| AskRegistry)),
        ("take messages", admitted(|| TakeMessages)),
        ("take kept messages", admitted(|| TakeKeptMessages { registry: alpha(), message: None })),
        ("reconcile names", admitted(|| ReconcileNames)),
        ("read the journal", admitted(read_journal)),
        ("allow logins", admitted(|| AllowLogins { registry: alpha() })),
        ("resume paid operations", admitted(|| ResumePaidOperations { registry: alpha() })),
        ("clear an alarm", admitted(|| ClearAlarm { key: "balance:alpha".to_owned() })),
        ("propose a password", admitted(|| ProposeRegistryPassword { registry: alpha(), password: Secret::new("not-a-secret") })),
        ("replace a password", admitted(|| ReplaceRegistryPassword { registry: alpha(), password: Secret::new("not-a-secret") })),
        ("enter a form", admitted(enter_form)),
        ("work on a case", admitted(|| WorkCase { case: case(), kind: None, command: CaseCommand::Note, words: None })),
        ("note a recipient", admitted(|| SetRecipient { case: case(), recipient: String::new() })),
        ("show a case", admitted(|| ShowCase { case: case() })),
        ("freeze the instance", admitted(|| FreezeRegistrar { source: String::new(), point: None })),
        ("thaw the instance", admitted(|| ThawRegistrar { reason: None })),
        ("take a deposit on", admitted(|| ImportDeposit)),
        ("hand everything over", admitted(|| HandOver)),
        ("take the registry's word", admitted(|| TakeRegistryTruth { domain: DomainId::from_bytes([1; 16]) })),
        ("take a name on", admitted(adopt_name)),
        ("an order with a quote", admitted(|| Quoted { case: IssueAuthInfo { name: name() }, fee: None })),
    ];
    for (command, admitted) in rows {
        assert_eq!(admitted, "operator", "{command}");
    }
}

/// What comes back to a letter is taken by the clock's hand, whoever brought it; whom it verifies, the token says.
#[test]
fn holders_are_verified_by_operators_and_by_what_came_in() {
    let contact = ContactId::from_bytes([3; 16]);
    let rows = [
        ("by token", admitted(|| VerifyByToken { token: String::new() })),
        ("by code", admitted(|| VerifyByCode { contact, code: String::new() })),
        ("by hand", admitted(|| VerifyByHand { contact, evidence: String::new() })),
        ("call", admitted(|| CallHolder { contact })),
        ("doubt", admitted(|| DoubtHolder { contact, is_inquiry: false, reference: String::new() })),
    ];
    for (command, admitted) in rows {
        assert_eq!(admitted, "operator timer", "{command}");
    }
}

#[test]
fn everybody_in_the_house_reads_what_holds_no_personal_data() {
    let rows = [
        ("list", admitted(ListDomains::default)),
        ("info", admitted(|| DomainInfo { name: name() })),
        ("duties", admitted(ListDuties::default)),
        ("charges", admitted(|| ListCharges { name: name() })),
        ("proof", admitted(|| ProofOf { name: name() })),
        ("ledger", admitted(|| VerifyLedger)),
        ("how a holder stands", admitted(|| ReadVerification { contact: ContactId::from_bytes([3; 16]) })),
        ("lapsed duties", admitted(|| CountLapsed)),
        ("alarms", admitted(ListAlarms::default)),
        ("messages", admitted(ListMessages::default)),
        ("cases", admitted(list_cases)),
        ("receipts", admitted(|| ListReceipts { name: name() })),
        ("the last night", admitted(|| NightOf { registry: alpha() })),
        ("notices", admitted(ListNotices::default)),
        ("deposits", admitted(|| ListDeposits { limit: 1 })),
        ("how deposits stand", admitted(|| AskStanding)),
        ("how the recovery stands", admitted(|| AskRecovery)),
    ];
    for (question, admitted) in rows {
        assert_eq!(admitted, "operator timer gate registry", "{question}");
    }
}

#[test]
fn the_machine_has_its_own_doors() {
    let order = |command: DomainCommand| DomainOrder::new(Target::Existing(DomainId::from_bytes([1; 16])), command);
    assert_eq!(admitted(|| order(DomainCommand::Tick)), "timer");
    assert_eq!(admitted(|| PurgeRecords { limit: 1 }), "timer");
    assert_eq!(admitted(|| IndexContacts { limit: 1 }), "timer");
    assert_eq!(admitted(|| TakeBounce::read(b"Subject: x\r\n\r\n", None).unwrap()), "operator timer");
    assert_eq!(admitted(|| RunDeposit), "operator timer");
    assert_eq!(admitted(|| RunBackup), "operator timer");
    assert_eq!(admitted(|| WantManifest), "operator timer");
    assert_eq!(admitted(|| NoteDrill(drill_record())), "operator timer");
    assert_eq!(admitted(|| AskDrills), "operator timer gate registry");
    let verdict = || NoteVerdict { id: DepositId::from_bytes([1; 16]), is_accepted: true, words: String::new() };
    assert_eq!(admitted(verdict), "operator timer");
    assert_eq!(admitted(|| order(DomainCommand::Observe { actual: None })), "gate registry");
    assert_eq!(admitted(|| order(DomainCommand::PushDesired)), "operator");
    assert_eq!(admitted(|| order(DomainCommand::Delete { cause: DeletionCause::Registry })), "operator");
}

#[test]
fn a_denial_says_what_is_lacking() {
    let denial = authorise(&actor::timer(), DeleteDomain { name: name(), cause: DeletionCause::Expiry }).unwrap_err();
    assert_eq!(denial.to_string(), "the timer may not do this: it lacks the permission DeleteDomain (auth.permission)");
    assert_eq!(bare("example.alpha").permission(), Permission::RegisterDomain);
}

/// The order to register is built by a function of the tests; a notice carried or put off is the courier's own, a letter its worker's, what
/// the desk takes and carries the desk's, what the depositor wrote and sent the depositor's, the rows of a deposit their reader's, and nobody
/// else can make one.
const ELSEWHERE: [&str; 9] =
    ["ImportBatch", "RegisterDomain", "Carried", "PutOff", "Letter", "TakePosted", "LetterGone", "KeepDeposit", "NoteSent"];

/// Whatever says what it needs is in a table above: a command that was forgotten there fails here.
#[test]
fn the_tables_leave_no_command_out() {
    fn sources(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let tables = include_str!("permissions.rs").split_once("fn admitted").unwrap().1;
    let mut files = Vec::new();
    sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut seen = 0;
    for file in files.iter().filter(|file| !file.ends_with("tests/permissions.rs")) {
        let text = std::fs::read_to_string(file).unwrap();
        let commands = text.lines().filter(|line| line.starts_with("impl")).filter_map(|line| line.split_once("NeedsPermission for "));
        for (_, command) in commands {
            let word: String = command.chars().take_while(|c| c.is_alphanumeric()).collect();
            seen += 1;
            let is_there = ELSEWHERE.contains(&word.as_str()) || tables.split(|c: char| !c.is_alphanumeric()).any(|one| one == word);
            assert!(is_there, "`{word}` of {} is in none of the tables", file.display());
        }
    }
    assert!(seen > 40, "only {seen} commands were found");
}

fn adopt_name() -> AdoptName {
    let adoption = AdoptDomain { name: name(), registrant: None, contacts: BTreeMap::new(), expires_at: None, source: String::new() };
    AdoptName { adoption, actual: None }
}

fn alpha() -> RegistryId {
    RegistryId::parse("alpha").unwrap()
}

fn case() -> CaseId {
    CaseId::from_bytes([1; 16])
}

fn enter_form() -> EnterForm {
    EnterForm {
        kind: FormKind::Disclosure,
        fields: Fields::new(),
        received_at: Timestamp::MIN,
        is_urgent: false,
        rules: DeskRules::default(),
    }
}

fn list_cases() -> ListCases {
    ListCases { kind: CaseKind::Disclosure, with_closed: true, page: PageRequest::default() }
}

fn read_journal() -> ReadJournal {
    ReadJournal { registry: alpha(), name: None, intent: None, before: None, limit: None, with_frames: false }
}

fn transfer_in() -> TransferDomainIn {
    TransferDomainIn {
        name: name(),
        auth_info: AuthInfo::from_registrant("not-a-secret").unwrap(),
        registrant: None,
        contacts: BTreeMap::new(),
        authorised_at: Timestamp::MIN,
        fee: None,
        token: None,
    }
}

pub(super) fn drill_record() -> DrillRecord {
    DrillRecord {
        drill: Drill::Backup,
        at: Timestamp::UNIX_EPOCH,
        held: true,
        generation: None,
        equal: 0,
        rpo_ms: None,
        rto_ms: 0,
        report_sha256: String::new(),
    }
}
