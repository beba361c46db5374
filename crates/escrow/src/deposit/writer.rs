//! The writer: takes names in their order, splits them into parts, and ends with the file of hashes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::entry::{Entry, Filler, Gap, Person, Placeholders};
use super::fault::DepositFault;
use super::manifest::Manifest;
use super::part::{Finished, PARTIAL, Part};
use super::press::Press;
use crate::csv;
use crate::file_name::{FileName, Holds};
use crate::iana_id::IanaId;
use crate::layout::{Column, Layout, Specification};
use crate::openpgp::Sealer;

/// Gaps that are kept with their place; further ones are counted.
const GAPS_KEPT: usize = 100;

/// How a deposit is made.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose deposit.
    pub registrar: IanaId,
    /// By which specification.
    pub specification: Specification,
    /// Only what is new or changed since the last full deposit.
    pub is_incremental: bool,
    /// Most rows of a part, the header not counted.
    pub part_rows: NonZeroU64,
    /// Plain text in bytes after which a part ends.
    pub part_bytes: NonZeroU64,
    /// What stands in empty cells.
    pub placeholders: Placeholders,
    /// Level of gzip, 1 to 12.
    pub compression: u8,
    /// Threads that compress.
    pub workers: usize,
}

impl Settings {
    /// As the designated agent takes it.
    #[must_use]
    pub fn of(registrar: IanaId, specification: Specification) -> Self {
        Self {
            registrar,
            specification,
            is_incremental: false,
            part_rows: NonZeroU64::new(1_000_000).unwrap_or(NonZeroU64::MIN),
            part_bytes: NonZeroU64::new(1 << 30).unwrap_or(NonZeroU64::MIN),
            placeholders: Placeholders::default(),
            compression: 1,
            workers: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// A deposit that was written.
#[derive(Debug)]
pub struct Outcome {
    /// What it holds.
    pub manifest: Manifest,
    /// Cells that had to be filled and are empty; the first hundred.
    pub gaps: Vec<Gap>,
    /// How many there are.
    pub gap_count: u64,
}

/// Writes a deposit into a folder. Until [`Writer::finish`] nothing in the folder looks like a deposit.
pub struct Writer {
    settings: Settings,
    folder: PathBuf,
    sealer: Arc<Sealer>,
    watermark: Timestamp,
    press: Press,
    part: Option<(Part, Holds)>,
    /// Room for a cell that has to be put together.
    cell: String,
    finished: Vec<Finished>,
    names: u64,
    names_by_tld: BTreeMap<String, u64>,
    people: u64,
    gaps: Vec<Gap>,
    gap_count: u64,
}

impl Writer {
    /// Begins a deposit of the state at `watermark`. What an earlier run left unfinished in the folder is removed.
    ///
    /// # Errors
    /// [`DepositFault`] if the folder cannot be written.
    pub fn begin(settings: Settings, folder: &Path, sealer: Sealer, watermark: Timestamp) -> Result<Self, DepositFault> {
        fs::create_dir_all(folder).map_err(|error| DepositFault::file(folder, error))?;
        remove_unfinished(folder)?;
        let press =
            Press::new(settings.workers, settings.compression).map_err(|error| DepositFault::Broken { reason: error.to_string() })?;
        let mut writer = Self {
            settings,
            folder: folder.to_owned(),
            sealer: Arc::new(sealer),
            watermark,
            press,
            part: None,
            cell: String::new(),
            finished: Vec::new(),
            names: 0,
            names_by_tld: BTreeMap::new(),
            people: 0,
            gaps: Vec::new(),
            gap_count: 0,
        };
        // A registrar without names deposits that it has none (Q18).
        writer.open_part(writer.names_kind(), 1)?;
        Ok(writer)
    }

    /// Adds a name. Names come in ascending order of their A-labels, so that equal states give equal plain texts.
    ///
    /// # Errors
    /// [`DepositFault`] if it cannot be written.
    pub fn add(&mut self, entry: &Entry<'_>) -> Result<(), DepositFault> {
        let kind = self.names_kind();
        let gap = self.row(kind, |filler, out, columns| filler.name(out, columns, entry))?;
        self.names += 1;
        if let Some(tld) = entry.name.as_str().rsplit('.').next() {
            match self.names_by_tld.get_mut(tld) {
                Some(count) => *count += 1,
                None => drop(self.names_by_tld.insert(tld.to_owned(), 1)),
            }
        }
        self.note(gap, entry.name.as_str());
        Ok(())
    }

    /// Adds a person of a deposit of 2007, after every name, each once (Q15).
    ///
    /// # Errors
    /// [`DepositFault`] if it cannot be written, or the specification has no file of handles.
    pub fn add_person(&mut self, person: &Person) -> Result<(), DepositFault> {
        let gap = self.row(Holds::Handles, |filler, out, columns| filler.person(out, columns, person))?;
        self.people += 1;
        self.note(gap, &person.handle);
        Ok(())
    }

    /// Ends the deposit: every file is durable and in its place, the file of hashes last.
    ///
    /// # Errors
    /// [`DepositFault`]; nothing in the folder looks like a deposit then, but for files that were moved before the fault.
    pub fn finish(mut self) -> Result<Outcome, DepositFault> {
        self.end_part()?;
        if self.settings.specification == Specification::Y2007 && !self.finished.iter().any(|file| file.holds == Holds::Handles) {
            self.open_part(Holds::Handles, 1)?;
            self.end_part()?;
        }
        let hashes: String =
            self.finished.iter().map(|file| format!("{}  {}\n", file.record.plain_sha256, file.record.plain_name)).collect();
        self.finished.push(Finished::of_text(&self.folder, self.file_name(Holds::Hashes, None), &hashes)?);
        self.finished.iter().try_for_each(Finished::publish)?;
        sync_folder(&self.folder)?;
        let kind = self.names_kind().word().to_owned();
        let manifest = Manifest {
            registrar: self.settings.registrar,
            specification: self.settings.specification,
            kind,
            watermark: self.watermark,
            form: self.sealer.form(),
            signer: self.sealer.signer(),
            recipients: self.sealer.recipients(),
            names: self.names,
            names_by_tld: self.names_by_tld,
            people: self.people,
            files: self.finished.into_iter().map(|file| file.record).collect(),
        };
        Ok(Outcome { manifest, gaps: self.gaps, gap_count: self.gap_count })
    }

    fn names_kind(&self) -> Holds {
        if self.settings.is_incremental { Holds::Incremental } else { Holds::Full }
    }

    /// Writes a row into the part of its kind, and begins the next part where this one is full.
    fn row(
        &mut self,
        kind: Holds,
        fill: impl FnOnce(&mut Filler<'_>, &mut Vec<u8>, &'static [Column]) -> Option<&'static str>,
    ) -> Result<Option<&'static str>, DepositFault> {
        self.make_room(kind)?;
        let columns = self.columns(kind)?;
        let Self { settings, part, press, cell, .. } = self;
        let Some((part, _)) = part else { return Err(DepositFault::Broken { reason: "no part is open".to_owned() }) };
        let mut filler = Filler { registrar: settings.registrar, placeholders: &settings.placeholders, cell };
        let gap = fill(&mut filler, &mut part.block, columns);
        part.rows += 1;
        part.flow(press)?;
        Ok(gap)
    }

    fn make_room(&mut self, kind: Holds) -> Result<(), DepositFault> {
        let Settings { part_rows, part_bytes, .. } = self.settings;
        let next = match &self.part {
            Some((part, open)) if *open == kind && part.rows < part_rows.get() && part.plain_bytes() < part_bytes.get() => return Ok(()),
            Some((_, open)) if *open == kind => self.finished.iter().filter(|file| file.holds == kind).count() + 2,
            _ => 1,
        };
        self.end_part()?;
        self.open_part(kind, u32::try_from(next).unwrap_or(u32::MAX))
    }

    /// Opens a part; the header is in the first alone (Q1).
    fn open_part(&mut self, kind: Holds, number: u32) -> Result<(), DepositFault> {
        let columns = self.columns(kind)?;
        let name = self.file_name(kind, Some(number));
        let mut part = Part::open(&self.folder, name, &self.press, &self.sealer, self.watermark)?;
        if number == 1 {
            let header: Vec<&str> = columns.iter().map(|column| column.name).collect();
            csv::write_row(&mut part.block, &header);
        }
        self.part = Some((part, kind));
        Ok(())
    }

    fn end_part(&mut self) -> Result<(), DepositFault> {
        if let Some((part, _)) = self.part.take() {
            self.finished.push(part.finish(&self.press)?);
        }
        Ok(())
    }

    fn columns(&self, kind: Holds) -> Result<&'static [Column], DepositFault> {
        let specification = self.settings.specification;
        let columns = Layout { specification }.columns(kind);
        columns.ok_or_else(|| DepositFault::Broken { reason: format!("a deposit of {specification} has no {} file", kind.word()) })
    }

    fn file_name(&self, holds: Holds, part: Option<u32>) -> FileName {
        let day = jiff::tz::Offset::UTC.to_datetime(self.watermark).date();
        FileName { registrar: self.settings.registrar, day, holds, part }
    }

    fn note(&mut self, gap: Option<&'static str>, row: &str) {
        let Some(column) = gap else { return };
        self.gap_count += 1;
        if self.gaps.len() < GAPS_KEPT {
            self.gaps.push(Gap { row: row.to_owned(), column });
        }
    }
}

fn remove_unfinished(folder: &Path) -> Result<(), DepositFault> {
    let fault = |error: std::io::Error| DepositFault::file(folder, error);
    for entry in fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.to_string_lossy().ends_with(PARTIAL) {
            fs::remove_file(&path).map_err(|error| DepositFault::file(&path, error))?;
        }
    }
    Ok(())
}

fn sync_folder(folder: &Path) -> Result<(), DepositFault> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| DepositFault::file(folder, error))
}
