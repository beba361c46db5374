//! The tour: scenes that show what a registrar does, each claim checked where it can be seen from outside.

use jiff::SignedDuration;
use model::DomainName;
use serde::Serialize;

use super::house::House;
use super::scene;
use super::stage::Stage;
use crate::failure::Failure;
use crate::output::Format;
use crate::progress::Progress;

/// A claim of the tour, and whether it held.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What is claimed.
    pub claim: String,
    /// Whether it held.
    pub holds: bool,
    /// What was seen.
    pub detail: String,
}

/// The tour under way.
pub struct Tour {
    stage: Stage,
    format: Format,
    findings: Vec<Finding>,
}

impl Tour {
    /// A tour over a stage that is set.
    pub fn new(stage: Stage, format: Format) -> Self {
        Self { stage, format, findings: Vec::new() }
    }

    /// Plays every scene.
    pub async fn play(&mut self) -> Result<(), Failure> {
        scene::portfolio::play(self).await?;
        scene::register::play(self).await?;
        scene::renew::play(self).await?;
        scene::change::play(self).await?;
        scene::cut::play(self).await?;
        scene::transfer_in::play(self).await?;
        scene::transfer_out::play(self).await?;
        scene::verify::play(self).await?;
        scene::directory::play(self).await?;
        scene::expiry::play(self).await?;
        scene::proof::play(self).await
    }

    /// The stage.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The registrar that the tour is about.
    pub fn ours(&self) -> &House {
        &self.stage.ours
    }

    /// What was found so far.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Opens a scene.
    pub fn scene(&self, title: &str) {
        self.say(&format!("\n== {title}  [{}]", self.stage.clock.now().strftime("%Y-%m-%d %H:%M")));
    }

    /// Says something.
    pub fn say(&self, words: &str) {
        if self.format == Format::Text {
            anstream::println!("{words}");
        }
    }

    /// Claims something and shows what was seen.
    pub fn claim(&mut self, claim: &str, holds: bool, detail: impl Into<String>) {
        let detail = detail.into();
        let mark = if holds { "ok " } else { "NOT SO" };
        self.say(&if detail.is_empty() { format!("  {mark} {claim}") } else { format!("  {mark} {claim}: {detail}") });
        self.findings.push(Finding { claim: claim.to_owned(), holds, detail });
    }

    /// Lets days pass, one by one, both registrars working each day.
    pub async fn days(&mut self, days: u32) -> Result<(), Failure> {
        let progress = Progress::of(u64::from(days), "days lived");
        for day in 0..days {
            progress.at(u64::from(day));
            self.stage.advance(SignedDuration::from_hours(24)).await?;
        }
        Ok(())
    }

    /// How often the registry executed a command on a name, by its own ledger.
    pub async fn executed(&self, name: &DomainName, verb: sandbox::Verb) -> Result<usize, Failure> {
        self.stage.executed(name, verb).await
    }
}
