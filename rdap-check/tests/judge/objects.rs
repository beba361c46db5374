//! Object classes.

use super::scene::{Case, Scene, body, domain, drop, of, set, twice};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    [domains(), entities(), cards(), nameservers(), help()].concat()
}

fn domains() -> Vec<Case> {
    vec![
        domain(-12200, &[], [body(json!([]))]),
        domain(-12201, &[], [set("/colour", "red")]),
        domain(-12202, &[], [twice("\"handle\":\"2336799_DOMAIN_COM-VRSN\"")]),
        domain(-12203, &[], [set("/objectClassName", "entity")]),
        domain(-12204, &[-46200], [set("/handle", 7)]),
        domain(-12208, &[], [set("/nameservers", "none")]),
        domain(-12218, &[], [set("/entities/1/notices", json!([]))]),
        domain(-12218, &[], [set("/nameservers/1/notices", json!([]))]),
    ]
}

/// A fault in the technical contact.
fn entity(id: i32, with: &[i32], pointer: &'static str, value: impl Into<Value>) -> Case {
    domain(id, &[with, &[-11901, -12210]].concat(), [set(pointer, value)])
}

fn entities() -> Vec<Case> {
    vec![
        entity(-12300, &[], "/entities/-", 7),
        domain(-12301, &[], [set("/entities/2/colour", "red")]),
        domain(-12302, &[-11901, -12210], [twice("\"roles\":[\"technical\"]")]),
        entity(-12303, &[], "/entities/2/objectClassName", "domain"),
        entity(-12304, &[], "/entities/0/entities/0/handle", 7).and(-12308),
        entity(-12307, &[-11200], "/entities/2/publicIds", "none"),
        entity(-12309, &[-10700], "/entities/2/remarks", "none"),
        entity(-12310, &[-10600], "/entities/2/links", "none"),
        entity(-12311, &[-10900], "/entities/2/events", "none"),
        entity(-12313, &[-11000], "/entities/2/status", "none"),
        entity(-12314, &[-11100], "/entities/2/port43", 7),
        entity(-12315, &[-10700, -12218], "/entities/2/notices", "none"),
        entity(-12317, &[-10503, -10505], "/entities/2/rdapConformance", json!(["cidr0"])),
        entity(-12318, &[], "/entities/2/autnums", "none"),
        entity(-12318, &[], "/entities/2/autnums", json!([{"objectClassName": "entity"}])),
        entity(-12319, &[], "/entities/2/networks", "none"),
    ]
}

/// A further property in the technical contact's jCard.
fn property(property: Value) -> Case {
    entity(-12305, &[], "/entities/2/vcardArray/1/-", property)
}

fn cards() -> Vec<Case> {
    vec![
        entity(-12305, &[], "/entities/0/vcardArray/0", "jcard"),
        entity(-12305, &[], "/entities/0/vcardArray/1/0/3", "3.0"),
        entity(-12305, &[-47302], "/entities/0/vcardArray", "none"),
        entity(-12305, &[-47302], "/entities/0/vcardArray/1", "none"),
        domain(-12305, &[-11901, -12210], [drop("/entities/0/vcardArray/1/0")]),
        property(json!(["unheard-of", {}, "text", "x"])),
        property(json!(["NOTE", {}, "text", "x"])),
        property(json!(["note", "none", "text", "x"])),
        property(json!(["note", {"pref": 1}, "text", "x"])),
        property(json!(["note", {}, "text"])),
        property(json!(["note", {}, "text", 7])),
        property(json!(["note", {}, "uri", "https://a.example/"])),
        property(json!(["url", {}, "uri", "not a uri"])),
        property(json!("note")),
        domain(-12320, &[], [set("/entities/0/entities/0/vcardArray/1/3/3", "abuse")]),
    ]
}

/// A fault in the first nameserver.
fn nameserver(id: i32, with: &[i32], pointer: &'static str, value: impl Into<Value>) -> Case {
    domain(id, &[with, &[-12208]].concat(), [set(pointer, value)])
}

fn nameservers() -> Vec<Case> {
    vec![
        nameserver(-12400, &[-47200], "/nameservers/3", 7),
        domain(-12401, &[], [set("/nameservers/0/colour", "red")]),
        domain(-12402, &[-12208], [twice("\"ldhName\":\"ns1.dnshost.example\"")]),
        nameserver(-12403, &[], "/nameservers/0/objectClassName", "domain"),
        domain(
            -12404,
            &[-12208, -47201],
            [set("/nameservers", json!([{"objectClassName": "nameserver", "ldhName": "ns1.a.example", "handle": 7}]))],
        ),
        nameserver(-12405, &[-11702], "/nameservers/0/ldhName", "ns1"),
        nameserver(-12406, &[-11602], "/nameservers/0/unicodeName", "ns1"),
        nameserver(-12408, &[-11900], "/nameservers/0/entities", "none"),
        domain(
            -12409,
            &[-11000, -12208],
            [set("/nameservers", json!([{"objectClassName": "nameserver", "ldhName": "ns1.a.example", "status": "none"}]))],
        ),
        nameserver(-12410, &[-10700], "/nameservers/0/remarks", "none"),
        nameserver(-12411, &[-10600], "/nameservers/0/links", "none"),
        nameserver(-12412, &[-11100], "/nameservers/0/port43", 7),
        nameserver(-12413, &[-10900], "/nameservers/0/events", "none"),
        nameserver(-12414, &[-10700, -12218], "/nameservers/0/notices", "none"),
        nameserver(-12416, &[-10503, -10505], "/nameservers/0/rdapConformance", json!(["cidr0"])),
    ]
}

fn help() -> Vec<Case> {
    vec![
        of(Scene::help, -12501, &[], [set("/colour", "red")]),
        of(
            Scene::help,
            -12502,
            &[],
            [twice(
                "\"rdapConformance\":[\"rdap_level_0\",\"icann_rdap_response_profile_1\",\"icann_rdap_technical_implementation_guide_1\"]",
            )],
        ),
        of(Scene::help, -12503, &[-10700], [set("/notices/-", 7)]),
        of(Scene::help, -12505, &[-10502], [set("/rdapConformance/-", "unheard_of")]),
    ]
}
