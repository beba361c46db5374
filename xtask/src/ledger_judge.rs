//! The ledgers of the demo, judged by another project's log client: `tests/judges/tlog/main.go`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::command_line::{CommandLine, Failure};
use crate::room::Room;
use crate::steps::{NAMEKEEP, Step};
use crate::tally::{Failed, Passed};

/// Where Debian puts the sources of Go packages.
const GO_PATH: &str = "/usr/share/gocode";

/// The folder as a whole, and one proof from it.
const CHECKS_PER_LEDGER: usize = 2;

/// How deep below the demo's folder an instance may lie.
const DEPTH_LIMIT: usize = 3;

/// Checks every instance of the demo: its folder of tiles, and the proof of one of its names, against its public key.
pub fn judge(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let log = room.log(step.name);
    let prepared = prepare(room).map_err(|error| {
        let repeat = "cargo xtask test --only demo --only ledger".to_owned();
        Failed::from(Failure { why: format!("{error:#}"), repeat, log: None })
    })?;
    let mut passed = Passed::default();
    for one in prepared {
        CommandLine::new(["go", "run", "tests/judges/tlog/main.go"])
            .args(["-key", &one.key, "-folder", &room.shown(&one.folder), "-proof", &room.shown(&one.proof)])
            .env("GO111MODULE", "off")
            .env("GOPATH", GO_PATH)
            .run_logged(room.root(), &log, step.pace.limit())?;
        passed.checks += CHECKS_PER_LEDGER;
    }
    passed.notes = std::fs::read_to_string(&log).unwrap_or_default().lines().map(ToOwned::to_owned).collect();
    Ok(passed)
}

/// What the judge is given.
struct Prepared {
    key: String,
    folder: PathBuf,
    proof: PathBuf,
}

/// Asks each instance of the demo for its public key and the proof of its first name.
fn prepare(room: &Room) -> Result<Vec<Prepared>> {
    let demo = room.work_dir().join("demo");
    let ledgers = find_ledgers(&demo, DEPTH_LIMIT);
    if ledgers.is_empty() {
        bail!("no ledger below {}; the step `demo` makes it", room.shown(&demo));
    }
    ledgers.into_iter().enumerate().map(|(index, folder)| prepare_one(room, index, folder)).collect()
}

fn prepare_one(room: &Room, index: usize, folder: PathBuf) -> Result<Prepared> {
    let instance = folder.parent().context("the ledger lies nowhere")?;
    let namekeep = |words: &[&str]| {
        let line = CommandLine::new([NAMEKEEP, "--dir", &room.shown(instance)]).args(words.iter().copied());
        line.probe(room.root()).with_context(|| format!("`{line}` fails"))
    };
    let key = verifier_key(&namekeep(&["ledger", "key"])?).context("`ledger key` prints no key of the form NAME+HASH+KEY")?;
    let portfolio = serde_json::from_str(&namekeep(&["--json", "domain", "list"])?).context("`domain list --json` is not JSON")?;
    let name = first_name(&portfolio).context("the portfolio is empty")?;
    let proof = room.work_dir().join(format!("proof-{index}.json"));
    namekeep(&["ledger", "prove", name, "--out", &room.shown(&proof)])?;
    Ok(Prepared { key, folder, proof })
}

/// Every folder that holds a checkpoint.
fn find_ledgers(dir: &Path, depth: usize) -> Vec<PathBuf> {
    if dir.join("checkpoint").is_file() {
        return vec![dir.to_path_buf()];
    }
    let below = std::fs::read_dir(dir).ok().into_iter().flatten().flatten().map(|entry| entry.path());
    let mut below: Vec<PathBuf> = below.filter(|path| depth > 0 && path.is_dir()).collect();
    below.sort();
    below.iter().flat_map(|dir| find_ledgers(dir, depth - 1)).collect()
}

/// The word of the form `NAME+HASH+KEY` (C2SP signed-note).
fn verifier_key(text: &str) -> Option<String> {
    let is_key = |word: &&str| word.split('+').nth(1).is_some_and(|hash| hash.len() == 8 && hash.chars().all(|c| c.is_ascii_hexdigit()));
    text.split_whitespace().find(is_key).map(ToOwned::to_owned)
}

/// The first `name` in a document, however deep.
fn first_name(value: &Value) -> Option<&str> {
    match value {
        Value::Object(fields) => fields.get("name").and_then(Value::as_str).or_else(|| fields.values().find_map(first_name)),
        Value::Array(items) => items.iter().find_map(first_name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_found_in_what_is_printed() {
        let key = "ledger.example+3afe87be+AQ9DiOBII88SrRvUjR90qRIvqpgrukofKQTfj956j+Ii";
        assert_eq!(verifier_key(key).as_deref(), Some(key));
        assert_eq!(verifier_key(&format!("ledger key  {key}\n")).as_deref(), Some(key));
        assert_eq!(verifier_key("no key a+b+c"), None);
    }

    #[test]
    fn every_ledger_below_the_demo_is_found() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(find_ledgers(dir.path(), DEPTH_LIMIT), Vec::<PathBuf>::new());
        let ledger = dir.path().join("b/registrar/ledger");
        std::fs::create_dir_all(&ledger).unwrap();
        std::fs::create_dir_all(dir.path().join("a/empty")).unwrap();
        std::fs::write(ledger.join("checkpoint"), "").unwrap();
        assert_eq!(find_ledgers(dir.path(), DEPTH_LIMIT), [ledger]);
        assert_eq!(find_ledgers(dir.path(), 1), Vec::<PathBuf>::new());
    }

    #[test]
    fn the_first_name_is_found_at_any_depth() {
        let document = serde_json::json!({"page": {"next": null, "domains": [{"id": 1}, {"id": 2, "name": "a.example"}]}});
        assert_eq!(first_name(&document), Some("a.example"));
        assert_eq!(first_name(&serde_json::json!([])), None);
    }
}
