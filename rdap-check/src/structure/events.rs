//! `events` and `asEventActor` (RFC 9083 sections 4.5 and 5.1).

use super::links;
use super::members::{judge_registered, judge_string, judge_unknown, roll_up_member};
use crate::finding::Findings;
use crate::form::date_time::is_date_time;
use crate::iana::JsonValue;
use crate::node::Node;

/// The ids of what the two kinds of event have in common.
struct EventIds {
    array: i32,
    unknown_member: i32,
    action_missing: i32,
    action_string: i32,
    action_registered: i32,
    date_missing: i32,
    date_string: i32,
    date_form: i32,
    repeated: i32,
}

const EVENTS: EventIds = EventIds {
    array: -10900,
    unknown_member: -10901,
    action_missing: -10903,
    action_string: -10904,
    action_registered: -10905,
    date_missing: -10906,
    date_string: -10907,
    date_form: -10908,
    repeated: -10912,
};

const AS_EVENT_ACTOR: EventIds = EventIds {
    array: -11300,
    unknown_member: -11302,
    action_missing: -11304,
    action_string: -11305,
    action_registered: -11306,
    date_missing: -11307,
    date_string: -11308,
    date_form: -11309,
    repeated: -11310,
};

/// Judges `events`.
pub(crate) fn judge(found: &mut Findings, node: &Node<'_>) {
    judge_common(found, &EVENTS, node, &["eventAction", "eventDate", "eventActor", "links", "lang"]);
    for event in node.items() {
        judge_string(found, -10909, &event, "eventActor");
        let has_actor_if_linked = event.member("links").is_none() || event.member("eventActor").is_some();
        found.demand(has_actor_if_linked, -10910, &event, "An event with links names no `eventActor`.");
        roll_up_member(found, -10911, &event, "links", links::judge);
    }
}

/// Judges `asEventActor`, whose events name no actor: it is the entity they stand in.
pub(crate) fn judge_as_event_actor(found: &mut Findings, node: &Node<'_>) {
    judge_common(found, &AS_EVENT_ACTOR, node, &["eventAction", "eventDate"]);
}

fn judge_common(found: &mut Findings, ids: &EventIds, node: &Node<'_>, known: &[&str]) {
    let is_array_of_objects = node.is_array() && node.items().iter().all(Node::is_object);
    found.demand(is_array_of_objects, ids.array, node, "Events come as an array of objects.");
    let mut actions = Vec::new();
    for event in node.items().iter().filter(|item| item.is_object()) {
        judge_unknown(found, ids.unknown_member, event, known);
        match event.member("eventAction") {
            None => found.report(ids.action_missing, event, "The event has no `eventAction`."),
            Some(action) => {
                judge_registered(found, ids.action_string, ids.action_registered, JsonValue::EventAction, &action);
                found.demand(!actions.contains(&action.text()), ids.repeated, &action, "The array has this `eventAction` more than once.");
                actions.push(action.text());
            }
        }
        match event.member("eventDate") {
            None => found.report(ids.date_missing, event, "The event has no `eventDate`."),
            Some(date) => match date.text() {
                None => found.report(ids.date_string, &date, "`eventDate` isn't a string."),
                Some(text) => {
                    found.demand(is_date_time(text), ids.date_form, &date, format!("`{text}` isn't a date-time by RFC 3339."));
                }
            },
        }
    }
}
