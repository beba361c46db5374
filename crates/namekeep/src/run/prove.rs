//! `namekeep prove NAME`: every duty of a name with its evidence, and its ledger entries with their audit paths.

use std::path::Path;

use registrar::prove::{NameProof, ProofOf};
use serde::Serialize;

use super::duties::duty_table;
use super::{Ending, Session};
use crate::argument;
use crate::failure::{Exit, Failure};
use crate::output::{Format, Report, print};

#[derive(Serialize)]
#[serde(transparent)]
struct ProofReport(NameProof);

impl Report for ProofReport {
    fn text(&self) -> String {
        let lives = self.0.lives.iter().map(|life| {
            let entries = life.ledger.get("entries").and_then(|entries| entries.as_array()).map_or(0, Vec::len);
            format!(
                "{} ({}): {entries} ledger entries proven\n{}",
                life.domain,
                life.phase.word(),
                duty_table(life.duties.iter().map(|duty| (None, duty)))
            )
        });
        format!("{}, proven at {}\n\n{}", self.0.name, self.0.made_at, lives.collect::<Vec<_>>().join("\n\n"))
    }
}

/// Proves a name, to the screen or as JSON to a file.
pub fn run(session: &Session, name: &str, out: Option<&Path>) -> Result<Ending, Failure> {
    let report = ProofReport(session.ask(ProofOf { name: argument::domain(name)? })?);
    match out {
        None => print(session.format, &report),
        Some(path) => {
            let json = serde_json::to_vec_pretty(&report)
                .map_err(|error| Failure::new(Exit::Fault, "json", format!("The proof could not be written as JSON: {error}.")))?;
            std::fs::write(path, json).map_err(|error| Failure::file(path, "write the proof to", &error))?;
            if session.format == Format::Text {
                anstream::println!("The proof of {} is in `{}`.", report.0.name, path.display());
            }
        }
    }
    Ok(Ending::Done)
}
