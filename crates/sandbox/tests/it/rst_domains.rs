//! ICANN's registry system tests (RST v2.0), the cases on domains from create to restore. Named after the cases.

use epp::domain::NameServers;
use epp::{AuthValue, Extension, Period, ResultCode, contact, domain};
use jiff::SignedDuration;
use model::EppStatus::*;
use model::RgpStatus;

use crate::rig::*;

const NAME: &str = "example.thick";

#[test]
fn epp_14_domain_create() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    type Change = fn(&mut domain::Create);
    #[rustfmt::skip]
    let table: &[(&str, u16, Change)] = &[
        ("fine.thick",      1000, |_| ()),
        ("ten.thick",       1000, |c| c.period = Some(Period::years(10))),
        ("eleven.thick",    2004, |c| c.period = Some(Period::years(11))),
        ("months.thick",    1000, |c| c.period = Some(Period { count: 24, unit: epp::PeriodUnit::Months })),
        ("odd.thick",       2004, |c| c.period = Some(Period { count: 13, unit: epp::PeriodUnit::Months })),
        ("a.b.thick",       2306, |_| ()),
        ("name.example",    2306, |_| ()),
        ("-x.thick",        2005, |_| ()),
        ("nic.thick",       2306, |_| ()),
        ("example.thick",   2302, |_| ()),
        ("unowned.thick",   2003, |c| c.registrant = None),
        ("stranger.thick",  2303, |c| c.registrant = Some("NOBODY".into())),
        ("billed.thick",    2306, |c| c.contacts.push(domain::DomainContact { role: Some(model::ContactRole::Billing), id: "REG-1".into() })),
        ("hostless.thick",  1000, |c| c.name_servers = None),
        ("nohost.thick",    2303, |c| c.name_servers = Some(NameServers::objects(["ns.nowhere.example"]))),
        ("attrs.thick",     2306, |c| c.name_servers = Some(NameServers::Attributes(vec![domain::HostAttribute { name: "ns1.attrs.thick".into(), addresses: vec!["192.0.2.1".parse().unwrap()] }]))),
        ("coded.thick",     1000, |c| c.auth = AuthValue::password(STRONG)),
        ("weak.thick",      2202, |c| c.auth = AuthValue::password("secret")),
    ];
    for (name, code, change) in table {
        let command = create_with(name, |create| {
            create.period = Some(Period::years(1));
            create.registrant = Some("REG-1".into());
            create.name_servers = Some(NameServers::objects(["ns1.elsewhere.example", "ns2.elsewhere.example"]));
            change(create);
        });
        assert_eq!(rig.code(A, command), *code, "{name}");
    }
    let response = rig.send_with(A, create("signed.thick", 2), ds(12_345));
    assert_eq!(response.code(), ResultCode::COMPLETED);
    let response = rig.must(A, info("signed.thick"));
    let Some(domain::Data::Info(data)) = response.domain() else { panic!("{response:?}") };
    assert!(data.roid.as_str().ends_with("-THICK"));
    assert_eq!((data.provenance.sponsor.as_str(), data.expires), (A, Some(model::expiry::add_years(rig.now, 2))));
    assert_eq!(data.auth, None, "a code is never shown");
    assert_eq!(rig.domain("signed.thick").ds.len(), 1);
    assert!(response.extensions.iter().any(|extension| matches!(extension, Extension::SecDns(_))));
    assert_eq!(rig.domain("signed.thick").rgp, [RgpStatus::AddPeriod].into());
    rig.money_adds_up();
}

#[test]
fn epp_14_in_a_minimal_data_registry() {
    let mut rig = Rig::new("thin");
    let plain = |name: &str| create_with(name, |_| ());
    assert_eq!(rig.code(A, plain("fine.thin")), 1000);
    assert_eq!(rig.code(A, create_with("owned.thin", |c| c.registrant = Some("REG-1".into()))), 2306);
    assert_eq!(rig.code(A, contact_create("REG-1", person())), 2307, "there are no contacts here");
    assert_eq!(rig.code(A, host_create("ns1.elsewhere.example", &[])), 2307, "there are no host objects here");
    let with_host = |name: &str, host: &str, addresses: &[&str]| {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        let attribute = domain::HostAttribute { name: host.into(), addresses };
        create_with(name, |c| c.name_servers = Some(NameServers::Attributes(vec![attribute])))
    };
    assert_eq!(rig.code(A, with_host("one.thin", "ns1.one.thin", &["192.0.2.1"])), 1000);
    assert_eq!(rig.code(A, with_host("two.thin", "ns1.two.thin", &[])), 2003, "glue is missing");
    assert_eq!(rig.code(A, with_host("three.thin", "ns1.elsewhere.example", &["192.0.2.1"])), 2306, "glue for a host elsewhere");
    assert_eq!(rig.code(A, create_with("four.thin", |c| c.name_servers = Some(NameServers::objects(["ns1.elsewhere.example"])))), 2306);
}

#[test]
fn epp_16_domain_update() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    rig.must(A, contact_create("REG-2", person()));
    rig.must(A, host_create("ns3.elsewhere.example", &[]));
    let exchange = update(NAME, |u| {
        u.remove.name_servers = Some(NameServers::objects(["ns1.elsewhere.example"]));
        u.add.name_servers = Some(NameServers::objects(["ns3.elsewhere.example"]));
        u.add.statuses.extend([ClientHold, ClientTransferProhibited].map(Into::into));
        u.add.contacts.push(admin_contact("REG-2"));
        u.change.registrant = Some("REG-2".into());
    });
    rig.must(A, exchange);
    let domain = rig.domain(NAME);
    assert_eq!(domain.statuses, [ClientHold, ClientTransferProhibited].into());
    assert_eq!(domain.registrant.as_ref().unwrap().as_str(), "REG-2");
    assert_eq!(domain.nameservers.keys().map(|host| host.as_str()).collect::<Vec<_>>(), ["ns2.elsewhere.example", "ns3.elsewhere.example"]);
    assert_eq!(rig.code(A, contact::Command::Delete(contact::Named::new("REG-1"))), 1000, "no longer linked");
    assert_eq!(rig.code(A, host_delete("ns1.elsewhere.example")), 1000, "no longer linked");
    #[rustfmt::skip]
    let refused: Vec<(u16, domain::Command)> = vec![
        (2003, update(NAME, |_| ())),
        (2306, add_status(NAME, ServerHold)),
        (2306, add_status(NAME, ClientHold)),
        (2306, remove_status(NAME, ClientRenewProhibited)),
        (2306, update(NAME, |u| u.add.name_servers = Some(NameServers::objects(["ns3.elsewhere.example"])))),
        (2306, update(NAME, |u| u.remove.name_servers = Some(NameServers::objects(["ns1.elsewhere.example"])))),
        (2303, update(NAME, |u| u.change.registrant = Some("NOBODY".into()))),
        (2202, set_code(NAME, "weak")),
        (2202, set_code(NAME, "aaaaaaaaaaaaaaaaaaaaaaaaaa")),
        (2201, add_status("foreign.thick", ClientHold)),
        (2303, add_status("missing.thick", ClientHold)),
    ];
    rig.must(B, contact_create("REG-B", person()));
    rig.must(B, create_with("foreign.thick", |c| c.registrant = Some("REG-B".into())));
    for (code, command) in refused {
        assert_eq!(rig.code(A, command.clone()), code, "{command:?}");
    }
}

#[test]
fn epp_18_renew() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    let before = rig.domain(NAME).expires;
    let wrong = before.checked_sub(SignedDuration::from_hours(24)).unwrap();
    assert_eq!(rig.code(A, renew(NAME, wrong, 1)), 2004, "another expiry than the current one");
    assert_eq!(rig.code(A, renew(NAME, before, 10)), 2105, "past ten years");
    rig.must(A, renew(NAME, before, 2));
    assert_eq!(rig.domain(NAME).expires, model::expiry::add_years(before, 2));
    assert!(rig.domain(NAME).rgp.contains(&RgpStatus::RenewPeriod));
    assert_eq!(rig.code(A, renew(NAME, before, 2)), 2004, "the same renewal cannot succeed twice");
    assert_eq!(rig.registry.ledger().iter().filter(|entry| entry.verb == sandbox::Verb::Renew).count(), 1);
}

#[test]
fn epp_21_delete() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    rig.must(A, create("fresh.thick", 1));
    rig.days(4);
    rig.must(A, create("newer.thick", 1));
    rig.days(3);
    assert_eq!(rig.code(A, delete("newer.thick")), 1000);
    assert_eq!(rig.code(A, info("newer.thick")), 2303);
    assert_eq!(rig.code(A, delete(NAME)), 1001);
    assert_eq!(rig.code(A, delete("fresh.thick")), 1001);
    rig.days(36);
    assert_eq!(rig.code(A, info(NAME)), 2303);
    assert_eq!(rig.code(A, host_delete("ns1.elsewhere.example")), 1000, "hosts can go when the names have gone");
    assert_eq!(rig.code(A, contact::Command::Delete(contact::Named::new("REG-1"))), 1000);
    let texts = rig.drain(A);
    assert!(texts.contains(&format!("Domain {NAME} purged.")), "{texts:?}");
}

#[test]
fn epp_22_restore() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    rig.days(365 + 20);
    let auto_renewed = rig.domain(NAME).expires;
    let deleted = rig.now;
    assert_eq!(rig.code(A, delete(NAME)), 1001);
    let taken_back = rig.domain(NAME).expires;
    assert_eq!(model::expiry::add_years(taken_back, 1), auto_renewed, "the auto-renewal is credited and undone");
    rig.days(10);
    let restored = rig.now;
    assert_eq!(rig.send_with(B, update(NAME, |_| ()), restore()).code().get(), 2201);
    assert_eq!(rig.send_with(A, add_status(NAME, ClientHold), restore()).code().get(), 2306, "a restore with other changes");
    let response = rig.send_with(A, update(NAME, |_| ()), restore());
    assert_eq!(response.code().get(), 1000);
    assert_eq!(rig.last().charge(), 4_000);
    rig.days(2);
    assert_eq!(rig.send_with(A, update(NAME, |_| ()), report(restored, deleted)).code().get(), 2004, "restored before deleted");
    assert_eq!(rig.send_with(A, update(NAME, |_| ()), report(deleted, restored)).code().get(), 1000);
    let domain = rig.domain(NAME);
    assert_eq!(domain.statuses, [Ok].into());
    assert_eq!((domain.expires, rig.last().charge()), (auto_renewed, 900), "the term ran out meanwhile and is renewed");
    rig.money_adds_up();
}

#[test]
fn epp_22_restore_without_report_where_the_profile_says_so() {
    let mut rig = Rig::new("thin");
    rig.must(A, create_with("name.manual", |_| ()));
    rig.days(365 + 45);
    assert_eq!(rig.domain("name.manual").rgp, [RgpStatus::RedemptionPeriod].into(), "nobody renewed it");
    let response = rig.send_with(A, update("name.manual", |_| ()), restore());
    assert_eq!(response.code().get(), 1000);
    assert_eq!(rig.domain("name.manual").statuses, [Inactive].into());
    assert_eq!(rig.last().charge(), 2_500 + 500);
}
