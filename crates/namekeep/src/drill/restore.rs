//! D1: the database of this instance is declared lost. It is restored from its backups into a folder of its own, compared row by row with the
//! manifest that was sealed beside it, and served.
//!
//! ```text
//!  probe, probe, ... DISASTER     restore newest --> open, verify the ledger --> public records --> directory --> RDAP answers: RTO
//!        (acknowledged)   |       restore to the manifest's segment --> every row by its fingerprint
//!                         +-- which probes are in what came back: RPO
//! ```

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ::backup::{GenerationId, Until};
use model::{DomainName, Entropy};
use policy::Actor;
use registrar::backup::{Drill, RunBackup, Shipper, WantManifest};
use registrar::publish::Publisher;
use registrar::{Clock, SystemClock, authorise};
use store::backup::{FingerprintReader, compare};
use store::recovery::Freeze;
use store::{SignerKey, Store, StoreFault, publications, settings};

use super::broken;
use super::report::DrillReport;
use crate::backup_config::order;
use crate::config::FILE_NAME;
use crate::demo::PublicDirectory;
use crate::failure::Failure;
use crate::instance::{Instance, store_failure};
use crate::progress::Progress;
use crate::run::backup::failure;
use crate::run::restore::{Source, put_back};

/// Setting that the probes write: a number and nothing else.
const PROBE: &str = "drill.probe";

/// Between two probes.
const PROBE_PAUSE: Duration = Duration::from_millis(20);

/// The shortest and the longest time until the disaster, in milliseconds.
const DISASTER_MS: (u64, u64) = (1_500, 2_500);

/// How long a manifest of this moment is waited for: a whole read of the database.
const MANIFEST_LIMIT: Duration = Duration::from_secs(30 * 60);

/// Between two looks for it.
const GLANCE: Duration = Duration::from_millis(100);

/// Names whose answers are looked at.
const ANSWERS: usize = 25;

/// Public records read at once, to choose the names from.
const PAGE: u32 = 500;

/// What of an instance's folder is not in its database: what a kit holds.
const KIT: [&str; 5] = [FILE_NAME, "operator.token", "keys", "registries", "secrets"];

/// Plays the drill in `scratch`, by the leave of `actor`.
///
/// # Errors
/// [`Failure`] if it could not be played; what it found is in its report.
pub fn play(instance: &Instance, actor: &Actor, scratch: &Path, key: Option<&Path>) -> Result<DrillReport, Failure> {
    authorise(actor, RunBackup).map_err(registrar::Failure::from)?;
    let source = Source::of_instance(instance, key)?;
    let (disaster, manifest) = with_shipper(instance, || {
        let manifest = fresh_manifest(instance, actor, &source)?;
        Ok((Disaster::strike(instance, &source)?, manifest))
    })?;
    let mut report = blank(instance, Drill::Backup, Some(disaster.generation.clone()));
    let progress = Progress::waiting("the instance is restored from its backups");
    let house = scratch.join("registrar");
    copy_kit(&instance.folder, &house)?;
    let begun = Instant::now();
    let store = restore(&source, &house, instance, &disaster, begun, &mut report)?;
    report.rpo_ms = Some(disaster.lost(&store)?.as_millis() as u64);
    report.verify_ledger(&store, &instance.ledger_key)?;
    drop(store);
    answer(&house, scratch, begun, &mut report)?;
    let (generation, segment) = manifest;
    prove_rows(&source, &generation, segment, scratch, &mut report)?;
    drop(progress);
    report.at = instance.registrar.now();
    report.keep(instance, actor)?;
    Ok(report)
}

/// An empty report.
pub fn blank(instance: &Instance, drill: Drill, generation: Option<GenerationId>) -> DrillReport {
    DrillReport {
        drill,
        instance: instance.config.instance.name.clone(),
        at: instance.registrar.now(),
        source: String::new(),
        generation,
        equal: 0,
        missing: 0,
        extra: 0,
        different: 0,
        ledger_entries: 0,
        answers: 0,
        rpo_ms: None,
        restored_ms: 0,
        rto_ms: 0,
        irrecoverable: Vec::new(),
        findings: Vec::new(),
        file: None,
    }
}

/// Runs `work` while backups are made: by the running server, or by ourselves where there is none.
fn with_shipper<T>(instance: &Instance, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let Some(mut shipper) = Shipper::claim(&instance.registrar, order(instance)?)? else { return work() };
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let shipping = scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                if shipper.step().map_err(Failure::from)? == 0 {
                    std::thread::sleep(GLANCE);
                }
            }
            Ok::<_, Failure>(())
        });
        let done = work();
        is_over.store(true, Ordering::Relaxed);
        shipping.join().map_err(|_| broken(&"the shipper ended by a panic"))??;
        done
    })
}

/// Has a manifest of this moment made, and waits for it: which generation, at the end of which segment.
fn fresh_manifest(instance: &Instance, actor: &Actor, source: &Source) -> Result<(GenerationId, u64), Failure> {
    let newest = || -> Result<Option<(GenerationId, u64)>, Failure> {
        let found = ::backup::survey(source.place()).map_err(|fault| failure(&fault))?;
        let newest = found.into_iter().rfind(|(_, survey)| survey.is_whole());
        Ok(newest.and_then(|(generation, survey)| Some((generation, *survey.manifests.last_key_value()?.0))))
    };
    let before = newest()?;
    let wish = authorise(actor, WantManifest).map_err(registrar::Failure::from)?;
    instance.registrar.carry_out(wish)?;
    let progress = Progress::waiting("every row is fingerprinted");
    let begun = Instant::now();
    while begun.elapsed() < MANIFEST_LIMIT {
        let now = newest()?;
        if now != before
            && let Some((generation, segment)) = now
            && source.reader().manifest(&generation, segment, &mut |_| Ok(())).is_ok()
        {
            drop(progress);
            return Ok((generation, segment));
        }
        std::thread::sleep(GLANCE);
    }
    Err(broken(&format!("no manifest was put within {} s; `namekeep backup status` says how backups stand", MANIFEST_LIMIT.as_secs())))
}

/// The moment at which the instance is lost: what was acknowledged by then, and what lay in the place.
struct Disaster {
    generation: GenerationId,
    segment: u64,
    at: Instant,
    /// When each probe was acknowledged; the first is number 1.
    acknowledged: Vec<Instant>,
}

impl Disaster {
    /// Writes probes as fast as an instance under load would, until the disaster.
    fn strike(instance: &Instance, source: &Source) -> Result<Self, Failure> {
        let mut bytes = [0; 8];
        instance.registrar.draw().fill(&mut bytes);
        let wait = Duration::from_millis(DISASTER_MS.0 + u64::from_be_bytes(bytes) % DISASTER_MS.1);
        let (begun, mut acknowledged) = (Instant::now(), Vec::new());
        while begun.elapsed() < wait {
            let number = acknowledged.len() + 1;
            let written = instance.registrar.store().write::<_, StoreFault>(move |tx| settings::set(tx, PROBE, &number.to_string()));
            written.map_err(store_failure)?;
            acknowledged.push(Instant::now());
            std::thread::sleep(PROBE_PAUSE);
        }
        let at = Instant::now();
        let found = ::backup::survey(source.place()).map_err(|fault| failure(&fault))?;
        let newest = found.into_iter().rfind(|(_, survey)| survey.is_whole());
        let (generation, survey) = newest.ok_or_else(|| broken(&"there is no backup"))?;
        Ok(Self { generation, segment: survey.segments, at, acknowledged })
    }

    /// How long before the disaster the first acknowledged write was that did not come back; nothing where all did.
    fn lost(&self, store: &Store) -> Result<Duration, Failure> {
        let kept = store.read(|tx| settings::find(tx, PROBE)).map_err(store_failure)?;
        let kept = kept.and_then(|number| number.parse::<usize>().ok()).unwrap_or(0);
        Ok(self.acknowledged.get(kept).map_or(Duration::ZERO, |lost| self.at.saturating_duration_since(*lost)))
    }
}

/// What lay in the instance's folder beside its database; in an emergency it comes out of the kit.
fn copy_kit(from: &Path, to: &Path) -> Result<(), Failure> {
    copy_parts(from, to, &KIT)
}

/// Copies files and folders of an instance's folder into another.
///
/// # Errors
/// [`Failure`] if one cannot be copied.
pub fn copy_parts(from: &Path, to: &Path, parts: &[&str]) -> Result<(), Failure> {
    let copied = parts.iter().try_for_each(|part| copy(&from.join(part), &to.join(part)));
    copied
        .and_then(|()| std::fs::create_dir_all(to.join("state")))
        .map_err(|error| Failure::file(to, "copy keys and configuration to", &error))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.exists() {
        return Ok(());
    }
    if !from.is_dir() {
        to.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        return std::fs::copy(from, to).map(drop);
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Puts the newest state back as `namekeep restore` does.
fn restore(
    source: &Source,
    house: &Path,
    instance: &Instance,
    disaster: &Disaster,
    begun: Instant,
    report: &mut DrillReport,
) -> Result<Store, Failure> {
    let database = house.join("state/namekeep.db");
    let reader = source.reader();
    let restored = reader.restore(&disaster.generation, Until::Segment(disaster.segment), &database, false);
    let restored = restored.map_err(|fault| failure(&fault))?;
    let signer = SignerKey::read(&house.join(&instance.config.keys.ledger)).map_err(store_failure)?;
    let source = format!("drill, backup {} segment {}", restored.generation, restored.segment);
    let store = put_back(&database, signer, &Freeze { since: SystemClock.now(), source: source.clone(), point: Some(restored.at) })?;
    report.restored_ms = begun.elapsed().as_millis() as u64;
    report.source = format!("{source}, {} bytes", restored.bytes);
    Ok(store)
}

/// Publishes what came back and serves it, in a process of its own; the first right answer ends the RTO.
fn answer(house: &Path, scratch: &Path, begun: Instant, report: &mut DrillReport) -> Result<(), Failure> {
    let restored = Instance::open_at(house, "sqlite:state/namekeep.db")?;
    let publication = &restored.config.publication;
    let (feed, key) = (scratch.join("feed"), crate::run::publication::key(&restored)?);
    let verifier = key.verifier().to_string();
    Publisher::new(&restored.registrar, publication.rules(), &feed, key).catch_up()?;
    let names = some_names(&restored)?;
    if names.is_empty() {
        report.rto_ms = begun.elapsed().as_millis() as u64;
        return Ok(());
    }
    let directory = PublicDirectory::start(&scratch.join("directory"), &feed, &verifier)?;
    for name in names {
        let is_right = |answer: &str| answer.contains(&format!("\"ldhName\":\"{name}\""));
        if is_right(&directory.rdap_until(name.as_str(), is_right)) {
            report.answers += 1;
        } else {
            report.findings.push(format!("the restored directory does not answer for {name}"));
        }
        if report.rto_ms == 0 {
            report.rto_ms = begun.elapsed().as_millis() as u64;
        }
    }
    Ok(())
}

/// Names from all over the portfolio that have a public record.
fn some_names(instance: &Instance) -> Result<Vec<DomainName>, Failure> {
    let (mut names, mut after) = (Vec::new(), 0);
    loop {
        let page = instance.registrar.store().read(|tx| publications::list_changes(tx, after, PAGE)).map_err(store_failure)?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        names.extend(page.into_iter().filter(|change| change.record.is_some()).filter_map(|change| DomainName::parse(&change.name).ok()));
    }
    let stride = names.len().div_ceil(ANSWERS).max(1);
    Ok(names.into_iter().step_by(stride).collect())
}

/// Restores to the manifest's segment and compares every row.
fn prove_rows(source: &Source, generation: &GenerationId, segment: u64, scratch: &Path, report: &mut DrillReport) -> Result<(), Failure> {
    let (database, manifest) = (scratch.join("proof.db"), scratch.join("proof.manifest"));
    let reader = source.reader();
    reader.restore(generation, Until::Segment(segment), &database, false).map_err(|fault| failure(&fault))?;
    let file_failed = |error: std::io::Error| Failure::file(&manifest, "write the manifest", &error);
    let mut file = std::fs::File::create(&manifest).map_err(file_failed)?;
    let written = reader.manifest(generation, segment, &mut |piece| {
        let written = std::io::Write::write_all(&mut file, piece);
        written.map_err(|error| ::backup::BackupFault::File { file: manifest.display().to_string(), reason: error.to_string() })
    });
    written.map_err(|fault| failure(&fault))?;
    let file = std::io::BufReader::new(std::fs::File::open(&manifest).map_err(file_failed)?);
    let mut expected = FingerprintReader::new(file).map_err(file_failed)?;
    report.compare(&compare(&mut expected, &database).map_err(store_failure)?);
    Ok(())
}
