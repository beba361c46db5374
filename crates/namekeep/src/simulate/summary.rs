//! What a life came to, as tables for people and JSON for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::audit::Books;
use crate::output::{Report, fields, table};

/// How often a worker died around a commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Deadly {
    /// Just before it.
    pub before: u64,
    /// Just after it.
    pub after: u64,
}

/// What one life came to. The same seed gives the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Names that were ever in our care.
    pub names: u64,
    /// Days lived.
    pub days: u64,
    /// Creates that registries confirmed.
    pub registered: u64,
    /// Renewals that we asked for and registries confirmed.
    pub renewed: u64,
    /// Renewals that registries made by themselves.
    pub auto_renewed: u64,
    /// Transfers that brought a name to us.
    pub transferred_in: u64,
    /// Transfers that took a name away.
    pub transferred_out: u64,
    /// Ends of term.
    pub expired: u64,
    /// Deletions that registries confirmed.
    pub deleted: u64,
    /// Restores completed.
    pub restored: u64,
    /// Names that left their registry.
    pub purged: u64,
    /// Notices carried.
    pub notices_sent: u64,
    /// Verifications of holders.
    pub verified: u64,
    /// People who were enrolled at the beginning.
    pub registrants: u64,
    /// Requests to be erased that were taken.
    pub erasures_asked: u64,
    /// People who are erased.
    pub erased: u64,
    /// Duties by how they ended; those that are not due yet are open.
    pub duties: BTreeMap<String, u64>,
    /// Orders that the rules refused, by code.
    pub refused_orders: BTreeMap<String, u64>,
    /// Commands that change something and whose answer was lost.
    pub lost_answers: u64,
    /// Outcomes that were proven afterwards.
    pub reconciled: u64,
    /// Times the power was cut.
    pub crashes: u64,
    /// Of these, around commits, by worker.
    pub deaths: BTreeMap<String, Deadly>,
    /// Outages of a day and more.
    pub outages: u64,
    /// Duties that lapsed because the whole time for them lay in an outage.
    pub excused: u64,
    /// Entries in our ledger.
    pub ledger_entries: u64,
    /// Transforms in the registries' ledgers that we sent.
    pub transforms: u64,
    /// What we booked and what the registries billed, per registry, in minor units.
    pub charges: BTreeMap<String, Books>,
    /// Checks made: one for each name, duty, charge, command and ledger entry looked at.
    pub checks: u64,
}

/// A life with what it took.
#[derive(Clone, Debug, Serialize)]
pub struct Lived {
    /// The seed.
    pub seed: u64,
    /// What it came to.
    #[serde(flatten)]
    pub tally: Tally,
    /// How long it took, in milliseconds of real time.
    pub wall_ms: u64,
}

/// All lives of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Names each life began with.
    pub domains: u32,
    /// Years each lasted.
    pub years: u32,
    /// The lives.
    pub lives: Vec<Lived>,
}

impl Report for Summary {
    fn text(&self) -> String {
        let verdict = format!(
            "{} of {} names over {} years: every invariant holds, no duty was missed that we were there to keep, both sides' books agree entry for entry.",
            if self.lives.len() == 1 { "A life".to_owned() } else { format!("{} lives", self.lives.len()) },
            self.domains,
            self.years
        );
        match self.lives.as_slice() {
            [life] => format!("{}\n\n{verdict}", life.text()),
            lives => format!("{}\n\n{verdict}", rows(lives)),
        }
    }
}

impl Lived {
    fn text(&self) -> String {
        let tally = &self.tally;
        let number = |value: u64| value.to_string();
        let duty = |state: &str| number(tally.duties.get(state).copied().unwrap_or_default());
        let mut lines = vec![
            ("seed", number(self.seed)),
            ("names in our care", number(tally.names)),
            ("registered", number(tally.registered)),
            ("renewed", number(tally.renewed)),
            ("renewed by registries", number(tally.auto_renewed)),
            ("transferred in", number(tally.transferred_in)),
            ("transferred out", number(tally.transferred_out)),
            ("expired", number(tally.expired)),
            ("deleted", number(tally.deleted)),
            ("restored", number(tally.restored)),
            ("purged", number(tally.purged)),
            ("notices sent", number(tally.notices_sent)),
            ("holders verified", number(tally.verified)),
            ("registrants at first", number(tally.registrants)),
            ("erasures asked for", number(tally.erasures_asked)),
            ("people erased", number(tally.erased)),
            ("duties fulfilled", duty("fulfilled")),
            ("duties released", duty("released")),
            ("duties lapsed in outages", number(tally.excused)),
            ("duties not due yet", duty("open")),
            ("orders refused by rules", number(tally.refused_orders.values().sum())),
            ("answers lost", number(tally.lost_answers)),
            ("outcomes proven afterwards", number(tally.reconciled)),
            ("crashes", number(tally.crashes)),
            ("  just before a commit", number(tally.deaths.values().map(|deadly| deadly.before).sum())),
            ("  just after a commit", number(tally.deaths.values().map(|deadly| deadly.after).sum())),
            ("outages", number(tally.outages)),
            ("entries in our ledger", number(tally.ledger_entries)),
            ("transforms at registries", number(tally.transforms)),
        ];
        let books: Vec<String> = tally
            .charges
            .iter()
            .map(|(registry, books)| format!("{registry}: ours {}, theirs {}", books.ours_minor, books.theirs_minor))
            .collect();
        lines.push(("charges, minor units", books.join("; ")));
        lines.push(("checks", number(tally.checks)));
        lines.push(("wall time", format!("{:.1} s", seconds(self.wall_ms))));
        fields(&lines)
    }
}

fn rows(lives: &[Lived]) -> String {
    let header = [
        "seed",
        "names",
        "registered",
        "renewed",
        "in",
        "out",
        "expired",
        "deleted",
        "restored",
        "notices",
        "lost",
        "proven",
        "crashes",
        "ledger",
        "s",
    ];
    table(
        &header,
        lives.iter().map(|life| {
            let tally = &life.tally;
            let counts = [
                life.seed,
                tally.names,
                tally.registered,
                tally.renewed + tally.auto_renewed,
                tally.transferred_in,
                tally.transferred_out,
                tally.expired,
                tally.deleted,
                tally.restored,
                tally.notices_sent,
                tally.lost_answers,
                tally.reconciled,
                tally.crashes,
                tally.ledger_entries,
            ];
            counts.iter().map(u64::to_string).chain([format!("{:.1}", seconds(life.wall_ms))]).collect()
        }),
    )
}

/// Milliseconds as seconds, for people.
#[allow(clippy::cast_precision_loss, reason = "a life takes no 2^53 milliseconds")]
fn seconds(wall_ms: u64) -> f64 {
    wall_ms as f64 / 1000.0
}
