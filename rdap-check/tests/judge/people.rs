//! The profile: registrant, technical contact, how they are redacted; and our own look at them.

use super::scene::{Case, Change, domain, drop, registry_knows, set};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    [registrant(), registrant_numbers_and_mail(), technical(), descriptions(), our_own()].concat()
}

/// A further property in the registrant's jCard.
fn registrant_has(property: Value) -> Change {
    set("/entities/1/vcardArray/1/-", property)
}

/// A further property in the technical contact's jCard.
fn technical_has(property: Value) -> Change {
    set("/entities/2/vcardArray/1/-", property)
}

fn redacted(redaction: Value) -> Change {
    set("/redacted/-", redaction)
}

fn registrant() -> Vec<Case> {
    vec![
        domain(-63000, &[], [drop("/entities/1")]),
        domain(-63100, &[], [drop("/redacted/0"), set("/entities/1/handle", "12345")]),
        domain(-63100, &[], [drop("/redacted/0"), set("/entities/1/handle", "12345"), registry_knows(&["12345"])]),
        domain(-63101, &[], [drop("/redacted/0"), set("/entities/1/handle", "12345-NOSUCH")]),
        domain(-63102, &[], [drop("/redacted/0")]),
        domain(-63103, &[], [set("/redacted/0/prePath", "handle of the registrant")]),
        domain(-63103, &[], [set("/redacted/0/pathLang", "xpath")]),
        domain(-63104, &[], [set("/redacted/0/prePath", "$.handle")]),
        domain(-63105, &[], [set("/redacted/0/method", "emptyValue")]),
        domain(-63106, &[-63104], [set("/entities/1/handle", "12345-VRSN")]),
        domain(-63200, &[-12305, -11901, -12210], [drop("/entities/1/vcardArray/1/1")]),
        domain(-63201, &[], [drop("/redacted/1")]),
        domain(-63202, &[], [set("/redacted/1/postPath", "$[")]),
        domain(-63202, &[], [drop("/redacted/1/postPath")]),
        domain(-63203, &[], [set("/redacted/1/postPath", "$.entities[?(@.roles[0]=='sponsor')]")]),
        domain(-63204, &[], [set("/redacted/1/method", "removal")]),
        domain(-63204, &[], [drop("/redacted/1/method")]),
        domain(-63205, &[], [set("/entities/1/vcardArray/1/1/3", "Jane Doe")]),
        domain(-63301, &[], [set("/redacted/2/prePath", "$[")]),
        domain(-63302, &[], [set("/redacted/2/prePath", "$.handle")]),
        domain(-63303, &[], [set("/redacted/2/method", "emptyValue")]),
        domain(-63304, &[-63302], [registrant_has(json!(["org", {}, "text", "Example Inc."]))]),
        domain(-63400, &[-63500, -63600, -20800, -62100], [set("/entities/1/vcardArray/1/2/3", json!([]))]),
        domain(-63400, &[-63500, -63600], [drop("/entities/1/vcardArray/1/2")]),
        domain(-63401, &[], [drop("/redacted/3")]),
        domain(-63402, &[], [set("/redacted/3/postPath", "$[")]),
        domain(-63403, &[], [set("/redacted/3/postPath", "$.street")]),
        domain(-63404, &[], [set("/redacted/3/method", "removal")]),
        domain(-63405, &[], [set("/entities/1/vcardArray/1/2/3/2", json!(["1 Street", "Floor 2"]))]),
        domain(-63501, &[], [drop("/redacted/4")]),
        domain(-63502, &[], [set("/redacted/4/postPath", "$[")]),
        domain(-63503, &[], [set("/redacted/4/postPath", "$.city")]),
        domain(-63504, &[], [set("/redacted/4/method", "removal")]),
        domain(-63505, &[], [set("/entities/1/vcardArray/1/2/3/3", "Québec")]),
        domain(-63601, &[], [drop("/redacted/5")]),
        domain(-63602, &[], [set("/redacted/5/postPath", "$[")]),
        domain(-63603, &[], [set("/redacted/5/postPath", "$.code")]),
        domain(-63604, &[], [set("/redacted/5/method", "removal")]),
        domain(-63605, &[], [set("/entities/1/vcardArray/1/2/3/5", "G1V 2M2")]),
    ]
}

/// A redaction of one of the elements that may be absent altogether.
fn optional(id: i32, element: &str, more: (&str, &str)) -> Case {
    let mut redaction = json!({"name": {"type": element}});
    redaction[more.0] = more.1.into();
    domain(id, &[], [redacted(redaction)])
}

fn registrant_numbers_and_mail() -> Vec<Case> {
    let email = json!(["email", {}, "text", "relay@registrar.example"]);
    let by_email = || set("/entities/1/vcardArray/1/3", email.clone());
    vec![
        domain(-63700, &[], [drop("/redacted/6")]),
        domain(-63701, &[], [set("/redacted/6/prePath", "$[")]),
        domain(-63702, &[], [set("/redacted/6/prePath", "$.handle")]),
        domain(-63703, &[], [set("/redacted/6/method", "emptyValue")]),
        domain(-63704, &[-63702, 101], [registrant_has(json!(["tel", {"type": "voice"}, "uri", "tel:+1.2025550101"]))]),
        optional(-63800, "Registrant Phone Ext", ("prePath", "$[")),
        optional(-63801, "Registrant Phone Ext", ("prePath", "$.handle")),
        optional(-63802, "Registrant Phone Ext", ("method", "emptyValue")),
        optional(-63900, "Registrant Fax", ("prePath", "$[")),
        optional(-63901, "Registrant Fax", ("prePath", "$.handle")),
        optional(-63902, "Registrant Fax", ("method", "emptyValue")),
        optional(-64000, "Registrant Fax Ext", ("prePath", "$[")),
        optional(-64001, "Registrant Fax Ext", ("prePath", "$.handle")),
        optional(-64002, "Registrant Fax Ext", ("method", "emptyValue")),
        domain(-64100, &[], [registrant_has(email.clone())]),
        domain(-64101, &[], [drop("/entities/1/vcardArray/1/3")]),
        domain(-64102, &[], [set("/redacted/7/method", "removal")]),
        domain(-64103, &[], [by_email()]),
        domain(-64104, &[], [by_email(), set("/redacted/7/postPath", "$.email")]),
        domain(-64105, &[], [set("/redacted/7/replacementPath", "$[")]),
        domain(-64106, &[], [set("/redacted/7/prePath", "$[")]),
        domain(-64107, &[], [set("/redacted/7/replacementPath", "$.email")]),
        domain(-64108, &[], [drop("/redacted/7")]),
    ]
}

fn technical() -> Vec<Case> {
    let email = json!(["email", {}, "text", "relay@registrar.example"]);
    let by_email = || set("/entities/2/vcardArray/1/2", email.clone());
    vec![
        domain(-65000, &[-12305, -11901, -12210], [drop("/entities/2/vcardArray/1/1")]),
        domain(-65001, &[], [drop("/redacted/9")]),
        domain(-65002, &[], [set("/redacted/9/postPath", "$[")]),
        domain(-65003, &[], [set("/redacted/9/postPath", "$.name")]),
        domain(-65004, &[], [set("/redacted/9/method", "removal")]),
        domain(-65005, &[], [set("/entities/2/vcardArray/1/1/3", "Jane Doe")]),
        domain(-65100, &[], [drop("/redacted/10")]),
        domain(-65101, &[], [set("/redacted/10/prePath", "$[")]),
        domain(-65102, &[], [set("/redacted/10/prePath", "$.handle")]),
        domain(-65103, &[], [set("/redacted/10/method", "emptyValue")]),
        domain(-65104, &[-65102, 101], [technical_has(json!(["tel", {"type": "voice"}, "uri", "tel:+1.2025550101"]))]),
        domain(-65200, &[], [technical_has(email.clone())]),
        domain(-65201, &[], [drop("/entities/2/vcardArray/1/2")]),
        domain(-65202, &[], [set("/redacted/11/method", "removal")]),
        domain(-65203, &[], [by_email()]),
        domain(-65204, &[], [by_email(), set("/redacted/11/postPath", "$.email")]),
        domain(-65205, &[], [set("/redacted/11/replacementPath", "$[")]),
        domain(-65206, &[], [set("/redacted/11/prePath", "$[")]),
        domain(-65207, &[], [set("/redacted/11/replacementPath", "$.email")]),
        domain(-65700, &[], [drop("/redacted/8"), set("/entities/2/handle", "12345"), registry_knows(&[])]),
        domain(-65701, &[], [drop("/redacted/8"), set("/entities/2/handle", "12345-NOSUCH")]),
        domain(-65702, &[-65705], [set("/entities/2/handle", "12345-VRSN")]),
        domain(-65703, &[], [drop("/redacted/8")]),
        domain(-65704, &[], [set("/redacted/8/prePath", "$[")]),
        domain(-65705, &[], [set("/redacted/8/prePath", "$.handle")]),
        domain(-65706, &[], [set("/redacted/8/method", "emptyValue")]),
    ]
}

fn descriptions() -> Vec<Case> {
    let elements = [
        "Registry Domain ID",
        "Registry Registrant ID",
        "Registrant Name",
        "Registrant Organization",
        "Registrant Street",
        "Registrant City",
        "Registrant Postal Code",
        "Registrant Phone",
        "Registrant Phone Ext",
        "Registrant Fax",
        "Registrant Fax Ext",
        "Registrant Email",
        "Registry Tech ID",
        "Tech Name",
        "Tech Phone",
        "Tech Phone Ext",
        "Tech Email",
    ];
    (-65816..=-65800)
        .rev()
        .zip(elements)
        .map(|(id, element)| domain(id, &[], [redacted(json!({"name": {"description": element}}))]))
        .collect()
}

fn our_own() -> Vec<Case> {
    let phone = |kind: Value| json!(["tel", {"type": kind}, "uri", "tel:+1.2025550101"]);
    let fax_redaction = || redacted(json!({"name": {"type": "Registrant Fax"}, "method": "removal"}));
    vec![
        // The profile's path finds no array.
        domain(101, &[-63704], [registrant_has(phone(json!(["voice"])))]),
        domain(101, &[-20900], [registrant_has(phone(json!("cell")))]),
        domain(101, &[-65104], [technical_has(phone(json!(["work", "voice"])))]),
        // A nested registrant, whom no path of the profile reaches.
        domain(
            101,
            &[],
            [set(
                "/entities/1/entities",
                json!([{
                    "objectClassName": "entity",
                    "roles": ["notifications", "registrant"],
                    "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", ""], phone(json!(["voice"]))]],
                }]),
            )],
        ),
        domain(102, &[], [fax_redaction(), registrant_has(phone(json!(["fax"])))]),
        domain(103, &[], [set("/entities/0/entities/0/vcardArray/1/1/3", "REDACTED FOR PRIVACY")]),
        domain(103, &[], [set("/entities/1/vcardArray/1/2/3/4", "Not Disclosed")]),
        domain(104, &[-65003, -65207], [set("/entities/2/roles", json!(["sponsor", "technical"]))]),
    ]
}
