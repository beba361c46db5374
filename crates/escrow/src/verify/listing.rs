//! The folder of a deposit: what lies there, and whether it is one deposit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::expect::Expect;
use super::finding::Findings;
use crate::file_name::{FileName, Holds, Packing};

/// Most files of a deposit that are looked at.
const FILE_LIMIT: usize = 100_000;

/// A file of the deposit.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub path: PathBuf,
    /// As it is called there.
    pub written_name: String,
    pub name: FileName,
    pub packing: Packing,
}

/// The files of the deposit, in the order of their names and parts.
pub(super) fn read(folder: &Path, expect: &Expect<'_>, findings: &mut Findings) -> Vec<Listed> {
    let place = folder.display().to_string();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            findings.add("folder.unreadable", &place, error);
            return Vec::new();
        }
    };
    let mut files: BTreeMap<FileName, Listed> = BTreeMap::new();
    for entry in entries.take(FILE_LIMIT) {
        let path = match entry {
            Ok(entry) => entry.path(),
            Err(error) => {
                findings.add("folder.unreadable", &place, error);
                continue;
            }
        };
        let written_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match FileName::parse(&written_name) {
            Err(error) => findings.add("file.stray", &written_name, error.reason),
            Ok((name, packing)) => {
                let listed = Listed { path, written_name, name, packing };
                if let Some(twin) = files.insert(name, listed) {
                    let twin = twin.written_name;
                    findings.add("file.twice", &twin, "the same file lies there packed in two ways; a copy in clear must never be sent");
                }
            }
        }
    }
    let files: Vec<Listed> = files.into_values().collect();
    judge_names(&files, expect, findings);
    judge_parts(&files, &place, findings);
    files
}

fn judge_names(files: &[Listed], expect: &Expect<'_>, findings: &mut Findings) {
    for file in files {
        let FileName { registrar, day, .. } = file.name;
        if let Some(wanted) = expect.registrar.filter(|wanted| *wanted != registrar) {
            findings.add("file.registrar", &file.written_name, format!("it is of registrar {registrar}, and {wanted} was expected"));
        }
        if let Some(wanted) = expect.day.filter(|wanted| *wanted != day) {
            findings.add("file.day", &file.written_name, format!("it is of {day}, and {wanted} was expected: an old deposit sent again?"));
        }
        let is_table = file.name.holds != Holds::Hashes;
        if is_table && expect.opener.is_some() && !file.packing.is_sealed {
            findings.add("file.in-clear", &file.written_name, "it is not sealed, and holds what people gave us in confidence");
        }
    }
    if let Some(odd) = files.iter().find(|file| (file.name.registrar, file.name.day) != (files[0].name.registrar, files[0].name.day)) {
        findings.add("file.mixed", &odd.written_name, format!("it does not belong to the deposit of {}", files[0].written_name));
    }
}

/// Parts are numbered without a gap, from 1 or, with some, from 0 (Q2).
fn judge_parts(files: &[Listed], place: &str, findings: &mut Findings) {
    for holds in [Holds::Full, Holds::Incremental, Holds::Handles] {
        let parts: Vec<u32> = files.iter().filter(|file| file.name.holds == holds).filter_map(|file| file.name.part).collect();
        let Some(&first) = parts.first() else { continue };
        if first > 1 {
            findings.add("parts.gap", place, format!("the parts of `{}` begin with {first}; part 1 is missing", holds.word()));
        }
        for pair in parts.windows(2) {
            if pair[1] != pair[0] + 1 {
                findings.add("parts.gap", place, format!("part {} of `{}` is missing", pair[0] + 1, holds.word()));
            }
        }
    }
    let count = |wanted: Holds| files.iter().filter(|file| file.name.holds == wanted).count();
    match count(Holds::Hashes) {
        0 => findings.add("hash.no-file", place, "there is no file of hashes, so nothing says that the others are whole"),
        1 => {}
        many => findings.add("hash.many-files", place, format!("there are {many} files of hashes")),
    }
    if count(Holds::Full) > 0 && count(Holds::Incremental) > 0 {
        findings.add("file.mixed", place, "a full and an incremental deposit lie in one folder");
    }
    if count(Holds::Full) + count(Holds::Incremental) == 0 {
        findings.add("file.no-names", place, "there is no file of names; a registrar without names deposits one with a header alone");
    }
}
