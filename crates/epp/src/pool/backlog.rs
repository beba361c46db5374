//! Commands that wait for their turn: lanes, fair shares, and one command at a time per object.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::Lane;
use crate::conn::{Exchange, NotSent, Prepared};
use crate::wire::VerbClass;

/// A command with everything that decides its turn.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) lane: Lane,
    pub(super) tenant: Arc<str>,
    pub(super) object: Option<Arc<str>>,
    pub(super) prepared: Prepared,
    pub(super) reply: oneshot::Sender<Exchange>,
    /// When it has waited long enough.
    pub(super) expires: Instant,
    /// Times it was given to a connection that ended before sending it.
    pub(super) returns: u8,
}

impl Entry {
    pub(super) fn refuse(self, why: NotSent) {
        // A caller that went away does not need to know.
        let _ = self.reply.send(Exchange::NotSent(why));
    }
}

/// Everything that waits.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    interactive: VecDeque<Entry>,
    poll: VecDeque<Entry>,
    bulk: HashMap<Arc<str>, VecDeque<Entry>>,
    /// Tenants with bulk commands, in the order of their turns.
    turns: VecDeque<Arc<str>>,
    /// Objects with a command in a lane or on the wire, and the commands behind it.
    objects: HashMap<Arc<str>, VecDeque<Entry>>,
    len: usize,
}

impl Backlog {
    /// Commands that wait.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Commands that wait in a lane, without those behind another command on their object.
    pub(super) fn ready(&self, lane: Lane) -> usize {
        match lane {
            Lane::Interactive => self.interactive.len(),
            Lane::Poll => self.poll.len(),
            Lane::Bulk => self.bulk.values().map(VecDeque::len).sum(),
        }
    }

    pub(super) fn has_ready(&self, lane: Lane) -> bool {
        match lane {
            Lane::Interactive => !self.interactive.is_empty(),
            Lane::Poll => !self.poll.is_empty(),
            Lane::Bulk => !self.turns.is_empty(),
        }
    }

    /// Adds a command: at the end of its lane, or behind the commands on its object.
    pub(super) fn push(&mut self, entry: Entry) {
        self.len += 1;
        if let Some(object) = &entry.object {
            if let Some(behind) = self.objects.get_mut(object) {
                behind.push_back(entry);
                return;
            }
            self.objects.insert(Arc::clone(object), VecDeque::new());
        }
        self.line_up(entry);
    }

    /// Puts back, at the front, a command that was taken but not sent. Its object is still its own.
    pub(super) fn put_back(&mut self, entry: Entry) {
        self.len += 1;
        match entry.lane {
            Lane::Interactive => self.interactive.push_front(entry),
            Lane::Poll => self.poll.push_front(entry),
            Lane::Bulk => self.bulk_line(&entry.tenant).push_front(entry),
        }
    }

    /// Takes the next command of a lane whose class `fits`. In the bulk lane tenants take turns.
    pub(super) fn pop(&mut self, lane: Lane, fits: impl Fn(VerbClass) -> bool) -> Option<Entry> {
        let entry = match lane {
            Lane::Interactive => pop_if(&mut self.interactive, fits),
            Lane::Poll => pop_if(&mut self.poll, fits),
            Lane::Bulk => self.pop_bulk(fits),
        }?;
        self.len -= 1;
        Some(entry)
    }

    /// A command of this object has ended: the next one may go. After a transform with unknown outcome no later transform may, until somebody
    /// has found out; those that wait are refused.
    pub(super) fn release(&mut self, object: &Arc<str>, is_unsettled: bool) {
        loop {
            let Some(behind) = self.objects.get_mut(object) else { return };
            let Some(next) = behind.pop_front() else {
                self.objects.remove(object);
                return;
            };
            if is_unsettled && next.prepared.class() == VerbClass::Transform {
                self.len -= 1;
                next.refuse(NotSent::PredecessorUnknown);
                continue;
            }
            self.line_up(next);
            return;
        }
    }

    /// Removes and gives back the commands that match, wherever they wait. Costs a look at each; not for every turn.
    pub(super) fn remove(&mut self, matches: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        let mut removed = Vec::new();
        let lines = [&mut self.interactive, &mut self.poll].into_iter().chain(self.bulk.values_mut());
        for line in lines {
            extract(line, &matches, &mut removed);
        }
        let heads: Vec<Arc<str>> = removed.iter().filter_map(|entry| entry.object.clone()).collect();
        for behind in self.objects.values_mut() {
            extract(behind, &matches, &mut removed);
        }
        self.bulk.retain(|_, line| !line.is_empty());
        self.turns.retain(|tenant| self.bulk.contains_key(tenant));
        self.len -= removed.len();
        for object in heads {
            self.release(&object, false);
        }
        removed
    }

    fn line_up(&mut self, entry: Entry) {
        match entry.lane {
            Lane::Interactive => self.interactive.push_back(entry),
            Lane::Poll => self.poll.push_back(entry),
            Lane::Bulk => self.bulk_line(&entry.tenant).push_back(entry),
        }
    }

    fn bulk_line(&mut self, tenant: &Arc<str>) -> &mut VecDeque<Entry> {
        let turns = &mut self.turns;
        self.bulk.entry(Arc::clone(tenant)).or_insert_with(|| {
            turns.push_back(Arc::clone(tenant));
            VecDeque::new()
        })
    }

    fn pop_bulk(&mut self, fits: impl Fn(VerbClass) -> bool) -> Option<Entry> {
        for _ in 0..self.turns.len() {
            let tenant = self.turns.pop_front()?;
            let Some(line) = self.bulk.get_mut(&tenant) else { continue };
            let entry = pop_if(line, &fits);
            if line.is_empty() {
                self.bulk.remove(&tenant);
            } else {
                self.turns.push_back(tenant);
            }
            if entry.is_some() {
                return entry;
            }
        }
        None
    }
}

fn pop_if(line: &mut VecDeque<Entry>, fits: impl Fn(VerbClass) -> bool) -> Option<Entry> {
    line.pop_front_if(|entry| fits(entry.prepared.class()))
}

fn extract(line: &mut VecDeque<Entry>, matches: impl Fn(&Entry) -> bool, removed: &mut Vec<Entry>) {
    if !line.iter().any(&matches) {
        return;
    }
    for entry in std::mem::take(line) {
        if matches(&entry) { removed.push(entry) } else { line.push_back(entry) }
    }
}
