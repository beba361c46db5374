//! Every EPP frame that the tests emit, judged by `xmllint` against the published schemas.
//!
//! The room `epp` writes each into the folder that [`CAPTURE_VARIABLE`] names, one file `*.xml` a frame, when its tests or
//! those of its users run.

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

/// Namespaces of registries that publish no schema we may carry. A frame that uses one is counted, not judged.
const WITHOUT_SCHEMA: &[&str] = &[
    "http://www.verisign-grs.com/epp/namestoreExt-1.1",
    "http://www.verisign.com/epp/idnLang-1.0",
    "http://www.verisign.com/epp/sync-1.0",
    "urn:ietf:params:xml:ns:tmNotice-1.0",
];

/// Declared everywhere, described nowhere: XML's own.
const XML_SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The step `tests`: all tests but those with a step of their own, their frames kept for the step `frames`.
pub fn run_tests_and_keep_frames(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let dir = room.frame_dir();
    empty_dir(&dir).map_err(|error| broken(&error, step))?;
    let line = CommandLine::new(["cargo", "nextest", "run", "--locked", "--workspace", "--all-features", "--no-fail-fast"])
        .args(["-E", "not (test(/exactly_once/) | test(/canary/))"])
        .env(CAPTURE_VARIABLE, dir.display().to_string());
    run_tests(room, step, &line)
}

/// The step `frames`.
pub fn judge(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let survey = Survey::of(&room.frame_dir(), &room.schema_dir()).map_err(|error| broken(&error, step))?;
    if survey.judged.is_empty() {
        let why = format!("no frame in {}; the step `tests` puts them there", room.shown(&room.frame_dir()));
        return Err(Failure { why, repeat: "cargo xtask test --only tests --only frames".to_owned(), log: None }.into());
    }
    let log = room.log(step.name);
    let schema = room.shown(&room.schema_dir().join("all.xsd"));
    for frames in survey.judged.chunks(FRAMES_PER_CALL) {
        let line = CommandLine::new(["xmllint", "--nonet", "--noout", "--schema"])
            .args([schema.as_str()])
            .args(frames.iter().map(|path| room.shown(path)));
        line.run_logged(room.root(), &log, step.pace.limit()).map_err(|failure| only_the_invalid(failure, &log, &schema))?;
    }
    Ok(Passed { checks: survey.judged.len(), notes: survey.notes(), left_out: Vec::new() })
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
    judged: Vec<PathBuf>,
    kinds: BTreeMap<&'static str, usize>,
    without_schema: BTreeMap<&'static str, usize>,
}

impl Survey {
    fn of(frames: &Path, schemas: &Path) -> Result<Self> {
        let described = described_namespaces(schemas)?;
        let mut survey = Self::default();
        for path in files(frames, "xml")? {
            let bytes = std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
            let text = String::from_utf8_lossy(&bytes);
            *survey.kinds.entry(kind(&text)).or_default() += 1;
            let strange = namespaces(&text).into_iter().find(|namespace| !described.contains(*namespace));
            match strange.and_then(|namespace| WITHOUT_SCHEMA.iter().find(|known| **known == namespace)) {
                Some(known) => *survey.without_schema.entry(known).or_default() += 1,
                // A namespace that is neither described nor listed is for xmllint to refuse.
                None => survey.judged.push(path),
            }
        }
        Ok(survey)
    }

    fn notes(&self) -> Vec<String> {
        let kinds = self.kinds.iter().map(|(kind, count)| format!("{count} {kind}"));
        let without = self.without_schema.iter().map(|(namespace, count)| format!("{count} not judged, no schema for {namespace}"));
        std::iter::once(format!("{} frames valid", self.judged.len())).chain(kinds).chain(without).collect()
    }
}

/// The namespaces that the schemas describe.
fn described_namespaces(schemas: &Path) -> Result<BTreeSet<String>> {
    let mut described = BTreeSet::from([XML_SCHEMA_INSTANCE.to_owned()]);
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
    fn only_listed_namespaces_escape_the_judge() {
        let room = Room::find().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let frame =
            |namespace: &str| format!("<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><command><x xmlns='{namespace}'/></command></epp>");
        let cases = [
            ("known", "urn:ietf:params:xml:ns:domain-1.0"),
            ("listed", "http://www.verisign.com/epp/sync-1.0"),
            ("invented", "urn:nobody:knows"),
        ];
        for (name, namespace) in cases {
            std::fs::write(dir.path().join(format!("{name}.xml")), frame(namespace)).unwrap();
        }
        let survey = Survey::of(dir.path(), &room.schema_dir()).unwrap();
        let judged: Vec<_> = survey.judged.iter().filter_map(|path| path.file_stem()).collect();
        assert_eq!(judged, ["invented", "known"]);
        assert_eq!(survey.notes(), ["2 frames valid", "3 commands", "1 not judged, no schema for http://www.verisign.com/epp/sync-1.0"]);
    }
}
