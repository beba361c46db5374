//! Structures that stand in many places.

use super::scene::{Case, Scene, body, domain, drop, of, set, twice};
use serde_json::{Value, json};

/// What a fault in a topmost entity rolls up into, beside the entity's own id for the part.
const ENTITY: [i32; 2] = [-11901, -12210];
/// What a fault in a link, its URI or the host of its URI rolls up into.
const LINK: [i32; 1] = [-12214];
const HREF: [i32; 2] = [-10611, -12214];
const HOST: [i32; 3] = [-10402, -10611, -12214];
const PORT43: [i32; 2] = [-11100, -12215];

pub(crate) fn cases() -> Vec<Case> {
    [single_values(), conformance_links_notices(), events(), words_and_ids(), addresses_and_names(), delegations(), errors()].concat()
}

fn single_values() -> Vec<Case> {
    let long = format!("{0}.{0}.{0}.{0}.example", "a".repeat(63));
    vec![
        domain(-10100, &PORT43, [set("/port43", "1.2.3")]),
        domain(-10101, &PORT43, [set("/port43", "224.0.0.1")]),
        domain(-10102, &PORT43, [set("/port43", "192.0.2.1")]),
        domain(-10200, &PORT43, [set("/port43", "2606::2800::1")]),
        domain(-10201, &PORT43, [set("/port43", "4000::1")]),
        domain(-10202, &PORT43, [set("/port43", "2001:db8::1")]),
        domain(-10300, &HOST, [set("/links/0/href", format!("https://{}.example/", "a".repeat(64)))]),
        domain(-10301, &HOST, [set("/links/0/href", format!("https://{long}/"))]),
        domain(-10302, &HOST, [set("/links/0/href", "https://localhost/")]),
        domain(-10303, &HOST, [set("/links/0/href", "https://-a.example/")]),
        domain(-10400, &HREF, [set("/links/0/href", "https://www.registrar.example/a b")]),
        domain(-10401, &HREF, [set("/links/0/href", "ftp://www.registrar.example/")]),
        domain(-10800, &[], [set("/lang", "en_GB")]),
    ]
}

fn conformance_links_notices() -> Vec<Case> {
    vec![
        domain(-10500, &[-12219], [set("/rdapConformance/-", "rdap_level_0")]),
        domain(-10501, &[-12219], [set("/rdapConformance/-", 7)]),
        domain(-10502, &[-12219], [set("/rdapConformance/-", "unheard_of")]),
        domain(-10503, &[-12219], [set("/rdapConformance/0", "cidr0")]),
        domain(-10600, &LINK, [set("/links", "none")]),
        domain(-10601, &[], [set("/links/0/colour", "red")]),
        domain(-10602, &LINK, [twice("\"rel\":\"self\"")]),
        domain(-10603, &LINK, [set("/links/0/media", "paper")]),
        domain(-10604, &LINK, [set("/links/0/rel", "unheard-of")]),
        domain(-10605, &LINK, [set("/links/0/type", "text/unheard-of")]),
        domain(-10606, &LINK, [set("/links/0/title", 7)]),
        domain(-10607, &LINK, [set("/links/0/hreflang", 7)]),
        domain(-10608, &LINK, [set("/links/0/hreflang", json!(["en", "en_GB"]))]),
        domain(-10609, &[-10401, -12214], [set("/links/0/value", "ftp://www.registrar.example/")]),
        domain(-10610, &LINK, [drop("/links/0/href")]),
        domain(-10700, &[-12217], [set("/notices/-", "terms")]),
        domain(-10700, &[-12213], [set("/remarks", "none")]),
        domain(-10701, &[], [set("/notices/0/colour", "red")]),
        domain(-10702, &[-12217], [twice("\"title\":\"Status Codes\"")]),
        domain(-10703, &[-12217], [set("/notices/0/title", 7)]),
        domain(-10704, &[-10603, -12217], [set("/notices/0/links/0/media", "paper")]),
        domain(-10705, &[-12217], [set("/notices/0/type", 7)]),
        domain(-10706, &[-12217], [set("/notices/0/type", "unheard of")]),
        domain(-10707, &[-12217], [drop("/notices/0/description")]),
        domain(-10708, &[-12217], [set("/notices/0/description", "terms")]),
        domain(-10709, &[-12217], [set("/notices/0/description/-", 7)]),
    ]
}

fn event(id: i32, event: Value) -> Case {
    domain(id, &[-12216], [set("/events/-", event)])
}

fn as_event_actor(id: i32, events: Value) -> Case {
    let rolled_up = [&[-12312], &ENTITY[..]].concat();
    domain(id, &rolled_up, [set("/entities/1/asEventActor", events)])
}

fn events() -> Vec<Case> {
    let date = "2026-08-21T10:00:00Z";
    let link = json!([{"value": "https://a.example/", "rel": "related", "href": "https://a.example/"}]);
    vec![
        domain(-10900, &[-12216], [set("/events/-", "locked")]),
        domain(-10901, &[], [set("/events/0/colour", "red")]),
        event(-10903, json!({"eventDate": date})),
        event(-10904, json!({"eventAction": 7, "eventDate": date})),
        event(-10905, json!({"eventAction": "unheard of", "eventDate": date})),
        event(-10906, json!({"eventAction": "locked"})),
        event(-10907, json!({"eventAction": "locked", "eventDate": 7})),
        event(-10908, json!({"eventAction": "locked", "eventDate": "2026-08-21"})),
        event(-10909, json!({"eventAction": "locked", "eventDate": date, "eventActor": 7})),
        event(-10910, json!({"eventAction": "locked", "eventDate": date, "links": link})),
        domain(-10911, &[-10600, -12216], [set("/events/0/eventActor", "X"), set("/events/0/links", "none")]),
        domain(-10912, &[], [set("/events/-", json!({"eventAction": "last changed", "eventDate": date}))]),
        as_event_actor(-11300, json!("none")),
        domain(-11302, &[], [set("/entities/1/asEventActor", json!([{"eventAction": "locked", "eventDate": date, "links": []}]))]),
        as_event_actor(-11304, json!([{"eventDate": date}])),
        as_event_actor(-11305, json!([{"eventAction": 7, "eventDate": date}])),
        as_event_actor(-11306, json!([{"eventAction": "unheard of", "eventDate": date}])),
        as_event_actor(-11307, json!([{"eventAction": "locked"}])),
        as_event_actor(-11308, json!([{"eventAction": "locked", "eventDate": 7}])),
        as_event_actor(-11309, json!([{"eventAction": "locked", "eventDate": "2026-08-21"}])),
        domain(
            -11310,
            &[],
            [set(
                "/entities/1/asEventActor",
                json!([{"eventAction": "locked", "eventDate": date}, {"eventAction": "locked", "eventDate": date}]),
            )],
        ),
    ]
}

fn roles(id: i32, roles: Value) -> Case {
    let rolled_up = [&[-12306], &ENTITY[..]].concat();
    domain(id, &rolled_up, [set("/entities/-", json!({"objectClassName": "entity", "roles": roles}))])
}

fn words_and_ids() -> Vec<Case> {
    vec![
        domain(-11000, &[-12211, -47100], [set("/status", "active")]),
        domain(-11001, &[-12211], [set("/status/-", 7)]),
        domain(-11002, &[-12211], [set("/status/-", "clientHold")]),
        domain(-11100, &[-12215], [set("/port43", 7)]),
        domain(-11100, &[-10302, -12215], [set("/port43", "whois")]),
        domain(-11200, &[-12212], [set("/publicIds", "none")]),
        domain(-11201, &[], [set("/publicIds", json!([{"type": "a", "identifier": "b", "colour": "red"}]))]),
        domain(-11203, &[-12212], [set("/publicIds", json!([{"type": "a"}]))]),
        domain(-11204, &[-12212], [set("/publicIds", json!([{"type": 7, "identifier": "b"}]))]),
        domain(-11205, &[-12212], [set("/publicIds", json!([{"type": "a", "identifier": 7}]))]),
        roles(-11800, json!("sponsor")),
        roles(-11801, json!([7])),
        roles(-11802, json!(["unheard of"])),
        roles(-11803, json!(["sponsor", "sponsor"])),
        domain(-11900, &[-12308, -11901, -12210], [set("/entities/1/entities", "none")]),
    ]
}

fn addresses(id: i32, with: &[i32], addresses: Value) -> Case {
    let rolled_up = [with, &[-12407, -12208]].concat();
    domain(id, &rolled_up, [set("/nameservers/0/ipAddresses", addresses)])
}

fn variants(id: i32, with: &[i32], variant: Value) -> Case {
    let rolled_up = [with, &[-12207]].concat();
    domain(id, &rolled_up, [set("/variants", json!([variant]))])
}

fn addresses_and_names() -> Vec<Case> {
    let long = format!("{0}.{0}.{0}.{0}.example", "a".repeat(63));
    let label = format!("{}.example", "ä".repeat(63));
    vec![
        addresses(-11400, &[], json!("none")),
        addresses(-11401, &[], json!({"v4": ["192.0.43.8"], "v5": []})),
        addresses(-11403, &[], json!({})),
        addresses(-11404, &[], json!({"v4": "192.0.43.8"})),
        addresses(-11405, &[], json!({"v4": [7]})),
        addresses(-11406, &[-10102], json!({"v4": ["192.0.43.8", "192.168.0.1"]})),
        addresses(-11407, &[], json!({"v6": "2606:2800:220:1::1"})),
        addresses(-11408, &[], json!({"v6": [7]})),
        addresses(-11409, &[-10202], json!({"v6": ["2606:2800:220:1::1", "2001:db8::1"]})),
        domain(-11500, &[-12207], [set("/variants", "none")]),
        domain(-11501, &[], [set("/variants", json!([{"colour": "red"}]))]),
        variants(-11503, &[], json!({"relation": "registered"})),
        variants(-11504, &[], json!({"relation": [7]})),
        variants(-11505, &[], json!({"relation": ["registered", "unheard of"]})),
        variants(-11506, &[], json!({"idnTable": 7})),
        variants(-11507, &[], json!({"variantNames": "none"})),
        domain(-11508, &[], [set("/variants", json!([{"variantNames": [{"colour": "red"}]}]))]),
        variants(-11510, &[-11702], json!({"variantNames": [{"ldhName": "localhost"}]})),
        variants(-11511, &[-11602], json!({"variantNames": [{"unicodeName": "localhost"}]})),
        domain(-11600, &[-12206], [set("/unicodeName", label)]),
        domain(-11601, &[-12206], [set("/unicodeName", long.clone())]),
        domain(-11602, &[-12206], [set("/unicodeName", "bücher")]),
        domain(-11603, &[-12206], [set("/unicodeName", "a·b.example")]),
        domain(-11700, &[-12205], [set("/ldhName", "a..example")]),
        domain(-11701, &[-12205], [set("/ldhName", long)]),
        domain(-11702, &[-12205], [set("/ldhName", "com")]),
        domain(-11703, &[-12205], [set("/ldhName", "bücher.example")]),
        domain(-11703, &[-12205], [set("/ldhName", "under_score.example")]),
    ]
}

fn ds(id: i32, with: &[i32], member: &'static str, value: Value) -> Case {
    record(id, with, "/secureDNS/dsData", json!({"keyTag": 1, "algorithm": 13, "digest": "AB", "digestType": 2}), member, value)
}

fn key(id: i32, with: &[i32], member: &'static str, value: Value) -> Case {
    record(id, with, "/secureDNS/keyData", json!({"flags": 257, "protocol": 3, "publicKey": "AwEAAQ==", "algorithm": 13}), member, value)
}

fn record(id: i32, with: &[i32], pointer: &'static str, mut record: Value, member: &str, value: Value) -> Case {
    record[member] = value;
    domain(id, &[with, &[-12209]].concat(), [set(pointer, json!([record]))])
}

fn delegations() -> Vec<Case> {
    vec![
        domain(-12000, &[-12209, -46801], [set("/secureDNS", "none")]),
        domain(-12001, &[], [set("/secureDNS/colour", "red")]),
        domain(-12002, &[-12209], [twice("\"delegationSigned\":true")]),
        domain(-12003, &[-12209], [set("/secureDNS/zoneSigned", "yes")]),
        domain(-12004, &[-12209, -46801], [drop("/secureDNS/delegationSigned")]),
        domain(-12005, &[-12209], [set("/secureDNS/delegationSigned", "yes")]),
        domain(-12006, &[-12209], [set("/secureDNS/maxSigLife", 0)]),
        domain(-12007, &[-12209, -46802], [drop("/secureDNS/dsData")]),
        domain(-12008, &[-12209], [set("/secureDNS/dsData", "none")]),
        domain(-12009, &[], [set("/secureDNS/dsData/0/colour", "red")]),
        domain(-12011, &[-12209], [drop("/secureDNS/dsData/0/digest")]),
        ds(-12012, &[], "keyTag", json!(0)),
        ds(-12013, &[], "algorithm", json!(17)),
        ds(-12014, &[], "digest", json!("XY")),
        ds(-12015, &[], "digestType", json!(5)),
        ds(-12016, &[-10900], "events", json!("none")),
        ds(-12017, &[-10600], "links", json!("none")),
        domain(-12018, &[-12209], [set("/secureDNS/keyData", "none")]),
        domain(
            -12019,
            &[],
            [set("/secureDNS/keyData", json!([{"flags": 257, "protocol": 3, "publicKey": "AwEAAQ==", "algorithm": 13, "colour": "red"}]))],
        ),
        domain(-12021, &[-12209], [set("/secureDNS/keyData", json!([{"flags": 257, "protocol": 3, "algorithm": 13}]))]),
        key(-12022, &[], "flags", json!(0)),
        key(-12023, &[], "protocol", json!(2)),
        key(-12024, &[], "publicKey", json!("?")),
        key(-12025, &[], "algorithm", json!(9)),
        key(-12026, &[-10900], "events", json!("none")),
        key(-12027, &[-10600], "links", json!("none")),
    ]
}

fn errors() -> Vec<Case> {
    vec![
        of(Scene::error, -12100, &[106], [body(json!([]))]),
        of(Scene::error, -12101, &[], [drop("/errorCode")]),
        of(Scene::error, -12102, &[], [twice("\"errorCode\":404")]),
        of(Scene::error, -12103, &[], [set("/errorCode", "404")]),
        of(Scene::error, -12104, &[], [set("/title", 7)]),
        of(Scene::error, -12105, &[], [set("/description", "none")]),
        of(Scene::error, -12106, &[], [set("/description/-", 7)]),
        of(Scene::error, -12107, &[], [set("/rdapConformance/-", 7)]),
        of(Scene::error, 106, &[], [drop("/notices")]),
    ]
}
