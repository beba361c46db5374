//! Writing a generation: its base, then segment after segment, each naming the digest of its predecessor.

use std::io::Read;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use escrow::hex::to_hex;
use escrow::openpgp::Sealer;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fault::BackupFault;
use crate::names::{GenerationId, Name};
use crate::object::{Header, Pages, Whole, seal};
use crate::place::Place;

/// Bytes of a stream that go into one object.
pub(crate) const PART_BYTES: usize = 32 << 20;

/// Where a writer stands. It is kept on the writer's machine, durably, after each object and before the next: with it the chain goes on after a
/// restart. Where it is one object behind, that object is written again under the same name with more in it, which nobody built upon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriterState {
    /// The generation.
    pub generation: GenerationId,
    /// Segments that were put.
    pub segments: u64,
    /// Digest of the newest object of the chain.
    pub newest: String,
}

/// Writes one generation.
#[derive(Clone, Debug)]
pub struct Writer {
    place: Arc<dyn Place>,
    sealer: Arc<Sealer>,
    instance: String,
    state: WriterState,
}

impl Writer {
    /// Begins a generation with the whole file of one moment.
    ///
    /// # Errors
    /// [`BackupFault`]; what was put of it is no generation, because its last part is missing.
    pub fn begin(
        place: Arc<dyn Place>,
        sealer: Arc<Sealer>,
        instance: &str,
        base: &mut dyn Read,
        at: Timestamp,
        chance: u16,
    ) -> Result<Self, BackupFault> {
        let state = WriterState { generation: GenerationId::new(at, chance), segments: 0, newest: String::new() };
        let mut writer = Self { place, sealer, instance: instance.to_owned(), state };
        writer.state.newest = writer.stream(base, at, String::new(), Name::Base)?;
        Ok(writer)
    }

    /// Goes on with a generation.
    #[must_use]
    pub fn resume(place: Arc<dyn Place>, sealer: Arc<Sealer>, instance: &str, state: WriterState) -> Self {
        Self { place, sealer, instance: instance.to_owned(), state }
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> &WriterState {
        &self.state
    }

    /// Puts what was committed since, up to `at`.
    ///
    /// # Errors
    /// [`BackupFault`]; the same may be put again.
    pub fn segment(&mut self, pages: &Pages, at: Timestamp) -> Result<(), BackupFault> {
        let name = Name::Segment(self.state.segments + 1);
        let header = Header::new(&self.instance, &self.state.generation, name, at, &self.state.newest);
        let digest = self.put(&header, &pages.to_bytes(), at)?;
        self.state.segments += 1;
        self.state.newest = digest;
        Ok(())
    }

    /// Puts the fingerprints of everything as it is at the end of what was put last.
    ///
    /// # Errors
    /// [`BackupFault`].
    pub fn manifest(&self, content: &mut dyn Read, at: Timestamp) -> Result<(), BackupFault> {
        let segments = self.state.segments;
        self.stream(content, at, self.state.newest.clone(), |part| Name::Manifest(segments, part)).map(drop)
    }

    /// Puts a stream in parts; gives the digest of the last.
    fn stream(&self, from: &mut dyn Read, at: Timestamp, previous: String, name: impl Fn(u32) -> Name) -> Result<String, BackupFault> {
        let (mut part, mut previous, mut hash, mut bytes) = (0, previous, Context::new(&SHA256), 0_u64);
        let mut next = read_part(from)?;
        loop {
            let body = std::mem::replace(&mut next, read_part(from)?);
            hash.update(&body);
            bytes += body.len() as u64;
            part += 1;
            let is_last = next.is_empty();
            let mut header = Header::new(&self.instance, &self.state.generation, name(part), at, &previous);
            header.whole = is_last.then(|| Whole { bytes, sha256: to_hex(hash.clone().finish().as_ref()) });
            previous = self.put(&header, &body, at)?;
            if is_last {
                return Ok(previous);
            }
        }
    }

    fn put(&self, header: &Header, body: &[u8], now: Timestamp) -> Result<String, BackupFault> {
        let (sealed, digest) = seal(header, body, &self.sealer, now)?;
        self.place.put(&header.name, &sealed)?;
        Ok(digest)
    }
}

fn read_part(from: &mut dyn Read) -> Result<Vec<u8>, BackupFault> {
    let mut part = Vec::new();
    let read = from.take(PART_BYTES as u64).read_to_end(&mut part);
    read.map_err(|error| BackupFault::Source { reason: error.to_string() })?;
    Ok(part)
}
