//! The table of a sandbox registry: what it holds and what it executed, without what no two runs have in common.
//!
//! A judge's client says what it was told; this asks the registry itself, over its control socket.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

/// The longest an answer may take; the registry of a judge holds a handful of objects.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);

/// Fields that differ from run to run: times, transaction ids, repository ids, positions that follow from the order.
const VOLATILE: &[&str] = &["at", "cltrid", "created", "expires", "next_due", "now", "roid", "seq", "svtrid", "transferred", "updated"];

/// The lists of a table, in the order they are compared.
const LISTS: &[&str] = &["domains", "hosts", "contacts", "accounts", "ledger"];

/// Asks the registry `id` behind the control socket `control` for its table.
pub fn read(control: &Path, id: &str) -> Result<Value> {
    let state = ask(control, &json!({"request": "state", "registry": id}), "state")?;
    let entries = ask(control, &json!({"request": "ledger", "registry": id}), "entries")?;
    Ok(table(state, entries))
}

/// One question, one line each way.
fn ask(control: &Path, request: &Value, field: &str) -> Result<Value> {
    let mut socket = UnixStream::connect(control).with_context(|| format!("{} does not answer", control.display()))?;
    socket.set_read_timeout(Some(ANSWER_LIMIT))?;
    socket.write_all(format!("{request}\n").as_bytes())?;
    let mut line = String::new();
    BufReader::new(socket).read_line(&mut line)?;
    let mut answer: Value = serde_json::from_str(&line).with_context(|| format!("the answer to {request} is not JSON: {line}"))?;
    match answer.get_mut(field) {
        Some(value) => Ok(value.take()),
        None => bail!("the answer to {request} holds no `{field}`: {line}"),
    }
}

/// State and ledger in one document, its volatile fields gone; the term of a domain stands as whole years.
fn table(mut state: Value, entries: Value) -> Value {
    let mut table = Map::new();
    for &list in LISTS {
        let rows = if list == "ledger" { entries.clone() } else { state.get_mut(list).map_or(Value::Null, Value::take) };
        table.insert(list.to_owned(), steady(rows));
    }
    Value::Object(table)
}

fn steady(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(steady).collect()),
        Value::Object(fields) => {
            let term = term_years(&fields);
            let kept = fields.into_iter().filter(|(name, _)| !VOLATILE.contains(&name.as_str())).map(|(name, value)| (name, steady(value)));
            Value::Object(kept.chain(term.map(|years| ("term_years".to_owned(), json!(years)))).collect())
        }
        plain => plain,
    }
}

/// The calendar years between creation and expiry.
fn term_years(fields: &Map<String, Value>) -> Option<i64> {
    let year = |name: &str| fields.get(name)?.as_str()?.get(..4)?.parse::<i64>().ok();
    Some(year("expires")? - year("created")?)
}

/// What differs, a sentence for each row.
pub fn differences(expected: &Value, actual: &Value) -> Vec<String> {
    let mut said = Vec::new();
    for &list in LISTS {
        let rows = |table: &Value| table.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
        let (expected, actual) = (rows(expected), rows(actual));
        let before = said.len();
        said.extend(expected.iter().filter(|row| !actual.contains(row)).map(|row| format!("not in the sandbox's {list}: {row}")));
        said.extend(actual.iter().filter(|row| !expected.contains(row)).map(|row| format!("unexpected in the sandbox's {list}: {row}")));
        if said.len() == before && expected != actual {
            said.push(format!("the rows of the sandbox's {list} are the expected ones, in another order or number"));
        }
    }
    said
}

/// How many rows a table has.
pub fn row_count(table: &Value) -> usize {
    LISTS.iter().filter_map(|list| table.get(list)?.as_array()).map(Vec::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Value {
        let state = json!({"id": "alpha", "now": "2026-01-01T00:00:00Z", "domains": [
            {"name": "a.alpha", "roid": "D1", "created": "2028-02-29T00:00:00Z", "expires": "2031-02-28T00:00:00Z", "statuses": ["ok"]}]});
        let entry =
            json!({"seq": 1, "verb": "create", "object": "domain:a.alpha", "at": "2028-02-29T00:00:00Z", "lines": [{"minor": 800}]});
        table(state, json!([entry]))
    }

    #[test]
    fn only_what_every_run_has_is_kept() {
        let expected = json!({
            "domains": [{"name": "a.alpha", "statuses": ["ok"], "term_years": 3}],
            "hosts": null, "contacts": null, "accounts": null,
            "ledger": [{"verb": "create", "object": "domain:a.alpha", "lines": [{"minor": 800}]}],
        });
        assert_eq!(sample(), expected);
        assert_eq!(row_count(&sample()), 2);
    }

    #[test]
    fn each_differing_row_is_a_sentence() {
        assert_eq!(differences(&sample(), &sample()), [""; 0]);
        let mut other = sample();
        other["domains"][0]["statuses"] = json!(["clientHold"]);
        let twice = other["ledger"][0].clone();
        other["ledger"].as_array_mut().unwrap().push(twice);
        assert_eq!(
            differences(&sample(), &other),
            [
                r#"not in the sandbox's domains: {"name":"a.alpha","statuses":["ok"],"term_years":3}"#,
                r#"unexpected in the sandbox's domains: {"name":"a.alpha","statuses":["clientHold"],"term_years":3}"#,
                "the rows of the sandbox's ledger are the expected ones, in another order or number",
            ]
        );
    }
}
