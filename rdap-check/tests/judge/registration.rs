//! The profile: the domain, its nameservers and its registrar.

use super::scene::{ASKED, Case, Change, ask, change, domain, drop, registry_knows, set};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    [domains(), notices(), statuses(), nameservers(), registrars(), contacts()].concat()
}

fn domain_id_redaction(more: Value) -> Change {
    let mut redaction = json!({"name": {"type": "registry domain id"}});
    redaction.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    set("/redacted/-", redaction)
}

fn domains() -> Vec<Case> {
    vec![
        domain(-46100, &[], [drop("/ldhName")]),
        domain(-46101, &[], [ask("https://rdap.registrar.example/domain/b%C3%BCcher.example")]),
        domain(-46200, &[], [set("/handle", "2336799-DOMAIN-VRSN")]),
        domain(-46201, &[], [set("/handle", "2336799-NOSUCH")]),
        domain(-46202, &[], [drop("/handle")]),
        domain(-46203, &[], [drop("/handle"), domain_id_redaction(json!({"prePath": "$.ldhName"}))]),
        domain(-46203, &[], [drop("/handle"), domain_id_redaction(json!({"prePath": "$.handle", "pathLang": "xpath"}))]),
        domain(-46204, &[], [drop("/handle"), domain_id_redaction(json!({"method": "emptyValue"}))]),
        domain(-46205, &[-46201], [set("/handle", "2336799-ICANNRST")]),
        domain(-46206, &[], [domain_id_redaction(json!({"prePath": "$.handle", "method": "removal"}))]),
        domain(-46300, &[], [drop("/events/0")]),
        domain(105, &[], [drop("/events/1")]),
        domain(-65600, &[], [drop("/events/2")]),
        domain(-46800, &[], [drop("/secureDNS")]),
    ]
}

fn notices() -> Vec<Case> {
    vec![
        domain(-46601, &[], [drop("/notices/1")]),
        domain(-46602, &[], [set("/notices/1/description/0", "See https://icann.org/epp")]),
        domain(-46603, &[], [drop("/notices/1/links")]),
        domain(-46604, &[], [set("/notices/1/links/0/href", "https://www.icann.org/epp")]),
        domain(-46605, &[], [set("/notices/1/links/0/rel", "help")]),
        domain(-46606, &[], [set("/notices/1/links/0/value", "https://rdap.registrar.example/")]),
        domain(-46701, &[], [drop("/notices/2")]),
        domain(-46702, &[], [set("/notices/2/description/-", "More.")]),
        domain(-46703, &[], [set("/notices/2/links", json!([]))]),
        domain(-46704, &[], [set("/notices/2/links/0/href", "http://icann.org/wicf")]),
        domain(-46705, &[], [set("/notices/2/links/0/rel", "glossary")]),
        domain(-46706, &[], [set("/notices/2/links/0/value", format!("{ASKED}."))]),
    ]
}

fn status(id: i32, with: &[i32], words: &[&str]) -> Case {
    domain(id, with, [set("/status", json!(words))])
}

fn statuses() -> Vec<Case> {
    vec![
        status(-46900, &[], &["active", "inactive"]),
        status(-46900, &[], &["active", "client hold"]),
        status(-46900, &[], &["active", "server renew prohibited"]),
        status(-46900, &[], &["active", "pending update"]),
        status(-46900, &[], &["pending transfer", "client transfer prohibited"]),
        status(-46900, &[], &["pending delete", "server delete prohibited"]),
        status(-46900, &[], &["pending delete", "pending renew"]),
        status(-46900, &[], &["pending delete", "redemption period", "pending restore"]),
        status(-47001, &[], &["redemption period"]),
        status(-47002, &[], &["pending restore"]),
        status(-47100, &[], &[]),
        domain(-47100, &[], [drop("/status")]),
    ]
}

/// One nameserver in place of the four, so that what it has, all have.
fn nameserver(id: i32, with: &[i32], member: &str, value: impl Into<Value>) -> Case {
    let mut nameserver = json!({"objectClassName": "nameserver", "ldhName": "ns1.dnshost.example"});
    nameserver[member] = value.into();
    domain(id, with, [set("/nameservers", json!([nameserver]))])
}

fn nameservers() -> Vec<Case> {
    vec![
        domain(-47200, &[], [drop("/nameservers/2/ldhName")]),
        nameserver(-47201, &[], "handle", "NS1"),
        nameserver(-47202, &[], "handle", "NS1-NOSUCH"),
        domain(-47203, &[], [set("/nameservers/0/handle", "NS1-VRSN")]),
        domain(-47203, &[], [set("/nameservers/0/status", json!(["active"]))]),
        nameserver(-47204, &[], "status", json!(["active", "associated", "pending update"])),
        nameserver(-47204, &[], "status", json!(["pending update", "client update prohibited"])),
        nameserver(-47204, &[], "status", json!(["pending update", "pending delete"])),
        nameserver(-47205, &[-47202], "handle", "NS1-ICANNRST"),
    ]
}

fn registrars() -> Vec<Case> {
    let again = change(|scene| {
        let registrar = scene.body["entities"][0].clone();
        scene.body["entities"].as_array_mut().unwrap().push(registrar);
    });
    vec![
        domain(-47300, &[], [drop("/entities/0")]),
        domain(-47301, &[], [again]),
        domain(-47302, &[], [drop("/entities/0/vcardArray")]),
        domain(-47400, &[], [drop("/entities/0/publicIds")]),
        domain(-47401, &[], [set("/entities/0/publicIds/0/identifier", "IANA 9999")]),
        domain(-47402, &[-47403], [set("/entities/0/handle", "IANA-9999")]),
        domain(-47403, &[], [set("/entities/0/publicIds/0/identifier", "09999")]),
        domain(-47404, &[-47403], [set("/entities/0/handle", "1234")]),
        domain(-47500, &[], [drop("/entities/0/entities")]),
        domain(-47500, &[], [drop("/entities/0/entities/0/vcardArray/1/2")]),
        domain(-47700, &[], [drop("/entities/0/links")]),
        domain(-47701, &[], [set("/entities/0/links/0/value", "https://rdap.registrar.example")]),
        domain(-47702, &[-47701], [set("/entities/0/links/0/value", "http://rdap.registrar.example/")]),
        domain(-47703, &[-10401, -10611, -12310, -11901, -12210], [set("/entities/0/links/0/href", "ftp://www.registrar.example/")]),
    ]
}

fn contact(handle: &str) -> Change {
    set("/entities/-", json!({"objectClassName": "entity", "roles": ["administrative"], "handle": handle}))
}

fn contacts() -> Vec<Case> {
    vec![
        domain(-47600, &[], [contact("12345")]),
        domain(-47600, &[], [contact("12345"), registry_knows(&["12345"])]),
        domain(-47601, &[], [contact("12345-NOSUCH")]),
        domain(-52106, &[], [contact("12345-ICANNRST"), registry_knows(&[])]),
    ]
}
