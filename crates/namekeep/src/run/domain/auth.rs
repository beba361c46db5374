//! `namekeep domain auth`: a fresh authInfo for the registrant, in a file, never on a screen (TRF-13, TRF-16).

use std::path::Path;

use registrar::command::{IssueAuthInfo, ReadAuthInfo};
use serde::Serialize;

use super::super::{Ending, Session};
use crate::argument;
use crate::failure::Failure;
use crate::output::{Report, print};
use crate::run::init::ReservedFile;

#[derive(Serialize)]
struct AuthReport {
    name: String,
    file: String,
}

impl Report for AuthReport {
    fn text(&self) -> String {
        format!(
            "{}: a fresh authInfo is set at the registry and written to `{}` (mode 0600). Hand it to the registrant alone.",
            self.name, self.file
        )
    }
}

/// Sets a fresh authInfo and writes it to `out`.
pub fn run(session: &Session, name: &str, out: &Path) -> Result<Ending, Failure> {
    let name = argument::domain(name)?;
    let file = ReservedFile::make(out)?;
    let report = session.ordered(IssueAuthInfo { name: name.clone() })?;
    if report.ending() != Ending::Done {
        print(session.format, &report);
        return Ok(report.ending());
    }
    let auth_info = session.carry_out(ReadAuthInfo { name: name.clone() })?;
    file.fill(auth_info.expose())?;
    print(session.format, &AuthReport { name: name.to_string(), file: out.display().to_string() });
    Ok(Ending::Done)
}
