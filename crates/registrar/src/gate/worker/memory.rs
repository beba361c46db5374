//! What a gate knows besides the store: its lease, a pause, and from when on a lost outcome can be believed.

use std::collections::BTreeMap;

use model::{IntentId, Timestamp};
use store::intents::IntentRow;

use super::lease::{self, Held};
use super::record::Ended;
use super::ruling::Conclusion;
use crate::gate::line::Line;

/// What a gate remembers while it runs. All of it can be lost.
#[derive(Default)]
pub(super) struct State {
    pub(super) held: Option<Held>,
    /// The epoch of the lease as this process last took it.
    epoch: Option<u64>,
    pub(super) pause_until: Option<Timestamp>,
    /// From when on "not done" is believed, for outcomes lost in this run.
    settled_from: BTreeMap<IntentId, Timestamp>,
    /// The same for all others: what an earlier owner of the lease left unknown.
    others_settled_from: Timestamp,
}

impl State {
    /// The lease was taken. If nobody held it in between, what this run knows of lost outcomes still holds.
    pub(super) fn took(&mut self, line: &Line, held: &Held, recovered: &[IntentId], now: Timestamp) {
        let epoch = held.fence.epoch();
        let is_unbroken = self.epoch.is_some_and(|before| before + 1 == epoch);
        let settled_from = lease::settled_from(line, self.epoch.is_none(), now);
        if !is_unbroken {
            self.settled_from.clear();
            self.others_settled_from = settled_from;
        }
        self.settled_from.extend(recovered.iter().map(|intent| (*intent, settled_from)));
        self.held = Some(held.clone());
        self.epoch = Some(epoch);
    }

    pub(super) fn learn(&mut self, ended: &Ended) {
        if let Some(until) = ended.ruling.pause_until {
            self.pause_until = Some(self.pause_until.map_or(until, |known| known.max(until)));
        }
        match &ended.ruling.conclusion {
            Conclusion::Unknown { settled_from, .. } => self.settled_from.insert(ended.row.intent.id, *settled_from),
            _ => self.settled_from.remove(&ended.row.intent.id),
        };
    }

    /// From when on "not done" is believed of an intent: as this run knows it, else from the taking of the lease on; and of an attempt
    /// of long ago at once.
    pub(super) fn settled_from(&self, line: &Line, row: &IntentRow) -> Timestamp {
        let known = self.settled_from.get(&row.intent.id).copied().unwrap_or(self.others_settled_from);
        row.sent_at.map_or(known, |sent_at| known.min(lease::long_settled_from(line, sent_at)))
    }
}
