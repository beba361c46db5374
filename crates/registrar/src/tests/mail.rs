//! Mail that leaves by a relay, and what comes back: carried once, whatever the relay does; a bounce taken once, and no forged one.

use std::sync::Arc;

use jiff::SignedDuration;
use mail::ReturnKey;
use mail::smtp::Relay;
use mail::testing::{CUT, Delivered, MailServer};
use model::NoticeId;
use store::ledger;

use super::world::{asked_for, name};
use crate::bounce::{TakeBounce, Taken};
use crate::notice::{Courier, ListNotices, NoticeEntry, NoticeFilter, NoticeOutcome, ReadNotice, RelayRoute, return_key};
use crate::portfolio::DomainInfo;
use crate::registry::ListAlarms;
use crate::testing::{House, each};
use crate::{Failure, Receipt};

/// How often a bounce is given in the test of that.
const REPEATS: usize = 10_000;

/// A house whose mail goes to a relay.
struct Post<'h> {
    house: &'h House,
    server: MailServer,
    courier: Courier,
}

impl<'h> Post<'h> {
    fn of(house: &'h House) -> Self {
        let server = MailServer::start().unwrap();
        let relay = Arc::new(Relay::new(server.settings()).unwrap());
        let courier = Courier::by_relay(&house.registrar, RelayRoute { relay, return_domain: "bounces.example".to_owned() });
        Self { house, server, courier }
    }

    /// A name with a notice to its holder that waits.
    fn with_a_notice(house: &'h House) -> (Self, Receipt) {
        let post = Self::of(house);
        let receipt = house.registered("posted.alpha");
        (post, receipt)
    }

    fn step(&self) -> usize {
        self.courier.step(100).unwrap()
    }

    /// Steps every minute for so many hours; gives how many left.
    fn hours(&self, hours: i64) -> usize {
        let minute = SignedDuration::from_mins(1);
        (0..hours * 60)
            .map(|_| {
                self.house.clock.advance(minute);
                self.step()
            })
            .sum()
    }

    fn only_notice(&self) -> NoticeEntry {
        let page = self.house.ask(ListNotices::default()).unwrap();
        let [entry] = <[NoticeEntry; 1]>::try_from(page.items).unwrap();
        entry
    }

    fn alarms(&self) -> Vec<String> {
        self.house.ask(ListAlarms::default()).unwrap().into_iter().map(|alarm| alarm.key).collect()
    }

    fn key(&self) -> ReturnKey {
        return_key::obtain(&self.house.registrar).unwrap()
    }

    /// What the ledger says of a subject.
    fn ledger(&self, subject: &str) -> Vec<String> {
        let rows = self.house.registrar.store().read::<_, Failure>(|tx| Ok(ledger::list_subject_entries(tx, subject, 0, 100)?)).unwrap();
        rows.into_iter()
            .map(|row| format!("{} {}", if row.actor.starts_with("act_") { "operator" } else { &row.actor }, row.kind))
            .collect()
    }

    fn doubts(&self, receipt: &Receipt) -> Vec<String> {
        let holder = self.house.ask(DomainInfo { name: receipt.name.clone() }).unwrap().registration.registrant.unwrap();
        self.ledger(&holder.to_string()).into_iter().filter(|line| line.ends_with("holder-doubted")).collect()
    }
}

fn message_id(message: &Delivered) -> &str {
    message.text.lines().find(|line| line.starts_with("Message-ID: ")).unwrap()
}

/// A report that a notice did not arrive.
fn report(return_path: &str, recipient: &str, action: &str, status: &str) -> Vec<u8> {
    let text = format!(
        "From: MAILER-DAEMON@mx.example\nTo: {return_path}\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
         Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n\
         Diagnostic-Code: smtp; 550 {status} <{recipient}> is not canary enough\n\n--b--\n"
    );
    text.replace('\n', "\r\n").into_bytes()
}

fn hard(return_path: &str) -> TakeBounce {
    TakeBounce::read(&report(return_path, "canarymail@canary.example", "failed", "5.1.1"), None).unwrap()
}

#[test]
fn a_relay_that_is_down_for_a_day_gets_the_notice_once() {
    each(|house| {
        let (post, receipt) = Post::with_a_notice(house);
        for answer in ["421 4.3.2 closing", CUT] {
            post.server.answer("CONNECT", answer);
            assert_eq!(post.hours(12), 0, "{answer}");
        }
        let tries = post.server.connections();
        assert!((90..130).contains(&tries), "{tries} tries in a day");
        assert_eq!((post.alarms(), post.only_notice().outcome), (vec!["mail-relay".to_owned()], "waiting"));
        post.server.take_everything();
        assert_eq!(post.hours(12), 1);
        let delivered = post.server.delivered();
        assert_eq!(delivered.len(), 1);
        let entry = post.only_notice();
        assert_eq!((entry.outcome, entry.language.as_deref()), ("carried", Some("en")));
        assert_eq!(message_id(&delivered[0]), format!("Message-ID: <{}>", post.key().message_id(entry.id, "registrar.example")));
        assert_eq!(delivered[0].from, post.key().return_path(entry.id, "bounces.example"));
        assert_eq!(delivered[0].to, ["canarymail@canary.example"]);
        assert_eq!(post.alarms(), [""; 0]);
        assert_eq!(post.doubts(&receipt), [""; 0]);
        let read = house.ask(ReadNotice { id: entry.id }).unwrap();
        assert_eq!(read.text.unwrap().replace("\r\n", "\n"), delivered[0].text);
        assert_eq!(read.reply.as_deref(), Some("2.0.0 Ok: queued as 4Zq1X93mN5z2"));
    });
}

/// Nobody can know whether a message arrived whose receipt was cut off; the holder's mail program sees one message by its id.
#[test]
fn a_message_of_which_nobody_knows_goes_again_under_the_same_id() {
    each(|house| {
        let (post, _) = Post::with_a_notice(house);
        post.server.answer(".", CUT);
        assert_eq!(post.step(), 0);
        post.server.take_everything();
        assert_eq!(post.hours(1), 1);
        let delivered = post.server.delivered();
        assert_eq!(delivered.len(), 2);
        assert_eq!(message_id(&delivered[0]), message_id(&delivered[1]));
    });
}

#[test]
fn an_address_that_is_refused_for_good_is_written_to_once_and_doubted() {
    each(|house| {
        let (post, receipt) = Post::with_a_notice(house);
        post.server.answer("RCPT", "550 5.1.1 <canarymail@canary.example>: no such user");
        assert_eq!(post.hours(24), 1);
        let entry = post.only_notice();
        assert_eq!((entry.outcome, entry.reason.as_deref()), ("refused", Some("5.1.1")));
        assert!(entry.carried_at.is_some());
        assert_eq!(post.ledger(&entry.id.to_string()), ["timer notice-refused"]);
        assert_eq!(post.doubts(&receipt), ["timer holder-doubted"]);
        assert_eq!(post.server.delivered(), []);
        assert_eq!(
            house.ask(ReadNotice { id: entry.id }).unwrap().reply.as_deref(),
            Some("5.1.1 <canarymail@canary.example>: no such user")
        );
    });
}

/// A relay that takes nothing from us says 5xx too; no holder is to blame for that.
#[test]
fn a_relay_that_denies_relaying_casts_doubt_on_nobody() {
    each(|house| {
        let (post, receipt) = Post::with_a_notice(house);
        post.server.answer("RCPT", "554 5.7.1 Relay access denied");
        assert_eq!(post.hours(2), 0);
        assert_eq!((post.only_notice().outcome, post.alarms()), ("waiting", vec!["mail-relay".to_owned()]));
        assert_eq!(post.doubts(&receipt), [""; 0]);
    });
}

#[test]
fn somebody_is_told_before_the_duty_of_a_notice_lapses() {
    each(|house| {
        let (post, _) = Post::with_a_notice(house);
        assert_eq!(post.step(), 1);
        let now = house.at("2027-03-01T08:00:00Z");
        house.announced(asked_for("posted.alpha", now), "posted.alpha");
        post.server.answer("RCPT", "450 4.2.0 greylisted");
        assert_eq!(post.hours(6), 0);
        let waiting = |post: &Post<'_>| {
            let list = ListNotices { filter: NoticeFilter::Waiting, ..ListNotices::default() };
            let [entry] = <[NoticeEntry; 1]>::try_from(post.house.ask(list).unwrap().items).unwrap();
            entry
        };
        let entry = waiting(&post);
        assert_eq!((entry.reason.as_deref(), entry.attempts), (Some("4.2.0"), 7), "tried after 5, 10, 20, 40, 80 and 160 minutes");
        assert_eq!(post.alarms(), [""; 0]);
        // The form is owed within 24 hours of the registry's word (TRF-5); half of them are over soon.
        assert_eq!(post.hours(6), 0);
        let due = house
            .ask(DomainInfo { name: name("posted.alpha") })
            .unwrap()
            .duties
            .into_iter()
            .find(|duty| duty.obligation == "TRF-5")
            .unwrap();
        assert!(house.registrar.now() < due.hard_due);
        assert_eq!(post.alarms(), [format!("undelivered:{}", entry.id)]);
        post.server.take_everything();
        assert_eq!(post.hours(5), 1);
        assert_eq!((post.alarms(), post.server.delivered().len()), (vec![], 2));
        assert!(house.registrar.now() < due.hard_due);
    });
}

#[test]
fn a_message_that_always_breaks_the_line_does_not_hold_up_the_others() {
    each(|house| {
        let (post, _) = Post::with_a_notice(house);
        house.registered("second.alpha");
        post.server.answer(".", CUT);
        assert_eq!(post.step(), 0);
        house.clock.advance(SignedDuration::from_secs(31));
        assert_eq!(post.step(), 0);
        let mut ids: Vec<String> = post.server.delivered().iter().map(|message| message_id(message).to_owned()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 2);
    });
}

#[test]
fn a_bounce_is_taken_once_however_often_it_comes() {
    each(|house| {
        let (post, receipt) = Post::with_a_notice(house);
        post.step();
        let id = post.only_notice().id;
        let path = post.key().return_path(id, "bounces.example");
        let started: Vec<_> = (0..REPEATS).map(|_| house.registrar.start(house.authorised(hard(&path))).unwrap()).collect();
        let taken: Vec<Taken> = started.into_iter().map(|pending| pending.wait().unwrap()).collect();
        let noted = Taken::Noted { notice: id, outcome: "bounced-hard", reason: Some("5.1.1".to_owned()) };
        assert_eq!(taken.iter().filter(|taken| **taken == noted).count(), 1);
        assert_eq!(taken.iter().filter(|taken| **taken == Taken::Known { notice: id }).count(), REPEATS - 1);
        assert_eq!(post.ledger(&id.to_string()), ["operator notice-bounced-hard"]);
        assert_eq!(post.doubts(&receipt), ["operator holder-doubted"]);
        let entry = post.only_notice();
        assert_eq!((entry.outcome, entry.reason.as_deref()), ("bounced-hard", Some("5.1.1")));
        let reply = house.ask(ReadNotice { id }).unwrap().reply.unwrap();
        assert!(reply.contains("not canary enough"), "{reply}");
        let troubled = ListNotices { filter: NoticeFilter::Of(NoticeOutcome::BouncedHard), ..ListNotices::default() };
        assert_eq!(house.ask(troubled).unwrap().items, [entry]);
    });
}

#[test]
fn a_bounce_without_our_seal_changes_nothing() {
    each(|house| {
        let (post, receipt) = Post::with_a_notice(house);
        post.step();
        let id = post.only_notice().id;
        let (own, other) = (post.key(), ReturnKey::new(&[0; 32]));
        let stranger = NoticeId::new(house.registrar.now(), &mut house.registrar.draw());
        for (path, code) in [
            (other.return_path(id, "bounces.example"), "bounce.unsealed"),
            (format!("bounce+{id}@bounces.example"), "bounce.unsealed"),
            (own.message_id(id, "bounces.example"), "bounce.unsealed"),
            ("notices@registrar.example".to_owned(), "bounce.unsealed"),
            (own.return_path(stranger, "bounces.example"), "notice.unknown"),
        ] {
            assert_eq!(house.act(hard(&path)).unwrap_err().code(), code, "{path}");
        }
        assert_eq!((post.only_notice().outcome, post.doubts(&receipt)), ("carried", vec![]));
    });
}

#[test]
fn what_is_not_a_hard_bounce_casts_no_doubt() {
    each(|house| {
        let (post, receipt) = Post::with_a_notice(house);
        let early = post.only_notice().id;
        assert_eq!(house.act(hard(&post.key().return_path(early, "x.example"))).unwrap_err().code(), "bounce.early");
        post.step();
        let id = post.only_notice().id;
        let path = post.key().return_path(id, "bounces.example");
        let take = |recipient: &str, action: &str, status: &str| {
            let taken = house.act(TakeBounce::read(&report(&path, recipient, action, status), None).unwrap()).unwrap();
            match taken {
                Taken::Noted { outcome, .. } => outcome,
                Taken::Known { .. } => "known",
                Taken::NothingWrong { .. } => "nothing wrong",
                Taken::OtherMail { kind } => kind,
            }
        };
        let holder = "canarymail@canary.example";
        assert_eq!(take(holder, "relayed", "2.0.0"), "nothing wrong");
        assert_eq!(take(holder, "delayed", "4.4.1"), "delayed");
        assert_eq!(take(holder, "failed", "5.2.2"), "bounced-soft");
        assert_eq!(take(holder, "delayed", "4.4.1"), "known");
        assert_eq!(post.doubts(&receipt), [""; 0]);
        let away = format!("From: x@canary.example\r\nTo: {path}\r\nAuto-Submitted: auto-replied\r\n\r\nAway.\r\n");
        let away = house.act(TakeBounce::read(away.as_bytes(), None).unwrap()).unwrap();
        assert_eq!(away, Taken::OtherMail { kind: "auto-reply" });
        assert_eq!(TakeBounce::read(b"", None).unwrap_err().code, "bounce.no_header");
        assert_eq!(post.only_notice().outcome, "bounced-soft");
        assert_eq!(take(holder, "failed", "5.1.1"), "bounced-hard");
        assert_eq!(post.doubts(&receipt), ["operator holder-doubted"]);
    });
}

/// What is erased with the person is the letter, and what was said of the address.
#[test]
fn a_notice_of_an_erased_person_has_no_text_any_more() {
    each(|house| {
        let (post, receipt) = Post::with_a_notice(house);
        post.step();
        let id = post.only_notice().id;
        let holder = house.ask(DomainInfo { name: receipt.name.clone() }).unwrap().registration.registrant.unwrap();
        let (shared, now) = (house.registrar.clone(), house.registrar.now());
        house.registrar.store().write::<_, Failure>(move |tx| Ok(shared.vault().destroy(tx, &holder.to_string(), now)?)).unwrap();
        assert_eq!(house.ask(ReadNotice { id }).unwrap().text, None);
        assert_eq!(post.only_notice().outcome, "carried");
    });
}
