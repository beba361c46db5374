//! A name with a price of its own, which only the registry knows: agreed to in every operation, and a wrong fee refused by us.

use super::house::{House, OTHER, OURS};

/// Makes a name premium at the registry alone; the profile says nothing of it.
fn price(house: &House, name: &str) {
    let order = serde_json::json!({
        "action": "premium", "name": name, "create": 25_000, "renew": 26_000, "transfer": 27_000, "restore": 30_000
    });
    house.control(&serde_json::json!({"request": "administer", "registry": "alpha", "order": order}));
}

#[test]
fn a_premium_name_is_registered_renewed_and_transferred_at_the_price_agreed_to() {
    let house = House::open();
    let (ours, other) = (house.desk(OURS), house.desk(OTHER));
    price(&house, "treasure.alpha");
    let register = super::house::order("treasure.alpha", &ours.holder());
    insta::assert_snapshot!(ours.says(&format!("{register} --fee 8.00")), @r"
    error: the registry asks 250.00 USD for `treasure.alpha`, and the order agrees to 8.00 USD (fee.not-agreed, RFC 8748)
    hint: repeat the order with the fee 250.00 USD if it is wanted at that price
    exit 3
    ");
    ours.done(&format!("{register} --fee 250.00"));
    insta::assert_snapshot!(ours.says("domain renew treasure.alpha --fee 250.00"), @r"
    error: the registry asks 260.00 USD for `treasure.alpha`, and the order agrees to 250.00 USD (fee.not-agreed, RFC 8748)
    hint: repeat the order with the fee 260.00 USD if it is wanted at that price
    exit 3
    ");
    insta::assert_snapshot!(ours.says("domain renew treasure.alpha --fee 260.00"), @r"
     operation  object  state  registry said
    ───
     renew-domain  domain:treasure.alpha  confirmed
    exit 0
    ");
    let charges = ours.json("domain info treasure.alpha")["charges"].to_string();
    assert!(charges.contains("250.00 USD") && charges.contains("260.00 USD"), "{charges}");

    ours.done("domain auth treasure.alpha --out code.txt");
    let holder = other.holder();
    let request = format!("domain transfer in treasure.alpha --auth-file code.txt --registrant {holder} --admin {holder} --tech {holder}");
    insta::assert_snapshot!(other.says(&format!("{request} --fee 8.00")), @r"
    error: the registry asks 270.00 USD for `treasure.alpha`, and the order agrees to 8.00 USD (fee.not-agreed, RFC 8748)
    hint: repeat the order with the fee 270.00 USD if it is wanted at that price
    exit 3
    ");
    insta::assert_snapshot!(other.says(&format!("{request} --fee 270.00 --authorised 2020-01-01T00:00:00Z")), @r"
    error: the registrant authorised the transfer of `treasure.alpha` more than 60 days ago (transfer.authorisation-stale, TRF-4)
    hint: have the registrant authorise it again
    exit 3
    ");
    insta::assert_snapshot!(other.says(&format!("{request} --fee 270.00")), @r"
     operation  object  state  registry said
    ───
     request-transfer  domain:treasure.alpha  confirmed
    exit 0
    ");
    let info = other.json("domain info treasure.alpha");
    let contacts = info["registration"]["desired"]["contacts"].to_string();
    assert!(contacts.contains("admin") && contacts.contains(&holder), "{contacts}");
}
