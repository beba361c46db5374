//! The tour of the demo on the program as the tests build it: its frames go to the schema judge too, which those of the shipped program
//! cannot.

use std::process::{Command, Stdio};

#[test]
fn the_tour_of_the_demo_passes() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_namekeep"))
        .args(["demo", "--check", "--folder"])
        .arg(folder.path().join("demo"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{:?}: {printed}", output.status);
}
