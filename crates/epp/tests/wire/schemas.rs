//! Every frame this room can write, judged by the schemas of the RFCs through `xmllint`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const XMLLINT_MISSING: &str = "`xmllint` judges the frames and is not installed; on Debian: apt-get install libxml2-utils";

/// What `xmllint` says of these files, in one call.
pub(crate) fn judge(files: &[PathBuf]) -> Output {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/all-with-vendor.xsd");
    let output = Command::new("xmllint").arg("--nonet").arg("--noout").arg("--schema").arg(schema).args(files).output();
    output.expect(XMLLINT_MISSING)
}

/// What it found wrong; empty when every file is valid.
pub(crate) fn faults(output: &Output) -> Vec<String> {
    let said = String::from_utf8_lossy(&output.stderr);
    let faults: Vec<String> = said.lines().filter(|line| !line.ends_with(" validates")).map(Into::into).collect();
    assert_eq!(output.status.success(), faults.is_empty(), "the verdict and its reasons agree: {faults:?}");
    faults
}

#[test]
fn every_sample_is_valid() {
    let samples = epp::samples::samples().unwrap();
    let names: BTreeSet<&String> = samples.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), samples.len(), "sample names are unique");

    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (name, frame) in &samples {
        let file = folder.path().join(format!("{name}.xml"));
        std::fs::write(&file, frame).unwrap();
        files.push(file);
    }
    assert_eq!(faults(&judge(&files)), Vec::<String>::new());
    println!("{} frames valid", samples.len());
}

/// The judge itself is judged: a frame that breaks a rule must fail.
#[test]
fn the_schemas_find_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let (_, frame) = epp::samples::samples().unwrap().into_iter().find(|(name, _)| name == "together-create-1.0").unwrap();
    let text = String::from_utf8(frame).unwrap();
    let breaks = [
        ("period", text.replace(">2</domain:period>", ">0</domain:period>")),
        ("algorithm", text.replace("<secDNS:alg>13<", "<secDNS:alg>300<")),
        ("unknown namespace", text.replace("http://www.verisign.com/epp/idnLang-1.0", "urn:example:unknown")),
        ("order", text.replace("<clTRID>NK-0001-1</clTRID>", "").replace("<command>", "<command><clTRID>NK-0001-1</clTRID>")),
    ];
    for (name, broken) in breaks {
        assert_ne!(broken, text, "{name} changed nothing");
        let file = folder.path().join("broken.xml");
        std::fs::write(&file, broken).unwrap();
        assert!(!faults(&judge(&[file])).is_empty(), "{name} passed");
    }
}
