//! Whether two answers say the same.

use crate::answer::Answer;
use serde_json::Value;

/// The event that changes by itself between two answers.
const LAST_UPDATE: &str = "last update of RDAP database";

/// Whether two answers have the same content: arrays count as sets, the time of the last update doesn't count, and where one repeats
/// the URL it was asked at, the other may repeat its own.
pub(super) fn is_same_content((a, a_url): (&Answer, &str), (b, b_url): (&Answer, &str)) -> bool {
    let urls = [a_url, b_url];
    match (content(a, urls), content(b, urls)) {
        (Some(a), Some(b)) => a == b,
        _ => a.body == b.body,
    }
}

fn content(answer: &Answer, urls: [&str; 2]) -> Option<Value> {
    serde_json::from_slice(&answer.body).ok().map(|value| normalised(value, urls))
}

fn normalised(value: Value, urls: [&str; 2]) -> Value {
    match value {
        Value::String(text) if urls.contains(&text.as_str()) => Value::Null,
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().filter(|item| !is_last_update(item)).map(|item| normalised(item, urls)).collect();
            items.sort_by_cached_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(members) => members.into_iter().map(|(name, member)| (name, normalised(member, urls))).collect(),
        other => other,
    }
}

fn is_last_update(item: &Value) -> bool {
    item.get("eventAction").and_then(Value::as_str) == Some(LAST_UPDATE)
}
