//! Contacts and hosts.

use super::house::{HOLDER, House, OURS};

#[test]
fn a_contact_is_saved_changed_and_shown() {
    let house = House::open();
    let desk = house.desk(OURS);
    house.write("holder.toml", HOLDER);
    insta::assert_snapshot!(desk.says("contact list"), @r"
    No contacts.
    exit 0
    ");
    insta::assert_snapshot!(desk.says("contact save holder.toml"), @r"
    [con]
    exit 0
    ");
    let id = desk.json("contact list")["contacts"][0]["id"].as_str().unwrap().to_owned();
    insta::assert_snapshot!(desk.says(&format!("contact show {id}")), @"
    name  Ada Holder
    organisation
    street  1 Example Street
    town  EC1A 1BB London GB
    phone  +44.2079460123
    e-mail  ada@holder.example
    exit 0
    ");
    house.write("moved.toml", &HOLDER.replace("London", "Leeds"));
    insta::assert_snapshot!(desk.says(&format!("contact save moved.toml --id {id}")), @r"
    [con]
    exit 0
    ");
    assert_eq!(desk.json(&format!("contact show {id}"))["address"]["city"], "Leeds");
    insta::assert_snapshot!(desk.says("contact list"), @r"
     id  name  handles
    ───
     [con]  Ada Holder
    exit 0
    ");
    desk.done("contact save holder.toml");
    let first = desk.json("contact list --limit 1");
    assert_eq!((first["contacts"][0]["id"].as_str(), first["next"].as_str()), (Some(id.as_str()), Some(id.as_str())));
    let rest = desk.json(&format!("contact list --limit 1 --after {id}"));
    assert!(rest["contacts"].as_array().unwrap().len() == 1 && rest["next"].is_null(), "{rest}");
    assert!(desk.done("contact list --limit 1").ends_with(&format!("More: --after {id}\n")));
    insta::assert_snapshot!(desk.says("contact show con_00000000000000000000000000"), @r"
    error: there is no contact `[con]` (contact.unknown, RFC 5733 2)
    hint: list the contacts to see their ids, or save the contact first
    exit 6
    ");
}

#[test]
fn hosts_live_below_our_names() {
    let house = House::open();
    let desk = house.desk(OURS);
    desk.register("hosts.alpha", &desk.holder());
    insta::assert_snapshot!(desk.says("host create ns1.hosts.alpha 9.9.9.9"), @r"
     operation  object  state  registry said
    ───
     create-host  host:ns1.hosts.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("host create ns2.hosts.alpha 192.0.2.1"), @r"
    error: host `ns2.hosts.alpha`: `192.0.2.1` cannot be the address of a name server: it is documentation, 192.0.2.0/24 (RFC 5737); give an address the internet can reach (host.address_reserved, RFC 6890)
    exit 3
    ");
    insta::assert_snapshot!(desk.says("host create ns1.foreign.alpha 9.9.9.9"), @r"
    error: `ns1.foreign.alpha` is not below a name in our care (host.foreign, RFC 5732 3.2)
    hint: a host elsewhere needs no order: name it in the delegation of a name
    exit 3
    ");
    insta::assert_snapshot!(desk.says("host change ns1.hosts.alpha 9.9.9.10 2620:fe::fe"), @r"
     operation  object  state  registry said
    ───
     update-host  host:ns1.hosts.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("host rename ns1.hosts.alpha free-to-register.alpha"), @r"
    error: `free-to-register.alpha` is not below `sacrificial.invalid`; renaming a host into a name that others can register would hand them its users (host.rename_unlisted, RFC 9874)
    hint: choose a fresh label below `sacrificial.invalid`
    exit 3
    ");
    insta::assert_snapshot!(desk.says("host delete ns1.hosts.alpha"), @r"
     operation  object  state  registry said
    ───
     delete-host  host:ns1.hosts.alpha  confirmed
    exit 0
    ");
    insta::assert_snapshot!(desk.says("host delete ns1.hosts.alpha"), @r"
    error: the host `ns1.hosts.alpha` does not exist at the registry (host.unknown, RFC 5730 3)
    hint: create it first
    exit 6
    ");
}
