//! `secureDNS` of a domain (RFC 9083 section 5.3), with the values as ICANN's tool limits them: stricter than RFC 4034 and IANA
//! (`keyTag` 0, the newer algorithms and digest types fail there too).

use super::members::{judge_duplicates, judge_unknown, roll_up_member};
use super::{events, links};
use crate::finding::Findings;
use crate::node::Node;

const DS_ALGORITHMS: [i64; 11] = [3, 5, 6, 7, 8, 10, 12, 13, 14, 15, 16];
const KEY_ALGORITHMS: [i64; 13] = [1, 2, 3, 5, 6, 7, 8, 10, 12, 13, 14, 15, 16];

/// The ids that `dsData` and `keyData` both have.
struct RecordIds {
    array: i32,
    unknown_member: i32,
    incomplete: i32,
    events: i32,
    links: i32,
}

const DS_DATA: RecordIds = RecordIds { array: -12008, unknown_member: -12009, incomplete: -12011, events: -12016, links: -12017 };
const KEY_DATA: RecordIds = RecordIds { array: -12018, unknown_member: -12019, incomplete: -12021, events: -12026, links: -12027 };

/// Judges the object.
pub(crate) fn judge(found: &mut Findings, node: &Node<'_>) {
    if !found.demand(node.is_object(), -12000, node, "`secureDNS` isn't an object.") {
        return;
    }
    judge_unknown(found, -12001, node, &["zoneSigned", "delegationSigned", "maxSigLife", "dsData", "keyData"]);
    judge_duplicates(found, -12002, node);
    if let Some(signed) = node.member("zoneSigned") {
        found.demand(signed.boolean().is_some(), -12003, &signed, "`zoneSigned` isn't a truth value.");
    }
    match node.member("delegationSigned") {
        None => found.report(-12004, node, "There is no `delegationSigned`."),
        Some(signed) => {
            found.demand(signed.boolean().is_some(), -12005, &signed, "`delegationSigned` isn't a truth value.");
        }
    }
    if let Some(life) = node.member("maxSigLife") {
        let is_in_range = life.whole_number().is_some_and(|seconds| (1..=i64::from(i32::MAX)).contains(&seconds));
        found.demand(is_in_range, -12006, &life, "`maxSigLife` isn't a whole number of seconds from 1 to 2147483647.");
    }
    found.demand(!is_signed_without_data(node), -12007, node, "The delegation is signed, but there is neither `dsData` nor `keyData`.");
    if let Some(records) = node.member("dsData") {
        judge_records(found, &DS_DATA, &records, &["keyTag", "algorithm", "digest", "digestType"], judge_ds_values);
    }
    if let Some(records) = node.member("keyData") {
        judge_records(found, &KEY_DATA, &records, &["flags", "protocol", "publicKey", "algorithm"], judge_key_values);
    }
}

/// Whether `delegationSigned` is true and no record says how.
pub(crate) fn is_signed_without_data(node: &Node<'_>) -> bool {
    let is_signed = node.member("delegationSigned").and_then(|signed| signed.boolean()) == Some(true);
    is_signed && node.member("dsData").is_none() && node.member("keyData").is_none()
}

fn judge_records(found: &mut Findings, ids: &RecordIds, node: &Node<'_>, needed: &[&str], judge_values: fn(&mut Findings, &Node<'_>)) {
    let is_array_of_objects = node.is_array() && node.items().iter().all(Node::is_object);
    found.demand(is_array_of_objects, ids.array, node, "The records come as an array of objects.");
    for record in node.items().iter().filter(|item| item.is_object()) {
        let known: Vec<&str> = needed.iter().copied().chain(["events", "links"]).collect();
        judge_unknown(found, ids.unknown_member, record, &known);
        let is_complete = needed.iter().all(|name| record.member(name).is_some());
        found.demand(is_complete, ids.incomplete, record, format!("The record lacks one of {}.", needed.join(", ")));
        judge_values(found, record);
        roll_up_member(found, ids.events, record, "events", events::judge);
        roll_up_member(found, ids.links, record, "links", links::judge);
    }
}

fn judge_ds_values(found: &mut Findings, record: &Node<'_>) {
    judge_number(found, -12012, record, "keyTag", |number| (1..=65535).contains(&number));
    judge_number(found, -12013, record, "algorithm", |number| DS_ALGORITHMS.contains(&number));
    judge_text(found, -12014, record, "digest", |octet| octet.is_ascii_hexdigit() || octet == b' ');
    judge_number(found, -12015, record, "digestType", |number| (1..=4).contains(&number));
}

fn judge_key_values(found: &mut Findings, record: &Node<'_>) {
    judge_number(found, -12022, record, "flags", |number| matches!(number, 256 | 257));
    judge_number(found, -12023, record, "protocol", |number| number == 3);
    judge_text(found, -12024, record, "publicKey", |octet| octet.is_ascii_alphanumeric() || b"+/= ".contains(&octet));
    judge_number(found, -12025, record, "algorithm", |number| KEY_ALGORITHMS.contains(&number));
}

fn judge_number(found: &mut Findings, id: i32, record: &Node<'_>, member: &str, is_fine: fn(i64) -> bool) {
    if let Some(node) = record.member(member) {
        found.demand(node.whole_number().is_some_and(is_fine), id, &node, format!("`{member}` isn't one of the numbers allowed here."));
    }
}

fn judge_text(found: &mut Findings, id: i32, record: &Node<'_>, member: &str, is_fine: fn(u8) -> bool) {
    if let Some(node) = record.member(member) {
        let is_encoded = node.text().is_some_and(|text| !text.is_empty() && text.bytes().all(is_fine));
        found.demand(is_encoded, id, &node, format!("`{member}` isn't a string in the encoding it should have."));
    }
}
