//! Backups: everything that was committed lies in the place, also after the place was full, the process died, or somebody emptied the log;
//! what is in the way is said, and drills are asked for.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ::backup::place::{Folder, Place};
use ::backup::retention::Retention;
use ::backup::{BackupFault, Opener, Reader, Until};
use escrow::openpgp::{Form, OwnKey, Sealer};
use jiff::SignedDuration;
use store::backup::{FingerprintReader, compare};
use store::testing::{TestDatabase, TestDatabases};
use store::{DatabaseUrl, Store, registrations};

use super::permissions::drill_record;
use super::world::name;
use crate::backup::{AskDrills, BackupOrder, DrillRecord, NoteDrill, Shipper, WantManifest};
use crate::registry::ListAlarms;
use crate::testing::House;

/// The name of the instance.
const INSTANCE: &str = "registrar.example";

/// Noon of a day that no clock of a machine has reached: keys are certified by that clock.
const NOON: &str = "2100-11-30T12:00:00Z";

/// Steps within which a base is written.
const STEPS: usize = 2_000;

/// A folder that can be full.
#[derive(Debug)]
struct Disk {
    folder: Folder,
    is_full: AtomicBool,
}

impl Place for Disk {
    fn describe(&self) -> String {
        self.folder.describe()
    }

    fn put(&self, name: &str, content: &[u8]) -> Result<(), BackupFault> {
        if self.is_full.load(Ordering::Relaxed) {
            let (place, doing) = (self.describe(), format!("take `{name}`"));
            return Err(BackupFault::Place { place, doing, reason: "No space left on device".to_owned() });
        }
        self.folder.put(name, content)
    }

    fn get(&self, name: &str) -> Result<Vec<u8>, BackupFault> {
        self.folder.get(name)
    }

    fn list(&self) -> Result<Vec<String>, BackupFault> {
        self.folder.list()
    }

    fn remove(&self, name: &str) -> Result<(), BackupFault> {
        self.folder.remove(name)
    }
}

/// A house with a place for its backups.
struct Scene {
    database: TestDatabase,
    house: House,
    disk: Arc<Disk>,
    log_limit: u64,
    backup: OwnKey,
    recovery: OwnKey,
}

impl Scene {
    fn set() -> Self {
        let database = TestDatabases::sqlite();
        let house = House::on(&database);
        let made = house.at(NOON);
        let key = |name| OwnKey::generate(Form::V6, name, made).unwrap();
        let disk = Arc::new(Disk { folder: Folder::new(&database.folder().join("place")), is_full: AtomicBool::new(false) });
        Self { backup: key("backup"), recovery: key("recovery"), database, house, disk, log_limit: 1 << 40 }
    }

    fn order(&self) -> BackupOrder {
        let now = self.house.registrar.now();
        let sealer = Sealer::new(self.backup.clone(), vec![self.recovery.certificate().clone()], now).unwrap();
        let hours = SignedDuration::from_hours;
        BackupOrder {
            database: self.database.url().file().unwrap().to_owned(),
            instance: INSTANCE.to_owned(),
            place: self.disk.clone(),
            sealer: Arc::new(sealer),
            state: self.database.folder().join("backup.json"),
            standing: self.database.folder().join("standing.json"),
            base_every: hours(24),
            manifest_every: hours(6),
            log_limit: self.log_limit,
            retention: Some(Retention { reach: hours(48), least: 1 }),
        }
    }

    fn shipper(&self) -> Shipper {
        Shipper::claim(&self.house.registrar, self.order()).unwrap().unwrap()
    }

    /// Steps until all that is committed lies there.
    fn complete(&self, shipper: &mut Shipper) {
        self.later(1);
        let begun = self.house.registrar.now();
        for _ in 0..STEPS {
            if shipper.step().unwrap() == 0 {
                if shipper.is_complete_since(begun) {
                    return;
                }
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
        }
        panic!("the backup is not complete after {STEPS} steps: {:?}", shipper.standing());
    }

    fn reader<'k>(&'k self, signers: &'k [escrow::openpgp::Certificate]) -> Reader<'k> {
        let now = self.house.registrar.now();
        Reader::new(self.disk.clone(), Opener { key: &self.recovery, signers, instance: INSTANCE, now })
    }

    /// Whether a restore of the newest state has these names.
    fn has(&self, names: &[&str]) -> bool {
        let signers = [self.backup.certificate().clone()];
        let reader = self.reader(&signers);
        let (generation, _) = reader.newest(None).unwrap();
        let path = self.database.folder().join("restored.db");
        reader.restore(&generation, Until::Newest, &path, false).unwrap();
        let store = Store::open(&DatabaseUrl::sqlite(&path)).unwrap();
        let has = names.iter().all(|text| {
            let name = name(text);
            store.read(|tx| registrations::find_open(tx, &name)).unwrap().is_some()
        });
        drop(store);
        remove(&path);
        has
    }

    fn alarms(&self) -> Vec<String> {
        self.house.ask(ListAlarms::default()).unwrap().into_iter().map(|alarm| alarm.key).collect()
    }

    fn later(&self, minutes: i64) {
        let at = self.house.registrar.now() + SignedDuration::from_mins(minutes);
        self.house.at(&at.to_string());
    }
}

fn remove(database: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut path = database.as_os_str().to_owned();
        path.push(ending);
        drop(std::fs::remove_file(path));
    }
}

#[test]
fn what_is_committed_lies_in_the_place_and_comes_back() {
    let scene = Scene::set();
    let mut shipper = scene.shipper();
    assert!(Shipper::claim(&scene.house.registrar, scene.order()).unwrap().is_none(), "two shippers would write two histories");
    scene.house.registered("a.alpha");
    scene.complete(&mut shipper);
    scene.house.registered("b.alpha");
    // Somebody erases, and the log is emptied beside the shipper.
    scene.house.registrar.store().scrub().unwrap();
    scene.house.registered("c.alpha");
    scene.complete(&mut shipper);
    assert!(scene.has(&["a.alpha", "b.alpha", "c.alpha"]));
    // The process ends; the next one goes on in the same generation, or begins one where nobody can know what happened meanwhile.
    drop(shipper);
    scene.house.registered("d.alpha");
    let mut shipper = scene.shipper();
    scene.complete(&mut shipper);
    assert!(scene.has(&["a.alpha", "b.alpha", "c.alpha", "d.alpha"]));
    // All well: nothing is written because of the backups, or they would follow themselves for ever.
    let signers = [scene.backup.certificate().clone()];
    let segments = || scene.reader(&signers).survey().unwrap().into_values().next_back().unwrap().segments;
    let before = segments();
    (0..20).for_each(|_| assert_eq!(shipper.step().unwrap(), 0));
    assert_eq!(segments(), before);
}

#[test]
fn a_full_place_is_told_and_made_good_without_a_hand() {
    let scene = Scene::set();
    let mut shipper = scene.shipper();
    scene.house.registered("a.alpha");
    scene.complete(&mut shipper);
    scene.disk.is_full.store(true, Ordering::Relaxed);
    scene.house.registered("b.alpha");
    assert_eq!(shipper.step().unwrap(), 0);
    assert_eq!(scene.alarms(), Vec::<String>::new(), "a moment is no reason to wake anybody");
    scene.later(3);
    scene.house.registered("c.alpha");
    shipper.step().unwrap();
    assert_eq!(scene.alarms(), ["backup-behind"]);
    let said = shipper.standing().fault.clone().unwrap();
    assert!(said.contains("No space left on device"), "{said}");
    scene.disk.is_full.store(false, Ordering::Relaxed);
    scene.complete(&mut shipper);
    assert_eq!(scene.alarms(), Vec::<String>::new());
    assert!(shipper.standing().fault.is_none());
    assert!(scene.has(&["a.alpha", "b.alpha", "c.alpha"]));
}

/// The length of the log that `namekeep`'s pages were written to.
fn log_bytes(scene: &Scene) -> u64 {
    let mut path = scene.database.url().file().unwrap().as_os_str().to_owned();
    path.push("-wal");
    std::fs::metadata(path).unwrap().len()
}

/// Pages of the database change until its log is much longer than it.
fn churn(scene: &Scene) {
    let target = log_bytes(scene) * 3;
    let mut number = 0;
    while log_bytes(scene) < target {
        number += 1;
        scene.house.registrar.store().write(move |tx| store::settings::set(tx, "churn", &format!("{number}"))).unwrap();
    }
}

#[test]
fn backups_far_behind_are_given_up_before_they_fill_the_disk_and_begun_anew() {
    let mut scene = Scene::set();
    scene.log_limit = 1;
    let mut shipper = scene.shipper();
    scene.house.registered("a.alpha");
    scene.complete(&mut shipper);
    let first = shipper.standing().generation.clone();
    scene.disk.is_full.store(true, Ordering::Relaxed);
    scene.house.registered("b.alpha");
    shipper.step().unwrap();
    assert!(shipper.standing().fault.clone().unwrap().contains("No space left"), "a little may wait: {:?}", shipper.standing());
    churn(&scene);
    shipper.step().unwrap();
    assert!(shipper.standing().fault.clone().unwrap().contains("fell behind"), "{:?}", shipper.standing());
    assert_eq!(log_bytes(&scene), 0, "nobody holds the log any more");
    // The place stays full: a base cannot be begun, the log does not grow for it, and somebody is told.
    scene.house.registered("c.alpha");
    for _ in 0..20 {
        scene.later(1);
        shipper.step().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(scene.alarms(), ["backup-behind"]);
    scene.disk.is_full.store(false, Ordering::Relaxed);
    scene.complete(&mut shipper);
    assert_ne!(shipper.standing().generation, first);
    assert_eq!(scene.alarms(), Vec::<String>::new());
    assert!(scene.has(&["a.alpha", "b.alpha", "c.alpha"]));
}

/// A machine that is brought back from an image of itself finds newer segments than it knows of.
#[test]
fn a_machine_that_was_set_back_writes_over_nothing() {
    let scene = Scene::set();
    let mut shipper = scene.shipper();
    scene.house.registered("a.alpha");
    scene.complete(&mut shipper);
    let (state, image) = (scene.order().state, std::fs::read(scene.order().state).unwrap());
    scene.house.registered("b.alpha");
    scene.complete(&mut shipper);
    scene.house.registered("c.alpha");
    scene.complete(&mut shipper);
    let (first, signers) = (shipper.standing().generation.clone(), [scene.backup.certificate().clone()]);
    let survey = |generation: &str| scene.reader(&signers).survey().unwrap()[&generation.parse().unwrap()].clone();
    let before = survey(first.as_deref().unwrap());
    drop(shipper);
    let after = survey(first.as_deref().unwrap());
    assert!(after.segments >= before.segments);
    std::fs::write(&state, image).unwrap();
    let mut shipper = scene.shipper();
    scene.house.registered("d.alpha");
    scene.complete(&mut shipper);
    assert_ne!(shipper.standing().generation, first);
    assert_eq!(survey(first.as_deref().unwrap()), after);
    assert!(scene.has(&["a.alpha", "b.alpha", "c.alpha", "d.alpha"]));
}

#[test]
fn a_day_begins_a_generation_and_the_oldest_go() {
    let scene = Scene::set();
    let mut shipper = scene.shipper();
    let signers = [scene.backup.certificate().clone()];
    let mut ids = std::collections::BTreeSet::new();
    for day in 0..5 {
        scene.house.registered(&format!("day{day}.alpha"));
        scene.complete(&mut shipper);
        for _ in 0..STEPS {
            let found: Vec<_> = scene.reader(&signers).survey().unwrap().into_keys().collect();
            ids.extend(found);
            if ids.len() > day {
                break;
            }
            shipper.step().unwrap();
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        scene.complete(&mut shipper);
        scene.later(24 * 60 + 1);
    }
    assert_eq!(ids.len(), 5, "{ids:?}");
    let left: Vec<_> = scene.reader(&signers).survey().unwrap().into_keys().collect();
    assert!(left.len() < 5 && ids.iter().rev().take(left.len()).rev().eq(left.iter()), "{left:?} of {ids:?}");
    assert!(scene.has(&["day0.alpha", "day4.alpha"]));
}

#[test]
fn a_manifest_is_put_when_one_is_wanted_and_every_row_agrees_with_it() {
    let scene = Scene::set();
    let mut shipper = scene.shipper();
    scene.house.registered("a.alpha");
    scene.complete(&mut shipper);
    scene.house.registered("b.alpha");
    scene.house.act(WantManifest).unwrap();
    scene.complete(&mut shipper);
    let signers = [scene.backup.certificate().clone()];
    let reader = scene.reader(&signers);
    let segment = (0..STEPS)
        .find_map(|_| {
            shipper.step().unwrap();
            std::thread::sleep(std::time::Duration::from_millis(5));
            let (_, survey) = reader.survey().unwrap().into_iter().next_back().unwrap();
            survey.manifests.last_key_value().map(|(segment, _)| *segment).filter(|segment| *segment > 0)
        })
        .unwrap();
    let (generation, _) = reader.newest(None).unwrap();
    let path = scene.database.folder().join("proof.db");
    reader.restore(&generation, Until::Segment(segment), &path, false).unwrap();
    let mut manifest = Vec::new();
    let read = reader.manifest(&generation, segment, &mut |piece| {
        manifest.extend_from_slice(piece);
        Ok(())
    });
    read.unwrap();
    let compared = compare(&mut FingerprintReader::new(manifest.as_slice()).unwrap(), &path).unwrap();
    assert!(compared.is_equal() && compared.equal > 10, "{compared:?}");
}

#[test]
fn a_drill_that_is_overdue_or_failed_is_an_alarm_until_one_holds() {
    let scene = Scene::set();
    let mut shipper = scene.shipper();
    scene.complete(&mut shipper);
    assert_eq!(scene.alarms(), Vec::<String>::new());
    scene.later(9 * 24 * 60);
    scene.complete(&mut shipper);
    assert_eq!(scene.alarms(), ["drill-stale"]);
    let record = |held| DrillRecord { held, at: scene.house.registrar.now(), ..drill_record() };
    scene.house.act(NoteDrill(record(false))).unwrap();
    assert_eq!(scene.alarms(), ["drill-failed:d1", "drill-stale"]);
    assert_eq!(scene.house.ask(AskDrills).unwrap(), []);
    scene.house.act(NoteDrill(record(true))).unwrap();
    scene.later(61);
    scene.complete(&mut shipper);
    assert_eq!(scene.alarms(), Vec::<String>::new());
    assert_eq!(scene.house.ask(AskDrills).unwrap().len(), 1);
}
