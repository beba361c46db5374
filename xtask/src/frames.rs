//! Every EPP frame that the tests emit, judged by `xmllint` against the published schemas, and those that carry a vendor's
//! extension against these and our restatements of the vendor's.
//!
//! The room `epp` writes each into the folder that [`CAPTURE_VARIABLE`] names, one file `*.xml` a frame, when its tests or
//! those of its users run. The program that the tests start is built with them and writes too; the one that is shipped cannot.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command_line::{CommandLine, Failure};
use crate::room::{Room, empty_dir};
use crate::steps::Step;
use crate::tally::{Failed, Passed};
use crate::test::run_tests;

/// The variable that tells `epp::capture` where to leave the frames.
pub const CAPTURE_VARIABLE: &str = "NAMEKEEP_FRAME_CAPTURE";

/// Frames given to one `xmllint`; it reads the schemas once a call, and command lines have an end.
const FRAMES_PER_CALL: usize = 500;

/// The step `tests`: all tests but those with a step of their own, their frames kept for the step `frames`.
pub fn run_tests_and_keep_frames(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let dir = room.frame_dir();
    empty_dir(&dir).map_err(|error| broken(&error, step))?;
    let line = CommandLine::new(["cargo", "nextest", "run", "--locked", "--workspace", "--all-features", "--no-fail-fast"])
        .args(["-E", "not (test(/exactly_once/) | test(/canary/) | test(/(^|::)hsm::/))"])
        .env(CAPTURE_VARIABLE, dir.display().to_string());
    run_tests(room, step, &line)
}

/// A step of tests that adds its frames to those of the step `tests`.
pub fn run_more_tests_and_keep_frames(room: &Room, step: &Step, words: &[&str], env: &[(&str, &str)]) -> Result<Passed, Failed> {
    let line = CommandLine::new(words.iter().copied()).env(CAPTURE_VARIABLE, room.frame_dir().display().to_string());
    run_tests(room, step, &env.iter().fold(line, |line, (name, value)| line.env(name, *value)))
}

/// The step `frames`.
pub fn judge(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let survey = Survey::of(&room.frame_dir(), &room.vendor_schema_dir()).map_err(|error| broken(&error, step))?;
    if survey.published.is_empty() {
        let why = format!("no frame in {}; the step `tests` puts them there", room.shown(&room.frame_dir()));
        return Err(Failure { why, repeat: "cargo xtask test --only tests --only frames".to_owned(), log: None }.into());
    }
    let log = room.log(step.name);
    let published = room.shown(&room.schema_dir().join("all.xsd"));
    let with_vendor = room.shown(&room.vendor_schema_dir().join("all-with-vendor.xsd"));
    for (schema, frames) in [(published, &survey.published), (with_vendor, &survey.with_vendor)] {
        for frames in frames.chunks(FRAMES_PER_CALL) {
            let line = CommandLine::new(["xmllint", "--nonet", "--noout", "--schema"])
                .args([schema.as_str()])
                .args(frames.iter().map(|path| room.shown(path)));
            line.run_logged(room.root(), &log, step.pace.limit()).map_err(|failure| only_the_invalid(failure, &log, &schema))?;
        }
    }
    Ok(Passed { checks: survey.published.len() + survey.with_vendor.len(), notes: survey.notes(), left_out: Vec::new() })
}

/// `xmllint` names every file; keep what it says of the invalid ones, and a command for the first of them.
fn only_the_invalid(failure: Failure, log: &Path, schema: &str) -> Failed {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let complaints: Vec<&str> = text.lines().filter(|line| !line.ends_with(" validates")).collect();
    let invalid: Vec<&str> = complaints.iter().filter_map(|line| line.strip_suffix(" fails to validate")).collect();
    // The log is shown; if it cannot be shortened the long one is shown.
    drop(std::fs::write(log, complaints.join("\n")));
    let repeat = invalid.first().map_or(failure.repeat, |frame| format!("xmllint --nonet --noout --schema {schema} {frame}"));
    let why = format!("{} frames are not valid", invalid.len());
    let passed = text.lines().filter(|line| line.ends_with(" validates")).count();
    Failed { passed, failed: invalid.len().max(1), failure: Failure { why, repeat, log: failure.log } }
}

/// What the frames are, before anybody judges them.
#[derive(Debug, Default)]
struct Survey {
    /// For the published schemas. A frame with a namespace that nobody describes is among them, for `xmllint` to refuse.
    published: Vec<PathBuf>,
    /// For these and our restatements of a vendor's.
    with_vendor: Vec<PathBuf>,
    kinds: BTreeMap<&'static str, usize>,
}

impl Survey {
    fn of(frames: &Path, schemas: &Path) -> Result<Self> {
        let restated = target_namespaces(&schemas.join("vendor"))?;
        let mut survey = Self::default();
        for path in files(frames, "xml")? {
            let bytes = std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
            let text = String::from_utf8_lossy(&bytes);
            *survey.kinds.entry(kind(&text)).or_default() += 1;
            match namespaces(&text).into_iter().any(|namespace| restated.contains(namespace)) {
                true => survey.with_vendor.push(path),
                false => survey.published.push(path),
            }
        }
        Ok(survey)
    }

    fn notes(&self) -> Vec<String> {
        let kinds = self.kinds.iter().map(|(kind, count)| format!("{count} {kind}"));
        let valid = format!("{} frames valid by the published schemas", self.published.len());
        let with_vendor = format!("{} by these and our restatements of a vendor's", self.with_vendor.len());
        [valid, with_vendor].into_iter().chain(kinds).collect()
    }
}

/// The namespaces that the schemas in a folder describe.
fn target_namespaces(schemas: &Path) -> Result<BTreeSet<String>> {
    let mut described = BTreeSet::new();
    for path in files(schemas, "xsd")? {
        let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let target = text.split_once("targetNamespace=").and_then(|(_, rest)| first_quoted(rest));
        described.extend(target.map(ToOwned::to_owned));
    }
    Ok(described)
}

/// The namespaces that a frame declares.
fn namespaces(text: &str) -> Vec<&str> {
    text.split("xmlns")
        .skip(1)
        .filter(|rest| rest.starts_with([':', '=']))
        .filter_map(|rest| rest.split_once('=').and_then(|(_, value)| first_quoted(value)))
        .collect()
}

/// The text between the first quotation mark and its pair.
fn first_quoted(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let mark = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text[1..].split_once(mark).map(|(quoted, _)| quoted)
}

/// What a frame is, by the first element that says so.
fn kind(text: &str) -> &'static str {
    const KINDS: [(&str, &str); 4] = [("greeting", "greetings"), ("hello", "hellos"), ("command", "commands"), ("response", "responses")];
    let first_element = |name: &str| [format!("<{name}"), format!(":{name}")].iter().filter_map(|tag| text.find(tag.as_str())).min();
    KINDS.iter().filter_map(|(name, plural)| first_element(name).map(|place| (place, *plural))).min().map_or("others", |(_, plural)| plural)
}

/// The files of a directory with an extension, in order.
fn files(dir: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be listed", dir.display())),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn broken(error: &anyhow::Error, step: &Step) -> Failed {
    Failure { why: format!("{error:#}"), repeat: format!("cargo xtask test --only {}", step.name), log: None }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_told_apart_by_their_first_telling_element() {
        let cases = [
            ("<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><hello/></epp>", "hellos"),
            ("<epp:epp><epp:command><check/></epp:command></epp:epp>", "commands"),
            ("<epp><response><result code='1000'><msg>command done</msg></result></response></epp>", "responses"),
            ("<epp><greeting><svID>hello</svID></greeting></epp>", "greetings"),
            ("<other/>", "others"),
        ];
        for (frame, expected) in cases {
            assert_eq!(kind(frame), expected, "{frame}");
        }
    }

    #[test]
    fn declared_namespaces_are_found_in_either_form() {
        let frame = r#"<epp xmlns="urn:a"><x:y xmlns:x = 'urn:b' note="xmlns"/></epp>"#;
        assert_eq!(namespaces(frame), ["urn:a", "urn:b"]);
    }

    #[test]
    fn a_vendors_frames_are_judged_with_the_restatements_and_nothing_escapes() {
        let room = Room::find().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let frame =
            |namespace: &str| format!("<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><command><x xmlns='{namespace}'/></command></epp>");
        let cases = [
            ("known", "urn:ietf:params:xml:ns:domain-1.0"),
            ("vendor", "http://www.verisign.com/epp/sync-1.0"),
            ("invented", "urn:nobody:knows"),
        ];
        for (name, namespace) in cases {
            std::fs::write(dir.path().join(format!("{name}.xml")), frame(namespace)).unwrap();
        }
        let survey = Survey::of(dir.path(), &room.vendor_schema_dir()).unwrap();
        let names = |paths: &[PathBuf]| paths.iter().map(|path| path.file_stem().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(names(&survey.published), ["invented", "known"]);
        assert_eq!(names(&survey.with_vendor), ["vendor"]);
        let notes = ["2 frames valid by the published schemas", "1 by these and our restatements of a vendor's", "3 commands"];
        assert_eq!(survey.notes(), notes);
    }
}
