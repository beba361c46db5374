//! Reading a repository: what there is, whether it is whole, and a database file put together from it.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use escrow::hex::to_hex;
use escrow::openpgp::{Certificate, OwnKey};
use jiff::Timestamp;

use crate::digest::sha256;
use crate::fault::BackupFault;
use crate::names::{GenerationId, Name};
use crate::object::{Header, Pages, open};
use crate::place::Place;

/// What opens objects, and whom they are believed from.
#[derive(Debug)]
pub struct Opener<'k> {
    /// A secret key that they are encrypted for.
    pub key: &'k OwnKey,
    /// Certificates that may have signed them.
    pub signers: &'k [Certificate],
    /// Whose they have to be.
    pub instance: &'k str,
    /// The time, by which dates of signatures are judged.
    pub now: Timestamp,
}

/// Up to where a restore goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// The newest state there is.
    Newest,
    /// The newest state that was committed by then.
    Time(Timestamp),
    /// The end of that segment; 0 is the base.
    Segment(u64),
}

/// What a place has of one generation, by the names alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Parts of the base.
    pub base_parts: u32,
    /// Segments, counted up to the first that is missing.
    pub segments: u64,
    /// Segments that lie behind one that is missing; nothing of them can be restored.
    pub cut_off: u64,
    /// At the ends of which segments there are manifests, and the last part of each.
    pub manifests: BTreeMap<u64, u32>,
}

impl Survey {
    /// Whether the base was put whole, as far as names tell: the first manifest is begun after the end of it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.base_parts > 0 && (!self.manifests.is_empty() || self.segments + self.cut_off > 0)
    }
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Out of which generation.
    pub generation: GenerationId,
    /// Up to the end of which segment.
    pub segment: u64,
    /// Up to when: what was committed later is not in it.
    pub at: Timestamp,
    /// Bytes of the file.
    pub bytes: u64,
    /// What kept it from going further, where the caller wanted the best that can be had.
    pub stopped: Option<BackupFault>,
}

/// Reads a repository.
#[derive(Debug)]
pub struct Reader<'k> {
    place: Arc<dyn Place>,
    opener: Opener<'k>,
}

impl<'k> Reader<'k> {
    /// A reader of that place.
    #[must_use]
    pub fn new(place: Arc<dyn Place>, opener: Opener<'k>) -> Self {
        Self { place, opener }
    }

    /// What there is, oldest first.
    ///
    /// # Errors
    /// [`BackupFault::Place`].
    pub fn survey(&self) -> Result<BTreeMap<GenerationId, Survey>, BackupFault> {
        survey(self.place.as_ref())
    }

    /// The newest generation whose base is whole and was begun by `time`; with those that were passed over because theirs is not.
    ///
    /// # Errors
    /// [`BackupFault::Nothing`] if there is none; [`BackupFault::Place`].
    pub fn newest(&self, time: Option<Timestamp>) -> Result<(GenerationId, Vec<GenerationId>), BackupFault> {
        let mut passed = Vec::new();
        for (generation, survey) in self.survey()?.into_iter().rev() {
            let is_later = generation.begun_at().zip(time).is_some_and(|(begun, time)| begun > time);
            if is_later {
                continue;
            }
            if self.is_whole(&generation, survey.base_parts)? {
                return Ok((generation, passed));
            }
            passed.push(generation);
        }
        let what = time.map_or("at all".to_owned(), |time| format!("as old as {time}"));
        Err(BackupFault::Nothing { what })
    }

    /// Whether the last of so many parts of the base says that it is the last.
    fn is_whole(&self, generation: &GenerationId, parts: u32) -> Result<bool, BackupFault> {
        let name = Name::Base(parts).of(generation);
        match self.place.get(&name) {
            Ok(sealed) => Ok(open(&sealed, &name, &self.opener).is_ok_and(|(header, _)| header.whole.is_some())),
            Err(BackupFault::Missing { .. }) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Whether the writer ended before the base did: nothing follows it, and its last part is sound and says that more was to come. It is
    /// nothing to restore from, and no damage.
    ///
    /// # Errors
    /// [`BackupFault::Place`].
    pub fn is_unfinished(&self, generation: &GenerationId, survey: &Survey) -> Result<bool, BackupFault> {
        if survey.segments + survey.cut_off > 0 || !survey.manifests.is_empty() {
            return Ok(false);
        }
        let name = Name::Base(survey.base_parts).of(generation);
        match self.place.get(&name) {
            Ok(sealed) => Ok(open(&sealed, &name, &self.opener).is_ok_and(|(header, _)| header.whole.is_none())),
            Err(BackupFault::Missing { .. }) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Puts the database file of a generation together, at `path`, where nothing may be. What is damaged is refused; with `best_effort` the
    /// state before the damage is restored instead, and the damage told.
    ///
    /// # Errors
    /// [`BackupFault`]; then nothing is at `path`.
    pub fn restore(&self, generation: &GenerationId, until: Until, path: &Path, best_effort: bool) -> Result<Restored, BackupFault> {
        if path.exists() {
            let reason = "something is there already; a restore writes over nothing".to_owned();
            return Err(BackupFault::File { file: path.display().to_string(), reason });
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".restoring");
        let part = Path::new(&part);
        let restored = self.restore_to(generation, until, part, best_effort).and_then(|restored| {
            let placed = std::fs::rename(part, path).and_then(|()| File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all());
            placed.map(|()| restored).map_err(|error| BackupFault::file(path, &error))
        });
        if restored.is_err() {
            // Half a database helps nobody.
            drop(std::fs::remove_file(part));
        }
        restored
    }

    fn restore_to(&self, generation: &GenerationId, until: Until, path: &Path, best_effort: bool) -> Result<Restored, BackupFault> {
        let failed = |error: io::Error| BackupFault::file(path, &error);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path).map_err(failed)?;
        let mut out = &file;
        let (mut newest, header) = self.stream(generation, String::new(), Name::Base, &mut |part| {
            out.write_all(part).map_err(|error| BackupFault::file(path, &error))
        })?;
        if matches!(until, Until::Time(time) if time < header.at) {
            return Err(BackupFault::Nothing { what: format!("in {generation} that is as old: it begins {}", header.at) });
        }
        let segments = self.survey()?.remove(generation).unwrap_or_default();
        // Behind the last, the first that is missing is asked for where others follow it, so that it is named.
        let last = if let Until::Segment(last) = until { last } else { segments.segments + u64::from(segments.cut_off > 0) };
        let mut restored = Restored { generation: generation.clone(), segment: 0, at: header.at, bytes: 0, stopped: None };
        for segment in 1..=last {
            match self.apply(generation, segment, &newest, until, &file) {
                Ok(None) => break,
                Ok(Some((digest, at))) => (newest, restored.segment, restored.at) = (digest, segment, at),
                Err(damage) if best_effort => {
                    restored.stopped = Some(damage);
                    break;
                }
                Err(damage) => return Err(damage),
            }
        }
        file.sync_all().map_err(failed)?;
        restored.bytes = file.metadata().map_err(failed)?.len();
        Ok(restored)
    }

    /// Applies a segment; none if it is later than wanted.
    fn apply(
        &self,
        generation: &GenerationId,
        segment: u64,
        newest: &str,
        until: Until,
        file: &File,
    ) -> Result<Option<(String, Timestamp)>, BackupFault> {
        let (name, digest, header, pages) = self.open_segment(generation, segment, newest)?;
        if matches!(until, Until::Time(time) if time < header.at) {
            return Ok(None);
        }
        let write = || -> io::Result<()> {
            for (number, page) in &pages.pages {
                file.write_all_at(page, u64::from(number - 1) * u64::from(pages.page_size))?;
            }
            file.set_len(u64::from(pages.page_count) * u64::from(pages.page_size))
        };
        write().map_err(|error| BackupFault::File { file: name, reason: error.to_string() })?;
        Ok(Some((digest, header.at)))
    }

    fn open_segment(&self, generation: &GenerationId, segment: u64, newest: &str) -> Result<(String, String, Header, Pages), BackupFault> {
        let name = Name::Segment(segment).of(generation);
        let sealed = self.place.get(&name)?;
        let (header, body) = open(&sealed, &name, &self.opener)?;
        if header.previous != newest {
            return Err(BackupFault::damaged(&name, "it does not follow the object before it: one of the two was exchanged"));
        }
        let pages = Pages::from_bytes(&body).map_err(|reason| BackupFault::damaged(&name, reason))?;
        Ok((name, sha256(&sealed), header, pages))
    }

    /// Opens everything of a generation and names what is damaged or missing; nothing is written.
    ///
    /// # Errors
    /// [`BackupFault::Place`] if the place cannot be asked.
    pub fn check(&self, generation: &GenerationId) -> Result<Vec<BackupFault>, BackupFault> {
        let mut found = Vec::new();
        let survey = self.survey()?.remove(generation).unwrap_or_default();
        let mut newest = match self.stream(generation, String::new(), Name::Base, &mut |_| Ok(())) {
            Ok((digest, _)) => Some(digest),
            Err(fault) => {
                found.push(fault);
                None
            }
        };
        let mut digests = BTreeMap::from([(0, newest.clone())]);
        for segment in 1..=survey.segments {
            let name = Name::Segment(segment).of(generation);
            // Behind a damaged one, what is said of the one before is all there is to hold on to.
            let opened = match &newest {
                Some(newest) => self.open_segment(generation, segment, newest).map(|(_, digest, _, _)| digest),
                None => self.place.get(&name).and_then(|sealed| open(&sealed, &name, &self.opener).map(|_| sha256(&sealed))),
            };
            newest = match opened {
                Ok(digest) => Some(digest),
                Err(fault) => {
                    found.push(fault);
                    None
                }
            };
            digests.insert(segment, newest.clone());
        }
        if survey.cut_off > 0 {
            found.push(BackupFault::Missing { object: Name::Segment(survey.segments + 1).of(generation) });
        }
        for (manifest, parts) in survey.manifests {
            if let Some(Some(digest)) = digests.get(&manifest) {
                let read = self.stream(generation, digest.clone(), |part| Name::Manifest(manifest, part), &mut |_| Ok(()));
                // Whoever wrote it was stopped before the end of it: it proves nothing, and nothing is wrong. A hole is another thing.
                let rest = BackupFault::Missing { object: Name::Manifest(manifest, parts.saturating_add(1)).of(generation) };
                found.extend(read.err().filter(|fault| *fault != rest));
            }
        }
        Ok(found)
    }

    /// The manifest at the end of a segment, as it was written, to `take` in pieces.
    ///
    /// # Errors
    /// [`BackupFault`]; what was given before counts for nothing then.
    pub fn manifest(
        &self,
        generation: &GenerationId,
        segment: u64,
        take: &mut dyn FnMut(&[u8]) -> Result<(), BackupFault>,
    ) -> Result<(), BackupFault> {
        let before = match segment {
            0 => {
                let parts = self.survey()?.remove(generation).unwrap_or_default().base_parts;
                Name::Base(parts).of(generation)
            }
            segment => Name::Segment(segment).of(generation),
        };
        let previous = sha256(&self.place.get(&before)?);
        self.stream(generation, previous, |part| Name::Manifest(segment, part), take).map(drop)
    }

    /// Reads a stream of parts; gives the digest of the last and its header.
    fn stream(
        &self,
        generation: &GenerationId,
        mut previous: String,
        name: impl Fn(u32) -> Name,
        take: &mut dyn FnMut(&[u8]) -> Result<(), BackupFault>,
    ) -> Result<(String, Header), BackupFault> {
        let (mut hash, mut bytes) = (Context::new(&SHA256), 0_u64);
        for part in 1.. {
            let name = name(part).of(generation);
            let sealed = self.place.get(&name)?;
            let (header, body) = open(&sealed, &name, &self.opener)?;
            if header.previous != previous {
                return Err(BackupFault::damaged(&name, "it does not follow the object before it: one of the two was exchanged"));
            }
            previous = sha256(&sealed);
            hash.update(&body);
            bytes += body.len() as u64;
            take(&body)?;
            if let Some(whole) = &header.whole {
                if whole.bytes != bytes || whole.sha256 != to_hex(hash.clone().finish().as_ref()) {
                    return Err(BackupFault::damaged(&name, "the parts do not make the whole that it names"));
                }
                return Ok((previous, header));
            }
        }
        Err(BackupFault::Nothing { what: "that ends".to_owned() })
    }
}

/// What a place has, oldest generation first.
///
/// # Errors
/// [`BackupFault::Place`].
pub fn survey(place: &dyn Place) -> Result<BTreeMap<GenerationId, Survey>, BackupFault> {
    let mut found: BTreeMap<GenerationId, Survey> = BTreeMap::new();
    // Sorted by name: the bases and segments of a generation come in their order.
    for (generation, name) in place.list()?.iter().filter_map(|name| Name::parse(name)) {
        let survey = found.entry(generation).or_default();
        match name {
            Name::Base(part) => survey.base_parts = survey.base_parts.max(part),
            Name::Segment(segment) if segment == survey.segments + 1 => survey.segments = segment,
            Name::Segment(_) => survey.cut_off += 1,
            Name::Manifest(segment, part) => {
                let last = survey.manifests.entry(segment).or_default();
                *last = part.max(*last);
            }
        }
    }
    Ok(found)
}
