//! A repository against a model of the file, and against everything that can go wrong with it.

use std::path::PathBuf;
use std::sync::Arc;

use escrow::openpgp::{Form, OwnKey, Sealer};
use escrow::sftp::{HostKey, LoginKey, Target};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::fault::BackupFault;
use crate::names::GenerationId;
use crate::object::Pages;
use crate::place::{Folder, Place, Sftp};
use crate::reader::{Opener, Reader, Until};
use crate::retention::{self, Retention};
use crate::shares::{self, Share, ShareFault};
use crate::writer::{Writer, WriterState};

const PAGE: usize = 512;
const INSTANCE: &str = "registrar.example";

/// Keys, a place, a time.
struct Scene {
    folder: tempfile::TempDir,
    place: Arc<Folder>,
    backup: OwnKey,
    recovery: OwnKey,
    now: Timestamp,
}

impl Scene {
    fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Arc::new(Folder::new(&folder.path().join("place")));
        // No clock of a machine has reached it: keys are certified by that clock.
        let made: Timestamp = "2100-12-01T04:00:00Z".parse().unwrap();
        let key = |name| OwnKey::generate(Form::V6, name, made).unwrap();
        Self { place, folder, backup: key("backup"), recovery: key("recovery"), now: made + SignedDuration::from_hours(1) }
    }

    fn sealer(&self) -> Arc<Sealer> {
        Arc::new(Sealer::new(self.backup.clone(), vec![self.recovery.certificate().clone()], self.now).unwrap())
    }

    fn begin(&self, base: &[u8], chance: u16) -> Writer {
        Writer::begin(self.place.clone(), self.sealer(), INSTANCE, &mut &base[..], self.now, GenerationId::new(self.now, chance)).unwrap()
    }

    fn resume(&self, state: &WriterState, announced: Option<&WriterState>) -> Option<Writer> {
        Writer::resume(self.place.clone(), self.sealer(), INSTANCE, state.clone(), announced.cloned()).unwrap()
    }

    fn restore(&self, generation: &GenerationId, until: Until, best_effort: bool) -> Result<(Vec<u8>, crate::Restored), BackupFault> {
        self.restore_as(&self.recovery, INSTANCE, generation, until, best_effort)
    }

    fn restore_as(
        &self,
        key: &OwnKey,
        instance: &str,
        generation: &GenerationId,
        until: Until,
        best_effort: bool,
    ) -> Result<(Vec<u8>, crate::Restored), BackupFault> {
        let path = self.folder.path().join("restored.db");
        let signers = [self.backup.certificate().clone()];
        let now = self.now + SignedDuration::from_hours(24);
        let reader = Reader::new(self.place.clone(), Opener { key, signers: &signers, instance, now });
        let restored = reader.restore(generation, until, &path, best_effort);
        assert!(!self.folder.path().join("restored.db.restoring").exists(), "half a file was left");
        let restored = restored?;
        let bytes = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        Ok((bytes, restored))
    }

    fn check(&self, generation: &GenerationId) -> Vec<String> {
        let signers = [self.backup.certificate().clone()];
        let now = self.now + SignedDuration::from_hours(24);
        let reader = Reader::new(self.place.clone(), Opener { key: &self.recovery, signers: &signers, instance: INSTANCE, now });
        reader.check(generation).unwrap().iter().map(ToString::to_string).collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("place").join(name)
    }

    fn at(&self, second: i64) -> Timestamp {
        self.now + SignedDuration::from_secs(second)
    }
}

fn page(seed: u8) -> Vec<u8> {
    (0..PAGE).map(|at| (at as u8).wrapping_mul(seed)).collect()
}

fn pages(page_count: u32, changed: &[(u32, u8)]) -> Pages {
    let pages = changed.iter().filter(|(number, _)| *number <= page_count).map(|(number, seed)| (*number, page(*seed))).collect();
    Pages { page_size: PAGE as u32, page_count, pages }
}

fn apply(model: &mut Vec<u8>, pages: &Pages) {
    model.resize(pages.page_count as usize * PAGE, 0);
    for (number, content) in &pages.pages {
        let at = (*number as usize - 1) * PAGE;
        model[at..at + PAGE].copy_from_slice(content);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn every_segments_end_comes_back_byte_for_byte(
        base_pages in 0_usize..6,
        history in prop::collection::vec((1_u32..12, prop::collection::vec((1_u32..12, any::<u8>()), 0..6)), 0..5),
    ) {
        let scene = Scene::set();
        let mut model: Vec<u8> = (0..base_pages).flat_map(|seed| page(seed as u8)).collect();
        let mut writer = scene.begin(&model, 1);
        let mut states = vec![model.clone()];
        for (second, (count, changed)) in history.iter().enumerate() {
            let changed = pages(*count, changed);
            apply(&mut model, &changed);
            writer.segment(&changed, scene.at(second as i64 + 1)).unwrap();
            states.push(model.clone());
        }
        let generation = writer.state().generation.clone();
        for (segment, state) in states.iter().enumerate() {
            let (bytes, restored) = scene.restore(&generation, Until::Segment(segment as u64), false).unwrap();
            prop_assert!(bytes == *state && restored.segment == segment as u64);
            let (bytes, _) = scene.restore(&generation, Until::Time(scene.at(segment as i64)), false).unwrap();
            prop_assert!(bytes == *state, "by time");
        }
        prop_assert!(scene.restore(&generation, Until::Newest, false).unwrap().0 == model);
        prop_assert_eq!(scene.check(&generation), Vec::<String>::new());
    }
}

/// A base, three segments, a manifest at the end of the second.
fn story(scene: &Scene) -> (GenerationId, Vec<Vec<u8>>) {
    let mut model = page(3);
    let mut writer = scene.begin(&model, 7);
    let mut states = vec![model.clone()];
    for number in 1..=3_u32 {
        let changed = pages(number + 1, &[(number + 1, number as u8 + 10)]);
        apply(&mut model, &changed);
        states.push(model.clone());
        writer.segment(&changed, scene.at(i64::from(number))).unwrap();
        if number == 2 {
            writer.manifest(&mut &b"fingerprints"[..], scene.at(2)).unwrap();
        }
    }
    (writer.state().generation.clone(), states)
}

#[test]
fn one_flipped_bit_anywhere_is_refused_and_the_object_named() {
    let scene = Scene::set();
    let (generation, _) = story(&scene);
    for object in scene.place.list().unwrap() {
        let path = scene.path(&object);
        let whole = std::fs::read(&path).unwrap();
        for at in [0, 3, 40, whole.len() / 3, whole.len() / 2, whole.len() - 20, whole.len() - 1] {
            let mut flipped = whole.clone();
            flipped[at] ^= 4;
            std::fs::write(&path, &flipped).unwrap();
            let found = scene.check(&generation);
            assert!(found.iter().any(|found| found.contains(&object)), "bit {at} of {object}: {found:?}");
            if !object.contains("manifest") {
                let refused = scene.restore(&generation, Until::Newest, false).unwrap_err().to_string();
                assert!(refused.contains(&object), "bit {at} of {object}: {refused}");
            }
        }
        std::fs::write(&path, whole).unwrap();
    }
    assert_eq!(scene.check(&generation), Vec::<String>::new());
}

#[test]
fn what_is_missing_cut_exchanged_or_of_another_is_refused_and_named() {
    let scene = Scene::set();
    let (generation, states) = story(&scene);
    let other = Scene::set();
    let (others, _) = story(&other);
    let name = |segment: u32| format!("{generation}/segment-{segment:012}.pgp");
    let bytes = |segment: u32| std::fs::read(scene.path(&name(segment))).unwrap();
    let (first, second, third) = (bytes(1), bytes(2), bytes(3));
    let of_other = std::fs::read(other.path(&format!("{others}/segment-{:012}.pgp", 2))).unwrap();
    let mut again = scene.begin(&page(3), 8);
    again.segment(&pages(2, &[(2, 99)]), scene.at(1)).unwrap();
    again.segment(&pages(3, &[(3, 98)]), scene.at(2)).unwrap();
    let of_sibling = std::fs::read(scene.path(&format!("{}/segment-{:012}.pgp", again.state().generation, 2))).unwrap();
    let cases: [(&str, Option<Vec<u8>>, &str); 7] = [
        ("missing", None, "is missing"),
        ("cut", Some(second[..second.len() - 30].to_vec()), "is damaged"),
        ("empty", Some(Vec::new()), "is damaged"),
        ("its predecessor in its place", Some(first.clone()), "put in this one's place"),
        ("its successor in its place", Some(third.clone()), "put in this one's place"),
        ("of another registrar", Some(of_other), "is damaged"),
        ("of another generation", Some(of_sibling), "put in this one's place"),
    ];
    for (what, content, says) in cases {
        let path = scene.path(&name(2));
        match content {
            Some(content) => std::fs::write(&path, content).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        let refused = scene.restore(&generation, Until::Newest, false).unwrap_err().to_string();
        assert!(refused.contains(&name(2)) && refused.contains(says), "{what}: {refused}");
        assert!(scene.check(&generation).iter().any(|found| found.contains(&name(2))), "{what}");
        // Whoever wants what can be had gets the state before, and is told.
        let (bytes, restored) = scene.restore(&generation, Until::Newest, true).unwrap();
        assert!(bytes == states[1] && restored.segment == 1, "{what}");
        assert!(restored.stopped.unwrap().to_string().contains(&name(2)), "{what}");
        std::fs::write(&path, &second).unwrap();
    }
    // The newest cut off behind our back: what is left is whole, and ends earlier.
    std::fs::remove_file(scene.path(&name(3))).unwrap();
    assert_eq!(scene.restore(&generation, Until::Newest, false).unwrap().1.segment, 2);
    assert!(matches!(scene.restore(&generation, Until::Segment(3), false), Err(BackupFault::Missing { .. })));
}

#[test]
fn a_segment_that_was_exchanged_for_another_writing_of_it_breaks_the_chain() {
    let scene = Scene::set();
    let mut writer = scene.begin(&page(1), 1);
    // Signed by us as well, and never put: somebody kept it.
    let earlier = scene.resume(writer.state(), None).unwrap();
    writer.segment(&pages(3, &[(2, 5), (3, 6)]), scene.at(2)).unwrap();
    writer.segment(&pages(3, &[(3, 7)]), scene.at(3)).unwrap();
    let generation = writer.state().generation.clone();
    let (bytes, _) = scene.restore(&generation, Until::Newest, false).unwrap();
    assert!(bytes == [page(1), page(5), page(7)].concat());
    let path = scene.path(&format!("{generation}/segment-{:012}.pgp", 1));
    std::fs::remove_file(&path).unwrap();
    let mut earlier = earlier;
    earlier.segment(&pages(2, &[(2, 5)]), scene.at(1)).unwrap();
    let refused = scene.restore(&generation, Until::Newest, false).unwrap_err().to_string();
    assert!(refused.contains("segment-000000000002") && refused.contains("exchanged"), "{refused}");
}

#[test]
fn a_writer_goes_on_only_where_the_place_has_what_it_put() {
    let scene = Scene::set();
    let mut writer = scene.begin(&page(1), 1);
    let begun = writer.state().clone();
    assert_eq!(scene.resume(&begun, None).unwrap().state(), &begun);
    let first = writer.seal_segment(&pages(2, &[(2, 5)]), scene.at(1)).unwrap();
    // It died before the object was put: it goes on from before it.
    assert_eq!(scene.resume(&begun, Some(first.after())).unwrap().state(), &begun);
    writer.put_segment(&first).unwrap();
    // And after it was: it is not put again.
    assert_eq!(scene.resume(&begun, Some(first.after())).unwrap().state(), first.after());
    // The place did take it, and we did not hear of it: the very same again is no other.
    let mut deaf = scene.resume(first.after(), None).unwrap();
    writer.put_segment(&first).unwrap();
    // What another writing of the same segment says lies there stays there.
    let second = writer.seal_segment(&pages(3, &[(3, 6)]), scene.at(2)).unwrap();
    writer.put_segment(&second).unwrap();
    let other = deaf.seal_segment(&pages(3, &[(3, 7)]), scene.at(2)).unwrap();
    let refused = deaf.put_segment(&other).unwrap_err();
    assert!(matches!(&refused, BackupFault::Occupied { object } if object.contains("segment-000000000002")), "{refused}");
    assert_eq!(deaf.state(), first.after(), "it is not put");
    // A machine that was set back to an earlier state: what it wrote since is somebody else's past now.
    assert!(scene.resume(&begun, None).is_none() && scene.resume(first.after(), None).is_none());
    assert!(scene.resume(first.after(), Some(other.after())).is_none(), "announced is another writing of it");
    let (bytes, _) = scene.restore(&begun.generation, Until::Newest, false).unwrap();
    assert!(bytes == [page(1), page(5), page(6)].concat());
    // Something was removed.
    std::fs::remove_file(scene.path(&format!("{}/segment-{:012}.pgp", begun.generation, 2))).unwrap();
    assert!(scene.resume(second.after(), None).is_none());
    std::fs::remove_file(scene.path(&format!("{}/base-000001.pgp", begun.generation))).unwrap();
    assert!(scene.resume(first.after(), None).is_none());
}

#[test]
fn a_manifest_that_was_cut_off_is_no_damage() {
    let scene = Scene::set();
    let (generation, _) = story(&scene);
    let writer =
        scene.resume(&WriterState { segments: 3, newest: digest_of(&scene, &generation, 3), generation: generation.clone() }, None);
    let long = vec![7; 2 * crate::writer::PART_BYTES + 1];
    writer.unwrap().manifest(&mut long.as_slice(), scene.at(4)).unwrap();
    assert_eq!(scene.check(&generation), Vec::<String>::new());
    let part = |part: u32| format!("{generation}/manifest-{:012}-{part:06}.pgp", 3);
    let second = std::fs::read(scene.path(&part(2))).unwrap();
    // A hole is no end: somebody removed it.
    std::fs::remove_file(scene.path(&part(2))).unwrap();
    assert_eq!(scene.check(&generation), [format!("`{}` is missing", part(2))]);
    std::fs::write(scene.path(&part(2)), second).unwrap();
    for last in [3, 2] {
        std::fs::remove_file(scene.path(&part(last))).unwrap();
        assert_eq!(scene.check(&generation), Vec::<String>::new());
    }
    std::fs::remove_file(scene.path(&part(1))).unwrap();
    assert_eq!(scene.check(&generation), Vec::<String>::new());
}

fn digest_of(scene: &Scene, generation: &GenerationId, segment: u64) -> String {
    crate::digest::sha256(&scene.place.get(&format!("{generation}/segment-{segment:012}.pgp")).unwrap())
}

#[test]
fn a_base_that_was_not_finished_is_no_generation() {
    let scene = Scene::set();
    let base: Vec<u8> = (0..5).flat_map(page).collect();
    let generation = scene.begin(&base, 1).state().generation.clone();
    let part = format!("{generation}/base-000001.pgp");
    std::fs::remove_file(scene.path(&part)).unwrap();
    let refused = scene.restore(&generation, Until::Newest, true).unwrap_err();
    assert_eq!(refused, BackupFault::Missing { object: part });
}

#[test]
fn another_key_another_instance_and_an_occupied_place_are_refused() {
    let scene = Scene::set();
    let (generation, _) = story(&scene);
    let stranger = OwnKey::generate(Form::V6, "stranger", scene.now - SignedDuration::from_hours(1)).unwrap();
    assert!(scene.restore_as(&stranger, INSTANCE, &generation, Until::Newest, false).is_err());
    let refused = scene.restore_as(&scene.recovery, "other.example", &generation, Until::Newest, false).unwrap_err().to_string();
    assert!(refused.contains("`registrar.example`, not of `other.example`"), "{refused}");
    let occupied = scene.folder.path().join("restored.db");
    std::fs::write(&occupied, "somebody's").unwrap();
    let signers = [scene.backup.certificate().clone()];
    let opener = Opener { key: &scene.recovery, signers: &signers, instance: INSTANCE, now: scene.at(100) };
    let refused = Reader::new(scene.place.clone(), opener).restore(&generation, Until::Newest, &occupied, false).unwrap_err();
    assert!(refused.to_string().contains("a restore writes over nothing"), "{refused}");
    assert_eq!(std::fs::read(&occupied).unwrap(), b"somebody's");
    std::fs::remove_file(&occupied).unwrap();
    // Signed by somebody else: whoever can write to the place cannot write our past.
    let signers = [stranger.certificate().clone()];
    let opener = Opener { key: &scene.recovery, signers: &signers, instance: INSTANCE, now: scene.at(100) };
    assert_ne!(Reader::new(scene.place.clone(), opener).check(&generation).unwrap(), []);
    let long_ago = scene.restore(&generation, Until::Time(scene.at(-1)), false).unwrap_err().to_string();
    assert!(long_ago.starts_with("there is no backup"), "{long_ago}");
}

#[test]
fn a_manifest_comes_back_and_belongs_to_its_segment() {
    let scene = Scene::set();
    let (generation, _) = story(&scene);
    let signers = [scene.backup.certificate().clone()];
    let opener = || Opener { key: &scene.recovery, signers: &signers, instance: INSTANCE, now: scene.at(100) };
    let reader = Reader::new(scene.place.clone(), opener());
    assert_eq!(reader.survey().unwrap()[&generation].manifests, [(2, 1)].into());
    let read = |segment| {
        let mut content = Vec::<u8>::new();
        reader
            .manifest(&generation, segment, &mut |piece| {
                content.extend(piece);
                Ok(())
            })
            .map(|()| content)
    };
    assert_eq!(read(2).unwrap(), b"fingerprints");
    assert!(matches!(read(1), Err(BackupFault::Missing { .. })));
}

#[test]
fn old_generations_go_and_the_proven_one_stays() {
    let scene = Scene::set();
    let place = scene.place.as_ref();
    let day = |day: i64| scene.now + SignedDuration::from_hours(24 * day);
    let ids: Vec<GenerationId> = (0..6).map(|at| GenerationId::new(day(at), at as u16)).collect();
    for (at, id) in ids.iter().enumerate() {
        put_by_names(place, id, &["base-000001", "segment-000000000001", "manifest-000000000000-000001"]);
        assert_eq!(id.begun_at(), Some(day(at as i64)));
    }
    let found = crate::survey(place).unwrap();
    let rules = Retention { reach: SignedDuration::from_hours(24 * 3), least: 2 };
    let expired = |proven, now| retention::expired(&found, proven, rules, now);
    assert_eq!(expired(None, day(5)), ids[..1]);
    assert_eq!(expired(None, day(6)), ids[..2]);
    assert_eq!(expired(Some(&ids[0]), day(6)), ids[1..2]);
    assert_eq!(expired(None, day(500)), ids[..4], "the newest two stay whatever their age");
    assert_eq!(retention::prune(place, &ids[..2]).unwrap(), 6);
    assert_eq!(crate::survey(place).unwrap().keys().cloned().collect::<Vec<_>>(), ids[2..]);
}

/// A base that failed is no successor, and does not count among those that are kept whatever their age.
#[test]
fn what_was_not_finished_keeps_nothing_and_makes_nothing_old() {
    let scene = Scene::set();
    let place = scene.place.as_ref();
    let hour = |hour: i64| scene.now + SignedDuration::from_hours(hour);
    let id = |at: i64| GenerationId::new(hour(at), at as u16);
    put_by_names(place, &id(0), &["base-000001", "base-000002", "manifest-000000000000-000001"]);
    (1..5).for_each(|at| put_by_names(place, &id(at), &["base-000001"]));
    let rules = Retention { reach: SignedDuration::from_hours(10), least: 1 };
    let expired = |now| retention::expired(&crate::survey(place).unwrap(), None, rules, hour(now));
    assert_eq!(expired(500), [], "nothing else can be restored");
    put_by_names(place, &id(490), &["base-000001", "segment-000000000001"]);
    put_by_names(place, &id(491), &["base-000001"]);
    assert_eq!(expired(500), (1..5).map(id).collect::<Vec<_>>(), "the first is within reach until the next is older than that");
    assert_eq!(expired(501), (0..5).map(id).collect::<Vec<_>>());
}

/// Wherever it is cut off, what is left is no generation that looks whole and is not.
#[test]
fn removing_begins_at_the_end() {
    let scene = Scene::set();
    let (generation, states) = story(&scene);
    let removals = Removals { folder: scene.place.as_ref().clone(), left: 0.into() };
    for _ in scene.place.list().unwrap() {
        *removals.left.lock().unwrap() = 1;
        assert!(retention::prune(&removals, std::slice::from_ref(&generation)).is_err() || scene.place.list().unwrap().is_empty());
        let Some(survey) = crate::survey(scene.place.as_ref()).unwrap().remove(&generation) else { break };
        if survey.is_whole() {
            assert_eq!(survey.cut_off, 0);
            let (bytes, restored) = scene.restore(&generation, Until::Newest, false).unwrap();
            assert!(bytes == states[restored.segment as usize]);
        }
    }
    assert_eq!(scene.place.list().unwrap(), Vec::<String>::new());
}

/// Removes so many, and then fails.
#[derive(Debug)]
struct Removals {
    folder: Folder,
    left: std::sync::Mutex<u32>,
}

impl Place for Removals {
    fn describe(&self) -> String {
        self.folder.describe()
    }

    fn put(&self, name: &str, content: &[u8]) -> Result<(), BackupFault> {
        self.folder.put(name, content)
    }

    fn get(&self, name: &str) -> Result<Vec<u8>, BackupFault> {
        self.folder.get(name)
    }

    fn list(&self) -> Result<Vec<String>, BackupFault> {
        self.folder.list()
    }

    fn remove(&self, name: &str) -> Result<(), BackupFault> {
        let mut left = self.left.lock().unwrap();
        if *left == 0 {
            return Err(BackupFault::Missing { object: name.to_owned() });
        }
        *left -= 1;
        self.folder.remove(name)
    }
}

fn put_by_names(place: &dyn Place, id: &GenerationId, objects: &[&str]) {
    objects.iter().for_each(|object| place.put(&format!("{id}/{object}.pgp"), b"x").unwrap());
}

#[test]
fn enough_shares_open_the_key_and_fewer_say_so() {
    let secret = b"-----BEGIN PGP PRIVATE KEY BLOCK-----";
    let (file, made) = shares::split(secret, 5, 3).unwrap();
    let lines: Vec<String> = made.iter().map(|share| share.line().to_string()).collect();
    let typed = |which: &[usize]| which.iter().map(|at| lines[*at].parse::<Share>().unwrap()).collect::<Vec<_>>();
    for which in [[0, 1, 2], [4, 2, 0], [3, 1, 4]] {
        assert_eq!(shares::join(&file, &typed(&which)).unwrap().as_slice(), secret);
    }
    assert_eq!(shares::join(&file, &typed(&[0, 1])).unwrap_err(), ShareFault::TooFew { given: 2, needed: 3 });
    assert_eq!(shares::join(&file, &typed(&[0, 1, 1])).unwrap_err(), ShareFault::Twice { share: made[1].number() });
    let (other_file, others) = shares::split(secret, 3, 2).unwrap();
    let mixed = [made[0].clone(), made[1].clone(), others[0].clone()];
    assert!(matches!(shares::join(&file, &mixed), Err(ShareFault::OtherSet { .. })));
    assert!(shares::join(&other_file[..20], &others).is_err());
    let mut flipped = file.clone();
    *flipped.last_mut().unwrap() ^= 1;
    assert!(shares::join(&flipped, &made).is_err());
    // Any letter that was mistyped is found, and the share that has it says so.
    let line = &lines[0];
    for at in line.len() - 30..line.len() {
        let mut letters = line.clone().into_bytes();
        if letters[at] == b'-' {
            continue;
        }
        letters[at] = if letters[at] == b'A' { b'B' } else { b'A' };
        let mistyped = String::from_utf8(letters).unwrap();
        assert!(mistyped == *line || mistyped.parse::<Share>().is_err(), "letter {at}");
    }
    assert!(lines[0].to_lowercase().replace('-', "").parse::<Share>().is_err(), "the first word is not ours");
    assert!(!format!("{:?}", made[0]).contains(lines[0].split(' ').next_back().unwrap()));
    for (shares, needed) in [(1, 1), (2, 3), (0, 0)] {
        assert!(shares::split(secret, shares, needed).is_err());
    }
}

/// Every place keeps what it took, and writes over nothing.
#[test]
fn a_folder_is_a_place() {
    let scene = Scene::set();
    is_a_place(scene.place.as_ref());
}

/// A folder at OpenSSH's server. `NAMEKEEP_SFTP` has its port, the user, the folder, the file of our key, and the host's key.
#[test]
#[ignore = "needs OpenSSH's server: the step `escrow` of `cargo xtask test` starts one and runs this"]
fn a_host_is_a_place() {
    let said = std::env::var("NAMEKEEP_SFTP").expect("the step says where the server is");
    let [port, user, folder, key, host_key] = said.splitn(5, ' ').collect::<Vec<_>>().try_into().unwrap();
    let target = |host_key: &str| Target {
        host: "127.0.0.1".to_owned(),
        port: port.parse().unwrap(),
        user: user.to_owned(),
        key: LoginKey::parse(&std::fs::read(key).unwrap()).unwrap(),
        host_keys: vec![HostKey::parse(host_key).unwrap()],
        folder: format!("{folder}/place"),
    };
    is_a_place(&Sftp::new(target(host_key)));
    let (_, strange) = LoginKey::generate().unwrap();
    let stranger = Sftp::new(Target { host_keys: vec![strange], ..target(host_key) });
    let refused = stranger.put("a/9", b"").unwrap_err().to_string();
    assert!(refused.contains("which is not pinned"), "{refused}");
}

/// What any place does.
fn is_a_place(place: &dyn Place) {
    assert_eq!(place.list().unwrap(), Vec::<String>::new());
    let large: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
    for (name, content) in [("b/2", b"two".as_slice()), ("a/1", &large), ("b/1", b"")] {
        place.put(name, content).unwrap();
        place.put(name, content).unwrap();
        assert_eq!(place.get(name).unwrap(), content, "{name}");
    }
    assert_eq!(place.put("b/2", b"other").unwrap_err(), BackupFault::Occupied { object: "b/2".to_owned() });
    assert_eq!(place.get("b/2").unwrap(), b"two");
    assert_eq!(place.list().unwrap(), ["a/1", "b/1", "b/2"]);
    assert_eq!(place.get("b/3").unwrap_err(), BackupFault::Missing { object: "b/3".to_owned() });
    for _ in 0..2 {
        place.remove("b/2").unwrap();
    }
    place.remove("c/1").unwrap();
    assert_eq!(place.list().unwrap(), ["a/1", "b/1"]);
}
