//! ICANN's registry system tests (RST v2.0), the cases on checks, hosts and contacts. Named after the cases.

use epp::domain::NameServers;
use epp::{ObjectName, ResponseData, contact, domain, host};
use model::EppStatus::*;

use crate::rig::*;

const NAME: &str = "example.thick";

fn availability(response: &epp::Response) -> Vec<bool> {
    let items = match &response.data[0] {
        ResponseData::Domain(domain::Data::Check(data)) => &data.items,
        ResponseData::Host(host::Data::Check(data)) => &data.items,
        ResponseData::Contact(contact::Data::Check(data)) => &data.items,
        other => panic!("{other:?}"),
    };
    items.iter().map(|item| item.is_available).collect()
}

#[test]
fn epp_04_05_06_check() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    let response = rig.must(A, check(&[NAME, "free.thick", "nic.thick", "-bad-.thick", "other.example"]));
    assert_eq!(availability(&response), [false, true, false, false, false]);
    assert_eq!(
        rig.code(A, check(&["a.thick", "b.thick", "c.thick", "d.thick", "e.thick", "f.thick"])),
        2004,
        "six names where five are allowed"
    );
    let hosts = host::Command::Check(host::Check::of(["ns1.elsewhere.example", "ns9.elsewhere.example", "bad..host"]));
    assert_eq!(availability(&rig.must(A, hosts)), [false, true, false]);
    let contacts = contact::Command::Check(contact::Check::of(["REG-1", "FREE-1"]));
    assert_eq!(availability(&rig.must(A, contacts)), [false, true]);
}

#[test]
fn epp_07_contact_create() {
    let mut rig = Rig::new("thick");
    let mut id = 0;
    let mut code = |change: &dyn Fn(&mut contact::Person)| {
        let mut who = person();
        change(&mut who);
        id += 1;
        rig.code(A, contact_create(&format!("CON-{id}"), who))
    };
    assert_eq!(code(&|_| ()), 1000);
    assert_eq!(code(&|p| p.postal[0].address.country = "XX".into()), 2005);
    assert_eq!(code(&|p| p.email = "nobody".into()), 2005);
    assert_eq!(code(&|p| p.postal[0].name = "\u{e9}lodie".into()), 2005, "beyond ASCII in an international address");
    assert_eq!(
        code(&|p| {
            p.postal[0].form = contact::PostalForm::Localised;
            p.postal[0].name = "\u{c9}lodie".into();
        }),
        1000
    );
    assert_eq!(code(&|p| p.postal[0].organisation = Some("x".repeat(255))), 1000);
    assert_eq!(rig.code(A, contact_create("CON-1", person())), 2302);
}

#[test]
fn epp_08_contact_belongs_to_its_sponsor() {
    let mut rig = Rig::new("thick");
    rig.must(A, contact_create("REG-1", person()));
    let look = || contact::Command::Info(contact::Authorised::new("REG-1"));
    assert_eq!([rig.code(A, look()), rig.code(B, look())], [1000, 2201]);
    let change = || contact::Command::Update(contact::Update::new("REG-1"));
    assert_eq!(rig.code(B, change()), 2201);
    assert_eq!(rig.code(B, contact::Command::Delete(contact::Named::new("REG-1"))), 2201);
}

#[test]
fn epp_09_10_contact_update_and_delete() {
    let mut rig = Rig::new("thick");
    rig.must(A, contact_create("REG-1", person()));
    let mut update = contact::Update::new("REG-1");
    update.change.email = Some(contact::Email("new@sample.example".into()));
    update.add.push(ClientDeleteProhibited.into());
    rig.must(A, contact::Command::Update(update));
    let shown = rig.must(A, contact::Command::Info(contact::Authorised::new("REG-1")));
    let Some(contact::Data::Info(data)) = shown.contact() else { panic!("{shown:?}") };
    assert_eq!(data.person.email, "new@sample.example");
    assert!(data.has_status(ClientDeleteProhibited) && !data.has_status(Ok));
    let delete = || contact::Command::Delete(contact::Named::new("REG-1"));
    assert_eq!(rig.code(A, delete()), 2304);
    let mut lift = contact::Update::new("REG-1");
    lift.remove.push(ClientDeleteProhibited.into());
    rig.must(A, contact::Command::Update(lift));
    assert_eq!(rig.code(A, delete()), 1000);
    assert_eq!(rig.code(A, delete()), 2303);
}

#[test]
fn epp_11_12_13_24_hosts() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    #[rustfmt::skip]
    let creates: &[(&str, &[&str], u16)] = &[
        ("ns1.example.thick",     &["192.0.2.1", "2001:db8::1"],   1000),
        ("ns1.example.thick",     &["192.0.2.1"],                  2302),
        ("ns2.example.thick",     &["255.255.255.255"],            2306),
        ("ns2.example.thick",     &["::ffff:192.0.2.1"],           2306),
        ("ns2.missing.thick",     &["192.0.2.1"],                  2303),
        ("thick",                 &[],                             2005),
        ("ns3.elsewhere.example", &["192.0.2.1"],                  2306),
        ("ns3.elsewhere.example", &[],                             1000),
    ];
    for (host, addresses, code) in creates {
        assert_eq!(rig.code(A, host_create(host, addresses)), *code, "create {host} {addresses:?}");
    }
    let info = rig.must(B, host_info("ns1.example.thick"));
    let Some(host::Data::Info(data)) = info.host() else { panic!("{info:?}") };
    assert_eq!((data.addresses.len(), data.has_status(Ok)), (2, true));
    assert_eq!(rig.code(B, host_update("ns1.example.thick", |u| u.add.statuses.push(ClientUpdateProhibited.into()))), 2201);
    let locked = [ClientUpdateProhibited, ClientDeleteProhibited];
    rig.must(A, host_update("ns1.example.thick", |u| u.add.statuses.extend(locked.map(Into::into))));
    assert_eq!(rig.code(A, host_update("ns1.example.thick", |u| u.remove.addresses.push("192.0.2.1".parse().unwrap()))), 2304);
    assert_eq!(rig.code(A, host_delete("ns1.example.thick")), 2304);
    rig.must(A, host_update("ns1.example.thick", |u| u.remove.statuses.extend(locked.map(Into::into))));
    rig.must(A, host_update("ns1.example.thick", |u| u.remove.addresses.push("192.0.2.1".parse().unwrap())));
    assert_eq!(rig.code(A, host_update("ns1.example.thick", |u| u.add.statuses.push(ServerUpdateProhibited.into()))), 2306);
    assert_eq!(rig.code(A, host_delete("ns1.example.thick")), 1000);
}

#[test]
fn epp_15_linked_objects_stay() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    assert_eq!(rig.code(A, host_delete("ns1.elsewhere.example")), 2305);
    assert_eq!(rig.code(A, contact::Command::Delete(contact::Named::new("REG-1"))), 2305);
}

#[test]
fn epp_23_host_rename() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    rig.must(B, contact_create("REG-B", person()));
    rig.must(B, create_with("foreign.thick", |c| c.registrant = Some("REG-B".into())));
    rig.must(A, host_create("ns1.example.thick", &["192.0.2.1"]));
    rig.must(A, update(NAME, |u| u.add.name_servers = Some(NameServers::objects(["ns1.example.thick"]))));
    let rename = |from: &str, to: &str| host_update(from, |u| u.rename_to = Some(ObjectName::new(to)));
    assert_eq!(rig.code(A, rename("ns1.example.thick", "ns1.missing.thick")), 2303);
    assert_eq!(rig.code(A, rename("ns1.example.thick", "ns1.foreign.thick")), 2201);
    assert_eq!(rig.code(A, rename("ns1.example.thick", "ns1.elsewhere.example")), 2302);
    assert_eq!(rig.code(A, rename("ns1.example.thick", "ns7.example.thick")), 1000);
    assert!(rig.domain(NAME).nameservers.keys().any(|host| host.as_str() == "ns7.example.thick"), "delegations follow");
    assert_eq!(rig.code(A, rename("ns7.example.thick", "ns7.elsewhere.example")), 1000);
    let host = rig.registry.host_state_of(&model::HostName::parse("ns7.elsewhere.example").unwrap()).unwrap();
    assert!(host.addresses.is_empty(), "a host elsewhere has no addresses here");
    rig.must(B, update("foreign.thick", |u| u.add.name_servers = Some(NameServers::objects(["ns7.elsewhere.example"]))));
    assert_eq!(rig.code(A, rename("ns7.elsewhere.example", "ns8.elsewhere.example")), 2305, "linked by another sponsor");
    assert_eq!(rig.code(A, rename("ns7.elsewhere.example", "u1.sacrificial.invalid")), 1000, "RFC 9874 allows this place");
}

#[test]
fn rfc_9874_a_name_whose_hosts_serve_others_is_not_deleted() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    rig.must(B, contact_create("REG-B", person()));
    rig.must(A, host_create("ns1.example.thick", &["192.0.2.1"]));
    let served = create_with("served.thick", |c| {
        c.registrant = Some("REG-B".into());
        c.name_servers = Some(NameServers::objects(["ns1.example.thick"]));
    });
    rig.must(B, served);
    rig.days(10);
    assert_eq!(rig.code(A, delete(NAME)), 2305);
    rig.must(A, host_update("ns1.example.thick", |u| u.rename_to = Some("h1.sacrificial.invalid".into())));
    assert_eq!(rig.code(A, delete(NAME)), 1001);
    assert!(rig.domain("served.thick").nameservers.keys().any(|host| host.as_str() == "h1.sacrificial.invalid"));
}

#[test]
fn epp_25_26_27_subordinate_hosts_of_others() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    rig.must(B, contact_create("REG-B", person()));
    assert_eq!(rig.code(B, host_create("ns1.example.thick", &["192.0.2.1"])), 2201, "with an address");
    assert_eq!(rig.code(B, host_create("ns1.example.thick", &[])), 1000, "without");
    let host = rig.registry.host_state_of(&model::HostName::parse("ns1.example.thick").unwrap()).unwrap();
    assert_eq!(host.sponsor.as_str(), A, "it belongs to the sponsor of the domain");
    let delegated = create_with("user.thick", |c| {
        c.registrant = Some("REG-B".into());
        c.name_servers = Some(NameServers::objects(["ns1.example.thick"]));
    });
    assert_eq!(rig.code(B, delegated), 2306, "no delegation to a host that lacks glue");
}

#[test]
fn a_host_in_use_outlives_a_name_that_lapsed() {
    let mut profile = profile("thick");
    profile.tlds[0].auto_renew = false;
    let mut rig = Rig::with(profile, sandbox::Options::default());
    rig.furnish(NAME);
    rig.must(B, contact_create("REG-B", person()));
    rig.must(A, host_create("ns1.example.thick", &["192.0.2.1"]));
    let served = create_with("served.thick", |c| {
        c.period = Some(epp::Period::years(5));
        c.registrant = Some("REG-B".into());
        c.name_servers = Some(NameServers::objects(["ns1.example.thick"]));
    });
    rig.must(B, served);
    rig.days(365 + 45 + 35);
    assert_eq!(rig.code(A, info(NAME)), 2303);
    let host = rig.registry.host_state_of(&model::HostName::parse("ns1.example.thick").unwrap()).unwrap();
    assert!(host.addresses.is_empty() && host.linked_by.contains(&name("served.thick")));
    assert!(!rig.registry.zone("thick", rig.now).unwrap().contains("192.0.2.1"), "no orphan glue");
}
