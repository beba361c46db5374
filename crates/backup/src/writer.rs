//! Writing a generation: its base, then segment after segment, each naming the digest of its predecessor.

use std::io::Read;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use escrow::hex::to_hex;
use escrow::openpgp::Sealer;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::sha256;
use crate::fault::BackupFault;
use crate::names::{GenerationId, Name};
use crate::object::{Header, Pages, Whole, seal};
use crate::place::Place;
use crate::reader::survey;

/// Bytes of a stream that go into one object.
pub(crate) const PART_BYTES: usize = 32 << 20;

/// Where a writer stands. It is kept on the writer's machine, durably: with it the chain goes on after a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriterState {
    /// The generation.
    pub generation: GenerationId,
    /// Segments that were put.
    pub segments: u64,
    /// Digest of the newest object of the chain.
    pub newest: String,
}

/// A segment that is sealed and not put yet. Whoever keeps where the writer stands keeps [`SealedSegment::after`] beside it, durably, before
/// putting: then a restart knows the object by its digest if it lies there already, and nothing is ever written twice.
#[derive(Debug)]
pub struct SealedSegment {
    name: String,
    content: Vec<u8>,
    after: WriterState,
}

impl SealedSegment {
    /// Where the writer stands once this was put.
    #[must_use]
    pub fn after(&self) -> &WriterState {
        &self.after
    }
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
    /// [`BackupFault`]; what was put of it is no generation, because its last part is missing..
    pub fn begin(
        place: Arc<dyn Place>,
        sealer: Arc<Sealer>,
        instance: &str,
        base: &mut dyn Read,
        at: Timestamp,
        generation: GenerationId,
    ) -> Result<Self, BackupFault> {
        let state = WriterState { generation, segments: 0, newest: String::new() };
        let mut writer = Self { place, sealer, instance: instance.to_owned(), state };
        writer.state.newest = writer.stream(base, at, String::new(), Name::Base)?;
        Ok(writer)
    }

    /// Goes on with a generation: from `state`, or from what was `announced` if that lies in the place. None if the place has anything else,
    /// or less: then this machine was set back to an earlier state, or somebody removed something, and only a new generation helps.
    ///
    /// # Errors
    /// [`BackupFault::Place`] if the place cannot be asked.
    pub fn resume(
        place: Arc<dyn Place>,
        sealer: Arc<Sealer>,
        instance: &str,
        state: WriterState,
        announced: Option<WriterState>,
    ) -> Result<Option<Self>, BackupFault> {
        let found = survey(place.as_ref())?.remove(&state.generation).unwrap_or_default();
        if found.base_parts == 0 || found.cut_off > 0 {
            return Ok(None);
        }
        let at = |state: WriterState| Ok(Some(Self { place: place.clone(), sealer, instance: instance.to_owned(), state }));
        if found.segments == state.segments {
            return at(state);
        }
        let Some(announced) = announced.filter(|announced| announced.segments == found.segments) else { return Ok(None) };
        let there = place.get(&Name::Segment(announced.segments).of(&announced.generation))?;
        if sha256(&there) == announced.newest { at(announced) } else { Ok(None) }
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> &WriterState {
        &self.state
    }

    /// Seals what was committed since, up to `at`, as the next segment.
    ///
    /// # Errors
    /// [`BackupFault::Seal`].
    pub fn seal_segment(&self, pages: &Pages, at: Timestamp) -> Result<SealedSegment, BackupFault> {
        let segments = self.state.segments + 1;
        let header = Header::new(&self.instance, &self.state.generation, Name::Segment(segments), at, &self.state.newest);
        let (content, newest) = seal(&header, &pages.to_bytes(), &self.sealer, at)?;
        let after = WriterState { generation: self.state.generation.clone(), segments, newest };
        Ok(SealedSegment { name: header.name, content, after })
    }

    /// Puts a segment that was sealed last.
    ///
    /// # Errors
    /// [`BackupFault`]; the very same may be put again, unless the place is [`BackupFault::Occupied`].
    pub fn put_segment(&mut self, sealed: &SealedSegment) -> Result<(), BackupFault> {
        self.place.put(&sealed.name, &sealed.content)?;
        self.state = sealed.after.clone();
        Ok(())
    }

    /// Seals and puts a segment.
    ///
    /// # Errors
    /// As [`Writer::seal_segment`] and [`Writer::put_segment`].
    #[cfg(test)]
    pub(crate) fn segment(&mut self, pages: &Pages, at: Timestamp) -> Result<(), BackupFault> {
        let sealed = self.seal_segment(pages, at)?;
        self.put_segment(&sealed)
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
