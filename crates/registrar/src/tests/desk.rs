//! What the public sends, from the sealed file to the letter: on both engines, as the worker and the operators do it.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::SignedDuration;
use mail::smtp::Relay;
use mail::testing::MailServer;
use model::{CaseId, DomainName, ReceiptId, Timestamp};
use policy::desk::{CaseCommand, CaseKind, CaseState, DeskRules, Fields, Finding, Form, FormKind, Posted};
use policy::publication::ConsentElement;
use policy::{Actor, HolderStanding};
use store::StoreFault;
use store::intake::{IntakeKey, Spool, SpoolLimits};
use store::ledger;
use store::testing::{TestDatabase, TestDatabases};

use crate::actor::EnrolOperator;
use crate::contact::HolderChanges;
use crate::desk::{CaseWords, Desk, DeskParts, EnterForm, ListCases, ListReceipts, SetRecipient, ShowCase, WorkCase};
use crate::notice::{Courier, RelayRoute};
use crate::portfolio::DomainInfo;
use crate::registry::ListAlarms;
use crate::testing::{House, WholeLog};
use crate::verification::{DoubtHolder, ReadVerification, VerificationLetters};
use crate::{Failure, PageRequest, authorise};

/// A house with a desk and the spool that the public process writes.
struct Open<'h> {
    house: &'h House,
    desk: Desk,
    spool: Spool,
    folder: std::path::PathBuf,
}

impl<'h> Open<'h> {
    fn on(house: &'h House, database: &TestDatabase) -> Self {
        Self::with_courier(house, database, &Courier::new(&house.registrar))
    }

    fn with_courier(house: &'h House, database: &TestDatabase, courier: &Courier) -> Self {
        let folder = database.folder().join("intake");
        let key = IntakeKey::generate().unwrap();
        let spool = Spool::open(&folder, key.public().clone(), SpoolLimits::default()).unwrap();
        let desk = Desk::new(DeskParts { registrar: &house.registrar, courier, intake: &folder, key, rules: DeskRules::default() });
        Self { house, desk, spool, folder }
    }

    /// Posts a form as the public process does; gives its receipt.
    fn post(&self, kind: FormKind, fields: &Fields) -> ReceiptId {
        let posted = Posted {
            receipt: ReceiptId::new(self.house.registrar.now(), &mut self.house.registrar.draw()),
            at: self.house.registrar.now(),
            form: Form::read(kind, fields).unwrap(),
        };
        self.put(&posted);
        posted.receipt
    }

    fn put(&self, posted: &Posted) {
        self.spool.put(posted.form.kind(), posted.receipt, &serde_json::to_vec(posted).unwrap()).unwrap();
    }

    /// Works until nothing waits.
    fn work(&self) {
        while self.desk.step(100).unwrap() > 0 {}
    }

    fn files(&self) -> Vec<String> {
        let folders = ["contact", "inaccuracy", "disclosure"].map(|form| self.folder.join(form));
        let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
        entries.map(|entry| entry.unwrap().path().extension().unwrap().to_string_lossy().into_owned()).collect()
    }

    fn outcomes(&self, name: &str) -> Vec<String> {
        let rows = self.house.ask(ListReceipts { name: DomainName::parse(name).unwrap() }).unwrap();
        rows.into_iter().map(|row| row.outcome).collect()
    }

    fn only_case(&self, kind: CaseKind) -> CaseId {
        let cases = self.house.ask(ListCases { kind, with_closed: true, page: PageRequest::default() }).unwrap().items;
        assert_eq!(cases.len(), 1);
        cases[0].id
    }

    fn give(&self, actor: &Actor, case: CaseId, command: CaseCommand, words: Option<CaseWords>) -> Result<CaseState, Failure> {
        let order = authorise(actor, WorkCase { case, kind: None, command, words })?;
        Ok(self.house.registrar.carry_out(order)?.state)
    }

    fn second_operator(&self) -> Actor {
        self.house.act(EnrolOperator { name: "Grace Hopper".to_owned() }).unwrap().actor
    }

    /// The letter of the desk whose subject holds a word, with ids taken out.
    fn letter_about(&self, word: &str) -> String {
        let texts = std::fs::read_dir(&self.house.maildrop).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
        let is_it = |text: &String| text.lines().any(|line| line.starts_with("Subject: ") && line.contains(word));
        let found: Vec<String> = texts.filter(is_it).collect();
        assert_eq!(found.len(), 1, "letters about `{word}`");
        without_ids(&found[0])
    }
}

/// Ids differ from engine to engine and from run to run.
fn without_ids(text: &str) -> String {
    let mut out = text.replace("\r\n", "\n");
    for prefix in ["cas_", "rcp_", "ltr_", "ntc_"] {
        let mut rest = std::mem::take(&mut out);
        while let Some(at) = rest.find(prefix) {
            out.push_str(&rest[..at + prefix.len()]);
            out.push('*');
            rest = rest.split_off(at + prefix.len());
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            rest = rest.split_off(end);
        }
        out.push_str(&rest);
    }
    out
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in pairs {
        fields.entry((*name).to_owned()).or_default().push((*value).to_owned());
    }
    fields
}

fn message(name: &str, from: &str) -> Fields {
    let message = "I would like\r\n> to buy it.\r\nFrom: somebody else";
    fields(&[("domain", name), ("name", "Eve Outsider"), ("email", from), ("reason", "purchase"), ("message", message)])
}

fn report(name: &str) -> Fields {
    let words = "Nobody lives there";
    fields(&[("domain", name), ("name", "Eve Outsider"), ("email", "eve@outside.example"), ("element", "street"), ("explanation", words)])
}

fn request(name: &str) -> Fields {
    fields(&[
        ("domain", name),
        ("name", "Eve Outsider"),
        ("email", "eve@outside.example"),
        ("capacity", "self"),
        ("element", "name"),
        ("element", "email"),
        ("grounds", "Trade mark 4711"),
        ("good_faith", "yes"),
        ("lawful", "yes"),
    ])
}

fn words(reason: &str, balancing: Option<&str>) -> Option<CaseWords> {
    Some(CaseWords { reason: reason.to_owned(), balancing: balancing.map(str::to_owned) })
}

fn elements() -> BTreeSet<ConsentElement> {
    BTreeSet::from([ConsentElement::Name, ConsentElement::Email])
}

/// What the ledger says of a subject.
fn ledger_kinds(open: &Open<'_>, subject: &str) -> Vec<String> {
    let rows = open.house.registrar.store().read(|tx| ledger::list_subject_entries(tx, subject, 0, 100));
    rows.unwrap_or_else(|fault: StoreFault| panic!("{fault}")).into_iter().map(|row| row.kind).collect()
}

/// Runs `script` in a house with a desk and a name, on each engine.
fn each(mut script: impl FnMut(&Open<'_>)) {
    TestDatabases::each(|database| {
        let house = House::on(database);
        house.registered("held.alpha");
        house.carry();
        script(&Open::on(&house, database));
    });
}

#[test]
fn a_message_reaches_the_holder_and_says_nothing_of_it() {
    each(|open| {
        open.post(FormKind::Contact, &message("held.alpha", "eve@outside.example"));
        open.post(FormKind::Contact, &message("others.alpha", "eve@outside.example"));
        open.work();
        assert_eq!(open.files(), Vec::<String>::new());
        assert_eq!(open.outcomes("held.alpha"), ["ordered"]);
        assert_eq!(open.outcomes("others.alpha"), Vec::<String>::new());
        insta::assert_snapshot!("relayed_message", without_ids(&open.house.letter()));
        // What was sent is kept nowhere but in the sealed text of the notice.
        assert_eq!(open.house.carry(), 0);
    });
}

#[test]
fn messages_are_limited_by_sender_and_by_name() {
    each(|open| {
        for n in 0..4 {
            open.post(FormKind::Contact, &message("held.alpha", if n % 2 == 0 { "eve@outside.example" } else { "Eve@OUTSIDE.example" }));
        }
        open.work();
        let mut outcomes = open.outcomes("held.alpha");
        outcomes.sort();
        assert_eq!(outcomes, ["ordered", "ordered", "sender-limit", "sender-limit"]);
        for n in 0..20 {
            open.post(FormKind::Contact, &message("held.alpha", &format!("eve{n}@outside.example")));
        }
        open.work();
        assert_eq!(open.outcomes("held.alpha").iter().filter(|outcome| *outcome == "ordered").count(), 20);
        assert_eq!(open.outcomes("held.alpha").iter().filter(|outcome| *outcome == "name-limit").count(), 2);
        // A day later there is room again.
        open.house.at("2026-11-25T00:00:00Z");
        open.post(FormKind::Contact, &message("held.alpha", "eve@outside.example"));
        open.work();
        assert_eq!(open.outcomes("held.alpha").iter().filter(|outcome| *outcome == "ordered").count(), 21);
    });
}

#[test]
fn a_file_that_comes_twice_is_taken_once() {
    each(|open| {
        let posted = Posted {
            receipt: ReceiptId::new(open.house.registrar.now(), &mut open.house.registrar.draw()),
            at: open.house.registrar.now(),
            form: Form::read(FormKind::Disclosure, &request("held.alpha")).unwrap(),
        };
        for _ in 0..3 {
            open.put(&posted);
            open.work();
        }
        open.only_case(CaseKind::Disclosure);
        assert_eq!(open.outcomes("held.alpha"), ["case"]);
    });
}

#[test]
fn what_cannot_be_opened_is_set_aside_and_said() {
    each(|open| {
        let receipt = open.post(FormKind::Contact, &message("held.alpha", "eve@outside.example"));
        let folder = open.folder.join("contact");
        // Under the name of another receipt, and one that nobody sealed, and one from long ago.
        let other = ReceiptId::new(open.house.registrar.now(), &mut open.house.registrar.draw());
        std::fs::rename(folder.join(format!("{receipt}.sealed")), folder.join(format!("{other}.sealed"))).unwrap();
        std::fs::write(folder.join(format!("{receipt}.sealed")), b"NKINTAKE1 and nothing").unwrap();
        let old: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let form = Form::read(FormKind::Inaccuracy, &report("held.alpha")).unwrap();
        open.put(&Posted { receipt: ReceiptId::new(old, &mut open.house.registrar.draw()), at: old, form });
        open.work();
        assert_eq!(open.files(), ["unreadable", "unreadable", "unreadable"]);
        assert_eq!(open.outcomes("held.alpha"), Vec::<String>::new());
        let alarms = open.house.ask(ListAlarms::default()).unwrap();
        assert_eq!(alarms.iter().filter(|alarm| alarm.key.starts_with("intake:")).count(), 3);
    });
}

/// DSC-2 to DSC-5: acknowledged at once, proposed by one, approved by another, answered encrypted.
#[test]
fn a_request_is_answered_by_two_people_and_only_encrypted() {
    each(|open| {
        open.post(FormKind::Disclosure, &request("held.alpha"));
        open.work();
        let case = open.only_case(CaseKind::Disclosure);
        insta::assert_snapshot!("acknowledgement_of_a_request", open.letter_about("We received"));
        let (ada, grace) = (open.house.operator.clone(), open.second_operator());
        let propose = || CaseCommand::Propose { elements: elements() };
        let because = || words("The mark is registered and used.", Some("A right to enforce the mark outweighs anonymity in trade."));
        assert_eq!(open.give(&ada, case, propose(), words("why", None)).unwrap_err().code(), "case.balancing");
        assert_eq!(open.give(&ada, case, propose(), because()).unwrap(), CaseState::Proposed);
        assert_eq!(open.give(&ada, case, CaseCommand::Approve, None).unwrap_err().code(), "case.four-eyes");
        assert_eq!(open.give(&grace, case, CaseCommand::Approve, None).unwrap(), CaseState::Decided);
        // Without a key nothing leaves.
        assert_eq!(open.give(&ada, case, CaseCommand::Answer, None).unwrap_err().code(), "disclosure.recipient");
        let identity = age::x25519::Identity::generate();
        let bad = SetRecipient { case, recipient: "age1nonsense".to_owned() };
        assert_eq!(open.house.act(bad).unwrap_err().code(), "disclosure.recipient");
        open.house.act(SetRecipient { case, recipient: identity.to_public().to_string() }).unwrap();
        assert_eq!(open.give(&ada, case, CaseCommand::Answer, None).unwrap(), CaseState::Closed);
        open.work();
        let letter = open.letter_about(": answer");
        let (head, rest) = letter.split_once("-----BEGIN AGE ENCRYPTED FILE-----").unwrap();
        let (block, tail) = rest.split_once("-----END AGE ENCRYPTED FILE-----").unwrap();
        insta::assert_snapshot!("a_granted_request", format!("{head}[encrypted]{tail}"));
        let sealed = format!("-----BEGIN AGE ENCRYPTED FILE-----{block}-----END AGE ENCRYPTED FILE-----\n");
        let data = String::from_utf8(age::decrypt(&identity, sealed.as_bytes()).unwrap()).unwrap();
        insta::assert_snapshot!("disclosed_data", without_ids(&data));
        assert!(!letter.contains("Canaria"), "{letter}");
        let steps: Vec<String> = open.house.ask(ShowCase { case }).unwrap().steps.into_iter().map(|step| step.word).collect();
        assert_eq!(steps, ["received", "acknowledge", "propose", "approve", "recipient", "answer"]);
        assert_eq!(open.give(&ada, case, CaseCommand::Refuse, because()).unwrap_err().code(), "case.state");
    });
}

#[test]
fn a_refusal_says_why_and_an_extension_until_when() {
    each(|open| {
        open.post(FormKind::Disclosure, &request("held.alpha"));
        open.work();
        let (case, ada) = (open.only_case(CaseKind::Disclosure), open.house.operator.clone());
        let until = CaseCommand::Extend { until: "2027-02-01T00:00:00Z".parse().unwrap() };
        open.give(&ada, case, until, words("The court's file is awaited.", None)).unwrap();
        open.work();
        insta::assert_snapshot!("an_extension", open.letter_about("takes longer"));
        open.give(&ada, case, CaseCommand::Refuse, words("No mark was shown.", Some("Nothing stands against the holder's privacy.")))
            .unwrap();
        open.give(&ada, case, CaseCommand::Answer, None).unwrap();
        open.work();
        insta::assert_snapshot!("a_refused_request", open.letter_about(": answer"));
    });
}

/// ACY-9: acknowledged, the holder is asked, closed with a finding.
#[test]
fn a_report_is_looked_into_with_the_holder() {
    each(|open| {
        open.post(FormKind::Inaccuracy, &report("held.alpha"));
        open.work();
        let (case, ada) = (open.only_case(CaseKind::Inaccuracy), open.house.operator.clone());
        insta::assert_snapshot!("acknowledgement_of_a_report", open.letter_about("We received"));
        assert_eq!(open.give(&ada, case, CaseCommand::Inquire, None).unwrap(), CaseState::Inquired);
        insta::assert_snapshot!("an_inquiry", without_ids(&open.house.letter()));
        let close = CaseCommand::Close { finding: Finding::Format };
        assert_eq!(open.give(&ada, case, close.clone(), None).unwrap_err().code(), "case.reason");
        assert_eq!(open.give(&ada, case, close, words("A missing house number was added.", None)).unwrap(), CaseState::Closed);
        open.work();
        insta::assert_snapshot!("a_finding", open.letter_about("Your report"));
    });
}

/// DSC-4, DSC-6: warned at 15 and 25 days and at the end; kept for two years and then gone with its key.
#[test]
fn clocks_are_watched_and_what_is_over_goes() {
    each(|open| {
        open.post(FormKind::Disclosure, &request("held.alpha"));
        open.work();
        let alarms = || {
            let alarms = open.house.ask(ListAlarms::default()).unwrap();
            let words = alarms.iter().filter_map(|alarm| alarm.key.strip_prefix("case:").and_then(|key| key.split(':').nth(1)));
            words.map(str::to_owned).collect::<Vec<_>>().join(" ")
        };
        for (at, want) in [
            ("2026-12-08T11:00:00Z", ""),
            ("2026-12-08T12:00:00Z", "early"),
            ("2026-12-18T12:00:00Z", "early late"),
            ("2026-12-23T12:00:00Z", "early lapsed late"),
        ] {
            open.house.at(at);
            open.work();
            assert_eq!(alarms(), want, "{at}");
        }
        let (case, ada) = (open.only_case(CaseKind::Disclosure), open.house.operator.clone());
        open.give(&ada, case, CaseCommand::Refuse, words("Late.", Some("Late."))).unwrap();
        open.give(&ada, case, CaseCommand::Answer, None).unwrap();
        open.work();
        let purge = || {
            let case = authorise(&crate::actor::timer(), crate::retention::PurgeRecords { limit: 100 }).unwrap();
            open.house.registrar.carry_out(case).unwrap()
        };
        open.house.at("2028-12-22T00:00:00Z");
        purge();
        assert!(open.house.ask(ShowCase { case }).is_ok());
        open.house.at("2028-12-24T00:00:00Z");
        assert!(purge() >= 1);
        assert_eq!(open.house.ask(ShowCase { case }).err().map(|failure| failure.code()), Some("case.unknown"));
        assert_eq!(ledger_kinds(open, &case.to_string()), ["case-received", "case-acknowledge", "case-refuse", "case-answer"]);
    });
}

/// DSC-7, DSC-8: by hand, with the same clock; urgent ones wait for their date.
#[test]
fn what_comes_another_way_is_the_same_case() {
    each(|open| {
        let enter = |fields: Fields, is_urgent| EnterForm {
            kind: FormKind::Disclosure,
            fields,
            received_at: "2026-11-20T12:00:00Z".parse().unwrap(),
            is_urgent,
            rules: DeskRules::default(),
        };
        assert_eq!(open.house.act(enter(request("held.alpha"), true)).unwrap_err().code(), "disclosure.urgent");
        assert_eq!(open.house.act(enter(Fields::new(), false)).unwrap_err().code(), "case.incomplete");
        assert_eq!(open.house.act(enter(request("others.alpha"), false)).unwrap_err().code(), "case.name.unknown");
        let (case, _) = open.house.act(enter(request("held.alpha"), false)).unwrap();
        let view = open.house.ask(ShowCase { case }).unwrap();
        assert_eq!((view.case.state, view.case.received_at.to_string()), (CaseState::Open, "2026-11-20T12:00:00Z".to_owned()));
    });
}

/// Words that occur nowhere else, sent by all forms of outsiders and said by operators.
const CANARIES: [&str; 6] = ["Pelikanova", "pelikanmail", "Pelikantext", "Pelikangrund", "Pelikanwort", "Pelikanwaage"];

/// The canary test of the desk: no posted word in a column, in the database's file, in the spool or in the log.
#[test]
fn canaries_of_the_desk_are_found_nowhere() {
    let log = WholeLog::kept();
    TestDatabases::each(|database| {
        let house = House::on(database);
        house.registered("held.alpha");
        let open = Open::on(&house, database);
        let planted = |mut fields: Fields| {
            fields.insert("name".to_owned(), vec!["Pelikanova".to_owned()]);
            fields.insert("email".to_owned(), vec!["eve@pelikanmail.example".to_owned()]);
            for (field, word) in [("message", "Pelikantext"), ("explanation", "Pelikantext"), ("grounds", "Pelikangrund")] {
                fields.entry(field.to_owned()).and_modify(|values| *values = vec![word.to_owned()]);
            }
            fields
        };
        open.post(FormKind::Contact, &planted(message("held.alpha", "x@example.org")));
        open.post(FormKind::Inaccuracy, &planted(report("held.alpha")));
        open.post(FormKind::Disclosure, &planted(request("held.alpha")));
        let clean = |place: &str, bytes: &[u8]| {
            for canary in CANARIES {
                let is_found = bytes.windows(canary.len()).any(|window| window.eq_ignore_ascii_case(canary.as_bytes()));
                assert!(!is_found, "`{canary}` lies in clear in {place}");
            }
        };
        for form in ["contact", "inaccuracy", "disclosure"] {
            for entry in std::fs::read_dir(open.folder.join(form)).unwrap() {
                clean("the spool", &std::fs::read(entry.unwrap().path()).unwrap());
            }
        }
        // Between the spool and the maildrop everything is in the database.
        for item in ["contact", "inaccuracy", "disclosure"] {
            assert_eq!(std::fs::read_dir(open.folder.join(item)).unwrap().count(), 1);
        }
        open.work();
        let case = open.only_case(CaseKind::Disclosure);
        open.give(&house.operator, case, CaseCommand::Note, words("Pelikanwort", Some("Pelikanwaage"))).unwrap();
        let mut searched = 0;
        for (table, held) in database.dump() {
            clean(&format!("table `{table}` on {}", database.engine()), &held);
            searched += usize::from(!held.is_empty() && (table.starts_with("desk_") || table == "receipt" || table == "relayed_message"));
        }
        assert_eq!(searched, 5, "a table of the desk was empty, so nothing was searched");
        house.carry();
        clean("the log", &log.bytes());
        for entry in std::fs::read_dir(database.folder()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                clean(&path.display().to_string(), &std::fs::read(&path).unwrap());
            }
        }
    });
}

/// Runs `script` in a house whose desk writes by a relay; a message to the maildrop would be one that nobody reads.
fn each_by_relay(mut script: impl FnMut(&Open<'_>, &MailServer)) {
    TestDatabases::each(|database| {
        let house = House::on(database);
        house.registered("held.alpha");
        house.carry();
        let server = MailServer::start().unwrap();
        let relay = Arc::new(Relay::new(server.settings()).unwrap());
        let courier = Courier::by_relay(&house.registrar, RelayRoute { relay, return_domain: "bounces.example".to_owned() });
        let in_maildrop = || std::fs::read_dir(&house.maildrop).unwrap().count();
        let before = in_maildrop();
        script(&Open::with_courier(&house, database, &courier), &server);
        assert_eq!(in_maildrop(), before);
    });
}

impl Open<'_> {
    /// Steps every five minutes for so many hours.
    fn hours(&self, hours: i64) {
        for _ in 0..hours * 12 {
            self.house.clock.advance(SignedDuration::from_mins(5));
            self.desk.step(100).unwrap();
        }
    }

    fn alarms(&self) -> Vec<String> {
        let alarms = self.house.ask(ListAlarms::default()).unwrap();
        alarms.into_iter().filter(|alarm| !alarm.key.starts_with("case:")).map(|alarm| without_ids(&alarm.key)).collect()
    }

    fn steps(&self, kind: CaseKind) -> Vec<(String, Option<String>)> {
        let steps = self.house.ask(ShowCase { case: self.only_case(kind) }).unwrap().steps;
        steps.into_iter().map(|step| (step.word, step.words.map(|words| words.reason))).collect()
    }
}

/// DSC-3: what is owed within two business days leaves as notices do.
#[test]
fn letters_leave_by_the_relay_once() {
    each_by_relay(|open, server| {
        server.answer("CONNECT", "421 4.3.2 closing");
        open.post(FormKind::Disclosure, &request("held.alpha"));
        open.hours(12);
        assert_eq!(open.alarms(), ["mail-relay"]);
        assert!(server.connections() < 70, "{} tries in half a day", server.connections());
        server.take_everything();
        open.hours(1);
        let delivered = server.delivered();
        assert_eq!((delivered.len(), open.alarms()), (1, vec![]));
        assert_eq!((delivered[0].from.as_str(), delivered[0].to[0].as_str()), ("notices@registrar.example", "eve@outside.example"));
        assert!(delivered[0].text.contains("Subject: We received your request about held.alpha"), "{}", delivered[0].text);
    });
}

#[test]
fn a_letter_that_is_not_taken_holds_up_no_other_and_is_given_up_at_last() {
    each_by_relay(|open, server| {
        server.answer("RCPT eve@outside.example", "450 4.2.1 mailbox is busy");
        open.post(FormKind::Disclosure, &request("held.alpha"));
        let mut from_another = report("held.alpha");
        from_another.insert("email".to_owned(), vec!["zoe@outside.example".to_owned()]);
        open.post(FormKind::Inaccuracy, &from_another);
        open.hours(1);
        assert_eq!(server.delivered().iter().map(|message| message.to.join(" ")).collect::<Vec<_>>(), ["zoe@outside.example"]);
        open.hours(24 * 5);
        assert_eq!(open.alarms(), Vec::<String>::new(), "an acknowledgement to nobody is nobody's matter");
        let said = "the acknowledgement did not reach its address: 4.2.1 (tried for five days)";
        assert_eq!(open.steps(CaseKind::Disclosure).last().unwrap(), &("letter-refused".to_owned(), Some(said.to_owned())));
        server.take_everything();
        open.hours(1);
        assert_eq!(server.delivered().len(), 1);
    });
}

#[test]
fn an_answer_that_does_not_arrive_is_said() {
    each_by_relay(|open, server| {
        open.post(FormKind::Disclosure, &request("held.alpha"));
        open.work();
        server.answer("RCPT", "550 5.1.1 <eve@outside.example>: no such user");
        let (case, ada) = (open.only_case(CaseKind::Disclosure), open.house.operator.clone());
        let because = words("No mark was shown.", Some("Nothing stands against the holder's privacy."));
        open.give(&ada, case, CaseCommand::Refuse, because).unwrap();
        open.give(&ada, case, CaseCommand::Answer, None).unwrap();
        open.hours(2);
        assert_eq!(open.alarms(), ["letter:ltr_*"]);
        let (word, said) = open.steps(CaseKind::Disclosure).pop().unwrap();
        assert_eq!(
            (word.as_str(), said.as_deref()),
            ("letter-refused", Some("the answer did not reach its address: 5.1.1 (550 5.1.1 <eve@outside.example>: no such user)"))
        );
    });
}

/// ACY-3: the code on the page is as good as the code in an answer; a wrong one changes nothing, and nobody is told whose it would have been.
#[test]
fn a_holder_gives_the_code_on_the_page() {
    each(|open| {
        let registrant =
            open.house.ask(DomainInfo { name: DomainName::parse("held.alpha").unwrap() }).unwrap().registration.registrant.unwrap();
        open.house.act(DoubtHolder { contact: registrant, is_inquiry: false, reference: "case 4711".to_owned() }).unwrap();
        let (changes, letters) = (HolderChanges::new(&open.house.registrar), VerificationLetters::new(&open.house.registrar));
        while changes.step().unwrap() + letters.step().unwrap() > 0 {}
        open.house.carry();
        let is_verified = || open.house.ask(ReadVerification { contact: registrant }).unwrap().0 == HolderStanding::Verified;
        let code = open.house.mail().iter().find_map(|text| text.lines().find(|line| line.starts_with("nkv_")).map(str::to_owned)).unwrap();
        for (given, verified) in [(code.replace("nkv_", "nkv_A"), false), (format!("  {code} "), true), (code.clone(), true)] {
            open.post(FormKind::Verification, &fields(&[("code", &given)]));
            open.work();
            assert_eq!((is_verified(), open.files()), (verified, vec![]));
        }
        let noted = ledger_kinds(open, &registrant.to_string());
        assert_eq!(noted.iter().filter(|kind| *kind == "holder-verified").count(), 2, "at first by hand, and then by the code once");
        assert_eq!(open.alarms(), [""; 0]);
    });
}
