//! What a drill leaves behind: a report under the ledger's signature, in `drills/`, and its digest in the ledger.

use std::path::{Path, PathBuf};

use ::backup::GenerationId;
use model::Timestamp;
use policy::Actor;
use registrar::authorise;
use registrar::backup::{Drill, DrillRecord, NoteDrill};
use serde::Serialize;
use store::backup::Comparison;
use store::ledger::{self, Note};
use store::{SignerKey, Store, VerifierKey};

use super::broken;
use crate::failure::Failure;
use crate::instance::{Instance, store_failure};
use crate::output::{Report, counted, fields};

/// The folder of reports.
const FOLDER: &str = "drills";

/// Findings that are printed.
const SHOWN: usize = 20;

/// What came back, and what did not.
#[derive(Clone, Debug, Serialize)]
pub struct DrillReport {
    /// Which drill.
    pub drill: Drill,
    /// Whose.
    pub instance: String,
    /// When it was over.
    pub at: Timestamp,
    /// What was restored, in words.
    pub source: String,
    /// The generation, where it was one.
    pub generation: Option<GenerationId>,
    /// Objects that are there and are what they were.
    pub equal: u64,
    /// Objects that are missing.
    pub missing: u64,
    /// Objects that nobody knew.
    pub extra: u64,
    /// Objects that are not what they were.
    pub different: u64,
    /// Entries of the ledger, recomputed.
    pub ledger_entries: u64,
    /// Names of which the restored directory gave the right answer.
    pub answers: u64,
    /// Acknowledged writes that did not come back, counted in milliseconds before the disaster.
    pub rpo_ms: Option<u64>,
    /// Until the database was there.
    pub restored_ms: u64,
    /// Until the first right answer.
    pub rto_ms: u64,
    /// What cannot come back by this way, and is known not to.
    pub irrecoverable: Vec<String>,
    /// What is wrong, in sentences.
    pub findings: Vec<String>,
    /// Where the signed report is.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

impl DrillReport {
    /// Adds what a comparison of rows found.
    pub fn compare(&mut self, comparison: &Comparison) {
        let Comparison { equal, missing, extra, different } = comparison;
        (self.equal, self.missing, self.extra, self.different) = (*equal, missing.count, extra.count, different.count);
        for (what, told) in [("missing", missing), ("nobody's", extra), ("not what it was", different)] {
            self.findings.extend(told.first.iter().map(|row| format!("{what}: {row}")));
        }
    }

    /// Recomputes the ledger that came back.
    ///
    /// # Errors
    /// [`Failure`] if it cannot be read.
    pub fn verify_ledger(&mut self, store: &Store, key: &VerifierKey) -> Result<(), Failure> {
        let verification = ledger::verify_store(store, key).map_err(store_failure)?;
        self.ledger_entries = verification.verified;
        self.findings.extend(verification.finding.map(|finding| format!("the ledger does not hold: {finding}")));
        Ok(())
    }

    /// Signs it, writes it, and keeps what came of it in the ledger.
    ///
    /// # Errors
    /// [`Failure`] if one of the three cannot be done.
    pub fn keep(&mut self, instance: &Instance, actor: &Actor) -> Result<(), Failure> {
        let signer = SignerKey::read(&instance.path(&instance.config.keys.ledger)).map_err(store_failure)?;
        let json = serde_json::to_string_pretty(&self).map_err(|error| broken(&error))?;
        let note = Note::sign(format!("{json}\n"), &signer).to_text();
        let folder = instance.path(Path::new(FOLDER));
        std::fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, "make the folder", &error))?;
        let file = folder.join(format!("{}-{}.note", self.drill.word(), self.at.strftime("%Y%m%dT%H%M%SZ")));
        std::fs::write(&file, &note).map_err(|error| Failure::file(&file, "write the report", &error))?;
        self.file = Some(file);
        let record = DrillRecord {
            drill: self.drill,
            at: self.at,
            held: self.findings.is_empty(),
            generation: self.generation.clone(),
            equal: self.equal,
            rpo_ms: self.rpo_ms,
            rto_ms: self.rto_ms,
            report_sha256: store::sha256(&[note.as_bytes()]).iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        let noted = authorise(actor, NoteDrill(record)).map_err(registrar::Failure::from)?;
        Ok(instance.registrar.carry_out(noted)?)
    }
}

impl Report for DrillReport {
    fn text(&self) -> String {
        let mut rows = vec![
            ("drill", format!("{} of {}", self.drill.word(), self.instance)),
            ("restored", self.source.clone()),
            ("objects", format!("{} equal, {} missing, {} extra, {} different", self.equal, self.missing, self.extra, self.different)),
            ("ledger", counted(self.ledger_entries, "entry, as written", "entries, as written")),
        ];
        if self.answers > 0 {
            rows.push(("directory", counted(self.answers, "right answer", "right answers")));
        }
        if let Some(rpo) = self.rpo_ms {
            rows.push(("RPO", format!("{rpo} ms of acknowledged writes")));
        }
        let what = if self.answers > 0 { " to the first right answer" } else { "" };
        rows.push(("RTO", format!("{} ms{what}; the database was there after {} ms", self.rto_ms, self.restored_ms)));
        if let Some(file) = &self.file {
            rows.push(("report", format!("{} (under the ledger's signature)", file.display())));
        }
        let mut lines = vec![fields(&rows)];
        if !self.irrecoverable.is_empty() {
            lines.push(format!("Cannot come back by this way: {}.", self.irrecoverable.join(", ")));
        }
        lines.push(match self.findings.len() {
            0 => "Everything came back.".to_owned(),
            count => format!("{}:\n  {}", counted(count as u64, "finding", "findings"), self.findings[..count.min(SHOWN)].join("\n  ")),
        });
        lines.join("\n")
    }
}
