//! A name that changes registrars, both of them worked by hand on the same registry.

use super::house::{House, OTHER, OURS};

#[test]
fn a_name_goes_to_another_registrar() {
    let house = House::open();
    let (losing, gaining) = (house.desk(OURS), house.desk(OTHER));
    losing.register("moving.alpha", &losing.holder());
    losing.done("domain auth moving.alpha --out code.txt");
    let holder = gaining.holder();

    insta::assert_snapshot!(gaining.says(&format!("domain transfer in moving.alpha --auth-file code.txt --registrant {holder}")), @r"
     operation  object  state  registry said
    ───
     request-transfer  domain:moving.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(losing.says("registry poll alpha"), @r"
     registry  polled by  received  processed  kept for you
    ───
     alpha  this command  1  1  0
    exit 0
    ");
    insta::assert_snapshot!(losing.says("domain list"), @r"
     name  phase  expires  renewal  notes
    ───
     moving.alpha  transferring-out  [date]
    exit 0
    ");
    insta::assert_snapshot!(losing.says("domain transfer deny moving.alpha --reason because"), @r"
    error: `because` is not a lawful reason to deny a transfer (TRF-7, TRF-8).
    hint: one of: fraud, identity-dispute, non-payment, holder-objection, recently-created, recently-transferred, pending-udrp, court-order, pending-tdrp, urs, change-of-registrant-lock
    exit 2
    ");
    insta::assert_snapshot!(losing.says("domain transfer deny moving.alpha --reason fraud"), @r"
    error: the denial of the transfer of `moving.alpha` for `fraud` names no evidence (transfer.reference-missing, TRF-7)
    hint: give the case, order, invoice or objection it rests on
    exit 3
    ");
    insta::assert_snapshot!(losing.says("domain transfer approve moving.alpha"), @r"
     operation  object  state  registry said
    ───
     approve-transfer  domain:moving.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(gaining.says("registry poll alpha"), @r"
     registry  polled by  received  processed  kept for you
    ───
     alpha  this command  2  2  0
    exit 0
    ");
    insta::assert_snapshot!(gaining.says("domain list"), @r"
     name  phase  expires  renewal  notes
    ───
     moving.alpha  registered  [date]  2 open
    exit 0
    ");
    insta::assert_snapshot!(losing.says("domain list"), @r"
     name  phase  expires  renewal  notes
    ───
     moving.alpha  transferred-away  [date]
    exit 0
    ");
}

#[test]
fn a_transfer_is_denied_for_a_lawful_reason_and_withdrawn_by_whoever_asked() {
    let house = House::open();
    let (losing, gaining) = (house.desk(OURS), house.desk(OTHER));
    losing.register("staying.alpha", &losing.holder());
    losing.done("domain auth staying.alpha --out code.txt");
    let request = format!("domain transfer in staying.alpha --auth-file code.txt --registrant {}", gaining.holder());

    gaining.run(&request);
    losing.done("registry poll alpha");
    insta::assert_snapshot!(losing.says("domain transfer deny staying.alpha --reason fraud --evidence CASE-7"), @r"
     operation  object  state  registry said
    ───
     reject-transfer  domain:staying.alpha  confirmed
    exit 0
    ");
    gaining.done("registry poll alpha");
    insta::assert_snapshot!(gaining.says("domain info staying.alpha"), @r"
    name  staying.alpha (staying.alpha)
    id  [dom]
    registry  alpha
    phase  failed
    created
    term ends
    renewal  on request
    next due

      we wanted  last seen at the registry
    ───
     statuses
     nameservers
     DS
     expiry
     grace
    exit 0
    ");
    insta::assert_snapshot!(losing.says("domain transfer deny staying.alpha --reason fraud --evidence CASE-7"), @r"
    error: no transfer of `staying.alpha` away is pending that we were told of (transfer.none, GUARD-1)
    exit 3
    ");

    house.write("wrong.txt", "not-The-Code-9154-at-All\n");
    insta::assert_snapshot!(gaining.says(&request.replace("code.txt", "wrong.txt")), @r"
     operation  object  state  registry said
    ───
     request-transfer  domain:staying.alpha  refused  2202: Invalid authorization information; the authorisation code is not the name's, or none is set (RFC 9154)
    exit 3
    ");
    insta::assert_snapshot!(losing.says("domain transfer cancel staying.alpha"), @r"
    error: no transfer of `staying.alpha` to us is under way (transfer.none, RFC 5731 3.2.4)
    exit 3
    ");
}
