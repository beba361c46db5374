//! The profile: the response as a whole.

use super::scene::{Case, Scene, change, domain, drop, of, set};
use serde_json::json;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        domain(-10504, &[], [drop("/rdapConformance")]),
        of(Scene::help, -10504, &[-20701], [drop("/rdapConformance")]),
        domain(-10505, &[], [set("/nameservers/0/rdapConformance", json!(["rdap_level_0"]))]),
        domain(-10612, &[], [drop("/links/0/value")]),
        domain(-10613, &[], [drop("/links/0/rel")]),
        domain(-11003, &[], [set("/status/-", "client delete prohibited")]),
        domain(-20800, &[-62100, -63400, -63500, -63600], [set("/entities/1/vcardArray/1/2/3", "1 Street, City")]),
        domain(-20800, &[-62100], [drop("/entities/1/vcardArray/1/2/3/6")]),
        domain(-20900, &[], [set("/entities/0/entities/0/vcardArray/1/2/1", json!({"type": ["cell"]}))]),
        domain(-20900, &[], [set("/entities/0/entities/0/vcardArray/1/2/1", json!({}))]),
        domain(-40100, &[], [set("/notices/0/description/0", "a <SCRIPT src='x'>")]),
        domain(-43100, &[], [drop("/events/4")]),
        domain(-61000, &[], [drop("/rdapConformance/2")]),
        domain(-61001, &[], [set("/rdapConformance/-", "icann_rdap_technical_implementation_guide_0")]),
        domain(-61200, &[], [drop("/notices/0")]),
        domain(-61200, &[], [set("/notices/0/links/0/rel", "about")]),
        domain(-61201, &[-10610, -10704, -12217], [drop("/notices/0/links/0/href")]),
        domain(-61202, &[], [set("/notices/0/links/0/value", "https://rdap.registrar.example/domain/NK-example-one.com")]),
        domain(-62000, &[], [drop("/rdapConformance/1")]),
        domain(-62001, &[], [drop("/rdapConformance/3")]),
        domain(-62002, &[], [set("/redacted/-", "all")]),
        domain(-62003, &[], [set("/redacted/-", json!({"name": {}}))]),
        domain(-62003, &[], [set("/redacted/-", json!({}))]),
        domain(-62003, &[], [set("/redacted/-", json!({"name": {"type": "a", "description": "b"}}))]),
        domain(-62004, &[], [set("/redacted/-", json!({"name": {"type": "Other"}, "method": 7}))]),
        domain(-62005, &[], [set("/redacted/0/reason", "Server policy")]),
        domain(-62005, &[], [set("/redacted/0/reason", json!({"text": "Server policy"}))]),
        domain(-62006, &[], [set("/rdapConformance/-", "icann_rdap_response_profile_0")]),
        domain(-62100, &[], [set("/entities/1/vcardArray/1/2/3/6", "Canada")]),
        domain(-62101, &[], [set("/entities/1/vcardArray/1/2/1", json!({}))]),
        domain(-62101, &[], [set("/entities/1/vcardArray/1/2/1", json!({"cc": "UK"}))]),
        domain(-26100, &[-11203, -12307, -11901, -12210], [drop("/entities/0/publicIds/0/identifier")]),
        domain(-26101, &[-47403], [set("/entities/0/publicIds/0/identifier", "1234")]),
        domain(-26102, &[-47701], [change(|scene| scene.registrar.base_url = "http://rdap.registrar.example/".into())]),
    ]
}
