//! Answers as people and machines read them.

use serde_json::{Value, json};

use super::*;
use crate::testing::{record_of, settings, shown, withheld};

fn answer(record: &policy::publication::PublicRecord<'_>, path: &str) -> Value {
    serde_json::from_slice(&write_domain(&Template::new(&settings()), record, path, 1_787_306_400)).unwrap()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn a_withheld_name_reads_as_the_profile_wants() {
    let mut record = record_of("xn--bcher-kva.alpha");
    record.technical = Some(withheld(false));
    insta::assert_snapshot!(pretty(&answer(&record, "/domain/B%C3%BCcher.ALPHA.?x=1")));
}

#[test]
fn a_consented_name_redacts_nothing() {
    let mut record = record_of("example.alpha");
    record.registrant = shown();
    record.changed_at = Some(1_700_000_000);
    record.transferred_at = Some(1_600_000_000);
    let answer = answer(&record, "/domain/example.alpha");
    assert_eq!(answer["redacted"], Value::Null);
    assert!(!answer["rdapConformance"].as_array().unwrap().contains(&json!("redacted")));
    insta::assert_snapshot!(pretty(&answer["entities"][1]));
    let actions: Vec<&str> = answer["events"].as_array().unwrap().iter().map(|event| event["eventAction"].as_str().unwrap()).collect();
    assert_eq!(actions, ["registration", "expiration", "registrar expiration", "last changed", "transfer", "last update of RDAP database"]);
}

#[test]
fn the_address_that_was_asked_stands_in_four_places_exactly() {
    let path = "/domain/eX%41mple.alpha.?q=\"<x>";
    let answer = answer(&record_of("example.alpha"), path);
    let asked = format!("https://rdap.registrar.example{path}");
    let mut values = vec![&answer["links"][0]["value"]];
    values.extend(answer["notices"].as_array().unwrap().iter().map(|notice| &notice["links"][0]["value"]));
    assert_eq!(values, [&json!(asked); 4]);
    let body = write_domain(&Template::new(&settings()), &record_of("example.alpha"), path, 0);
    assert!(!body.windows(2).any(|window| window == b"<x"));
}

#[test]
fn signed_names_show_their_ds() {
    let digest = [0xAB; 32];
    let mut record = record_of("example.alpha");
    record.ds = vec![policy::publication::DelegationSigner { key_tag: 2371, algorithm: 13, digest_type: 2, digest: &digest }];
    let want = json!({"delegationSigned": true, "dsData": [{"keyTag": 2371, "algorithm": 13, "digestType": 2, "digest": "AB".repeat(32)}]});
    assert_eq!(answer(&record, "/")["secureDNS"], want);
}

#[test]
fn errors_and_help_conform_too() {
    let template = Template::new(&settings());
    let error = ErrorAnswer { status: 404, title: "Not found", description: &["This registrar does not sponsor the name."] };
    let error: Value = serde_json::from_slice(&write_error(&template, &error, "/domain/x.alpha")).unwrap();
    insta::assert_snapshot!(pretty(&error));
    let help: Value = serde_json::from_slice(&write_help(&template, "/help")).unwrap();
    insta::assert_snapshot!(pretty(&help));
}
