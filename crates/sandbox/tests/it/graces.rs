//! Every period, one second before its end and at its end.

use epp::TransferOp;
use jiff::SignedDuration;
use model::TransferStatus;
use sandbox::{BillingItem, Verb};

use crate::rig::*;

const NAME: &str = "example.thick";

/// A rig in which `days` of a period have passed, short of a second or not.
fn wait(rig: &mut Rig, days: i64, is_over: bool) {
    let short = SignedDuration::from_secs(if is_over { 0 } else { 1 });
    rig.wait(SignedDuration::from_hours(24 * days) - short);
}

#[test]
fn add_grace() {
    for (is_over, code, credit) in [(false, 1000, -800), (true, 1001, 0)] {
        let mut rig = Rig::new("thick");
        rig.furnish(NAME);
        wait(&mut rig, 5, is_over);
        assert_eq!(rig.code(A, delete(NAME)), code);
        assert_eq!(rig.last().charge(), credit);
        assert_eq!(rig.registry.domain_state_of(&name(NAME)).is_none(), !is_over, "gone at once in add grace only");
        rig.money_adds_up();
    }
}

#[test]
fn renew_grace() {
    for (is_over, credit) in [(false, -1800), (true, 0)] {
        let mut rig = Rig::new("thick");
        rig.furnish(NAME);
        rig.days(20);
        let before = rig.domain(NAME).expires;
        rig.must(A, renew(NAME, before, 2));
        wait(&mut rig, 5, is_over);
        assert_eq!(rig.code(A, delete(NAME)), 1001);
        assert_eq!(rig.last().charge(), credit);
        assert_eq!(rig.domain(NAME).expires == before, !is_over, "credited years leave the term");
    }
}

#[test]
fn auto_renew_grace() {
    for (is_over, credit) in [(false, -900), (true, 0)] {
        let mut rig = Rig::new("thick");
        rig.furnish(NAME);
        let expires = rig.domain(NAME).expires;
        let to_expiry = expires.duration_since(rig.now);
        rig.wait(to_expiry - SignedDuration::from_secs(1));
        assert_eq!(rig.domain(NAME).expires, expires, "a second before expiry nothing has happened");
        rig.wait(SignedDuration::from_secs(1));
        assert_eq!(rig.domain(NAME).expires, model::expiry::add_years(expires, 1));
        assert_eq!((rig.last().verb, rig.last().lines[0].item, rig.last().charge()), (Verb::AutoRenew, BillingItem::AutoRenew, 900));
        wait(&mut rig, 45, is_over);
        assert_eq!(rig.code(A, delete(NAME)), 1001);
        assert_eq!(rig.last().charge(), credit);
        assert_eq!(rig.drain(A), [format!("Domain {NAME} auto-renewed.")]);
    }
}

#[test]
fn a_name_that_is_not_renewed_by_itself_can_be_renewed_for_a_while() {
    for is_over in [false, true] {
        let mut rig = Rig::new("thin");
        rig.must(A, create_with("name.manual", |_| ()));
        let expires = rig.domain("name.manual").expires;
        rig.wait(expires.duration_since(rig.now));
        assert_eq!(rig.domain("name.manual").expires, expires, "no year is added");
        wait(&mut rig, 45, is_over);
        assert_eq!(rig.code(A, renew("name.manual", expires, 1)), if is_over { 2304 } else { 1000 });
        assert_eq!(rig.last().charge(), if is_over { 0 } else { 500 });
        let texts = rig.drain(A);
        assert_eq!(texts.len(), if is_over { 2 } else { 1 }, "{texts:?}");
        rig.days(300);
        assert_eq!(rig.registry.domain_state_of(&name("name.manual")).is_some(), !is_over);
    }
}

#[test]
fn transfer_grace_and_what_a_transfer_costs() {
    for (is_over, credit) in [(false, -1000), (true, 0)] {
        let mut rig = Rig::new("thick");
        rig.furnish(NAME);
        rig.days(20);
        rig.must(B, transfer(TransferOp::Request, NAME, Some(STRONG)));
        assert_eq!(rig.last().charge(), 0, "a request costs nothing yet");
        rig.must(A, transfer(TransferOp::Approve, NAME, None));
        assert_eq!(rig.last().charge_to(&handle(B)), 1000);
        wait(&mut rig, 5, is_over);
        assert_eq!(rig.code(B, delete(NAME)), 1001);
        assert_eq!(rig.last().charge_to(&handle(B)), credit);
    }
}

#[test]
fn pending_transfer_is_approved_by_the_registry_after_five_days() {
    for is_over in [false, true] {
        let mut rig = Rig::new("thick");
        rig.furnish(NAME);
        rig.days(20);
        rig.must(B, transfer(TransferOp::Request, NAME, Some(STRONG)));
        wait(&mut rig, 5, is_over);
        let domain = rig.domain(NAME);
        let expected = if is_over { (B, TransferStatus::ServerApproved) } else { (A, TransferStatus::Pending) };
        assert_eq!((domain.sponsor.as_str(), domain.transfer), (expected.0, Some(expected.1)));
        assert_eq!(domain.has_code, !is_over, "the code is cleared with the transfer");
        if is_over {
            let texts = [format!("Transfer of {NAME}: pending."), format!("Transfer of {NAME}: serverApproved.")];
            assert_eq!(rig.drain(A), texts);
            assert_eq!(rig.drain(B), texts);
        }
    }
}

#[test]
fn an_approved_transfer_undoes_a_running_auto_renewal_only() {
    for (days_after_expiry, credit) in [(10, -900), (50, 0)] {
        let mut rig = Rig::new("thick");
        rig.furnish(NAME);
        let expires = rig.domain(NAME).expires;
        rig.wait(expires.duration_since(rig.now));
        rig.days(days_after_expiry);
        rig.must(B, transfer(TransferOp::Request, NAME, Some(STRONG)));
        rig.must(A, transfer(TransferOp::Approve, NAME, None));
        let entry = rig.last();
        assert_eq!((entry.charge_to(&handle(A)), entry.charge_to(&handle(B))), (credit, 1000));
        let years = if credit < 0 { 1 } else { 2 };
        assert_eq!(rig.domain(NAME).expires, model::expiry::add_years(expires, years), "{days_after_expiry} days after expiry");
        rig.money_adds_up();
    }
}

#[test]
fn redemption_pending_restore_and_pending_delete() {
    for (is_over, code) in [(false, 1000), (true, 2304)] {
        let mut rig = Rig::new("thick");
        rig.furnish(NAME);
        rig.days(20);
        rig.must(A, delete(NAME));
        wait(&mut rig, 30, is_over);
        assert_eq!(rig.send_with(A, update(NAME, |_| ()), restore()).code().get(), code, "restore at the end of redemption");
    }
    for (is_over, code) in [(false, 1000), (true, 2304)] {
        let mut rig = Rig::new("thick");
        rig.furnish(NAME);
        rig.days(20);
        let deleted = rig.now;
        rig.must(A, delete(NAME));
        rig.days(3);
        let restored = rig.now;
        rig.send_with(A, update(NAME, |_| ()), restore());
        wait(&mut rig, 7, is_over);
        assert_eq!(rig.send_with(A, update(NAME, |_| ()), report(deleted, restored)).code().get(), code, "report at the end of its time");
        assert_eq!(rig.domain(NAME).rgp.contains(&model::RgpStatus::RedemptionPeriod), is_over, "no report: redemption again");
    }
    for (is_over, code) in [(false, 1000), (true, 2303)] {
        let mut rig = Rig::new("thick");
        rig.furnish(NAME);
        rig.days(20);
        rig.must(A, delete(NAME));
        wait(&mut rig, 35, is_over);
        assert_eq!(rig.code(A, info(NAME)), code, "info at the end of pending delete");
    }
}

#[test]
fn a_jump_of_years_gives_the_same_as_many_steps() {
    let life = |steps: i64| {
        let mut rig = Rig::new("thick");
        rig.furnish(NAME);
        rig.must(A, create("deleted.thick", 2));
        rig.days(20);
        rig.must(A, delete("deleted.thick"));
        rig.must(B, transfer(TransferOp::Request, NAME, Some(STRONG)));
        for _ in 0..steps {
            rig.wait(SignedDuration::from_hours(24 * 2_400 / steps));
        }
        (rig.registry.ledger().to_vec(), rig.registry.state())
    };
    let (jump, steps) = (life(1), life(2_400));
    let told =
        |entries: &[sandbox::LedgerEntry]| entries.iter().map(|e| (e.verb, e.object.clone(), e.at, e.lines.clone())).collect::<Vec<_>>();
    assert_eq!(told(&jump.0), told(&steps.0));
    assert_eq!(jump.1, steps.1);
    assert!(jump.0.iter().filter(|entry| entry.verb == Verb::AutoRenew).count() >= 5);
}
