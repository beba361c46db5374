//! The sealed key file against a token in memory that refuses or dies at any step. What a real token does is in `tests::hsm`.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use zeroize::Zeroizing;

use super::kek::{Kek, data_key};
use super::token::{KeyStanding, KeyToken, TokenKeyId};
use crate::fault::StoreFault;
use crate::secret_file::beside;

/// What stands between two steps of a cut; the token dies there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    BeforeMake,
    AfterMake,
    AfterSeal,
    BeforeDestroy,
    AfterDestroy,
}

const STEPS: [Step; 5] = [Step::BeforeMake, Step::AfterMake, Step::AfterSeal, Step::BeforeDestroy, Step::AfterDestroy];

#[derive(Default)]
struct State {
    /// By id: label and key.
    keys: BTreeMap<[u8; 16], (String, [u8; 32])>,
    dies_at: Option<Step>,
}

/// A token in memory, as one node sees it.
#[derive(Clone)]
struct Memory {
    state: Arc<Mutex<State>>,
    label: &'static str,
}

impl Memory {
    fn new(label: &'static str) -> Self {
        Self { state: Arc::default(), label }
    }

    fn as_node(&self, label: &'static str) -> Self {
        Self { label, ..self.clone() }
    }

    fn labels(&self) -> Vec<String> {
        self.state.lock().unwrap().keys.values().map(|(label, _)| label.clone()).collect()
    }

    fn pass(&self, step: Step) -> Result<(), StoreFault> {
        if self.state.lock().unwrap().dies_at == Some(step) { Err(dead()) } else { Ok(()) }
    }

    fn key(&self, id: &TokenKeyId) -> Result<[u8; 32], StoreFault> {
        self.state.lock().unwrap().keys.get(id.as_bytes()).map(|(_, key)| *key).ok_or_else(dead)
    }
}

fn dead() -> StoreFault {
    StoreFault::Token { name: "in memory".to_owned(), action: "go on".to_owned(), reason: "it died".to_owned() }
}

impl KeyToken for Memory {
    fn check(&self) -> Result<(), StoreFault> {
        Ok(())
    }

    fn make(&self, id: &TokenKeyId) -> Result<(), StoreFault> {
        self.pass(Step::BeforeMake)?;
        self.state.lock().unwrap().keys.insert(*id.as_bytes(), (self.label.to_owned(), super::random()?));
        self.pass(Step::AfterMake)
    }

    fn seal(&self, id: &TokenKeyId, binding: &[u8], plain: &[u8]) -> Result<Vec<u8>, StoreFault> {
        let mut body = plain.to_vec();
        let nonce =
            data_key(&self.key(id)?)?.seal_in_place_append_tag(aws_lc_rs::aead::Aad::from(binding), &mut body).map_err(|_| dead())?;
        self.pass(Step::AfterSeal)?;
        Ok([nonce.as_ref().as_slice(), &body].concat())
    }

    fn open(&self, id: &TokenKeyId, binding: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreFault> {
        let (nonce, body) = sealed.split_first_chunk::<12>().ok_or_else(dead)?;
        let mut body = body.to_vec();
        let plain = data_key(&self.key(id)?)?;
        let plain = plain.open_in_place(nonce.into(), aws_lc_rs::aead::Aad::from(binding), &mut body).map_err(|_| dead())?;
        Ok(Zeroizing::new(plain.to_vec()))
    }

    fn find(&self, id: &TokenKeyId) -> Result<KeyStanding, StoreFault> {
        Ok(match self.state.lock().unwrap().keys.get(id.as_bytes()) {
            None => KeyStanding::Missing,
            Some((label, _)) if label == self.label => KeyStanding::Ours,
            Some((label, _)) => KeyStanding::Others { label: label.clone() },
        })
    }

    fn destroy(&self, id: &TokenKeyId) -> Result<(), StoreFault> {
        self.pass(Step::BeforeDestroy)?;
        assert_eq!(self.find(id)?, KeyStanding::Ours);
        self.state.lock().unwrap().keys.remove(id.as_bytes());
        self.pass(Step::AfterDestroy)
    }
}

struct Scene {
    folder: tempfile::TempDir,
    token: Memory,
}

impl Scene {
    /// A key file in clear beside a token.
    fn new() -> Self {
        let scene = Self { folder: tempfile::tempdir().unwrap(), token: Memory::new("node 1") };
        Kek::generate().unwrap().write_new(&scene.path()).unwrap();
        scene
    }

    /// The same, sealed.
    fn sealed() -> Self {
        let scene = Self::new();
        scene.open().settle().unwrap();
        scene
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("kek")
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn open(&self) -> Kek {
        self.open_at(&self.path()).unwrap()
    }

    fn open_at(&self, path: &Path) -> Result<Kek, StoreFault> {
        Kek::read_sealed(path, Box::new(self.token.clone()), None)
    }

    fn dies_at(&self, step: Option<Step>) {
        self.token.state.lock().unwrap().dies_at = step;
    }

    /// A file as it is now, kept by somebody.
    fn keep(&self, name: &str) -> PathBuf {
        let kept = self.place(name);
        std::fs::copy(self.path(), &kept).unwrap();
        kept
    }

    fn note(&self) -> Vec<String> {
        std::fs::read_to_string(beside(&self.path(), "token")).unwrap().lines().map(ToOwned::to_owned).collect()
    }
}

fn is_there(kek: &Kek, leaf: u32) -> bool {
    kek.next_leaf(leaf) == Some(leaf)
}

#[test]
fn no_key_lies_in_a_sealed_file_in_clear() {
    let scene = Scene::new();
    let clear = std::fs::read(scene.path()).unwrap();
    let beside_it = scene.place("other name");
    std::fs::hard_link(scene.path(), &beside_it).unwrap();
    let kek = scene.open();
    assert_eq!(kek.find_unsettled(), Ok(Some("the key file lies there in clear")));
    kek.settle().unwrap();
    assert!(std::fs::read(&beside_it).unwrap().iter().all(|byte| *byte == 0), "the file in clear is overwritten");
    let root = &clear[clear.len() - 64..clear.len() - 32];
    let mut branches = vec![root.to_vec()];
    kek.cut(&[5, 4_000_000_000]).unwrap();
    branches.extend(kek.seeds());
    assert!(branches.len() > 50);
    let sealed = std::fs::read(scene.path()).unwrap();
    for name in ["kek", "kek.token", "kek.lock", "other name"] {
        let bytes = std::fs::read(scene.place(name)).unwrap();
        assert!(branches.iter().all(|seed| !bytes.windows(8).any(|window| seed.windows(8).any(|part| part == window))), "{name}");
    }
    let mode = std::fs::metadata(scene.path()).unwrap().permissions().mode();
    assert_eq!((mode & 0o777, sealed.starts_with(b"namekeep sealed vault keys 1\n")), (0o600, true));
    let refused = Kek::read(&scene.path()).unwrap_err().to_string();
    assert!(refused.contains("it is sealed by a token; name that token in `[keys.token]`"), "{refused}");
}

/// Whatever is changed or cut off, it is refused, and nothing panics.
#[test]
fn a_changed_file_is_refused() {
    let scene = Scene::sealed();
    let sealed = std::fs::read(scene.path()).unwrap();
    let target = scene.keep("changed");
    for place in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[place] ^= 1;
        std::fs::write(&target, &changed).unwrap();
        assert!(scene.open_at(&target).is_err(), "byte {place}");
        std::fs::write(&target, &sealed[..place]).unwrap();
        assert!(scene.open_at(&target).is_err(), "cut off at {place}");
    }
}

/// The power fails between any two steps: everybody opens afterwards, the next start finishes, and then nothing older opens.
#[test]
fn a_death_at_any_step_loses_nothing_and_is_repaired() {
    for step in STEPS {
        let scene = Scene::sealed();
        let old = scene.keep("old");
        scene.dies_at(Some(step));
        let kek = scene.open();
        let cut = kek.cut(&[7]).and_then(|_| kek.settle());
        assert!(cut.is_err(), "{step:?}");
        assert!(is_there(&kek, 6) && is_there(&kek, 8), "{step:?}: who runs goes on");
        drop(kek);
        scene.dies_at(None);
        // A crash between writing and renaming leaves this.
        std::fs::write(beside(&scene.path(), "new"), b"half").unwrap();
        let kek = scene.open();
        assert!(is_there(&kek, 6) && is_there(&kek, 8), "{step:?}");
        let was_cut = !is_there(&kek, 7);
        assert_eq!(was_cut, matches!(step, Step::BeforeDestroy | Step::AfterDestroy), "{step:?}: in the file or not, nothing between");
        assert!(kek.find_unsettled().unwrap().is_some(), "{step:?}");
        kek.cut(&[7]).unwrap();
        kek.settle().unwrap();
        assert_eq!(kek.find_unsettled(), Ok(None));
        assert_eq!((scene.token.labels().len(), scene.note().len()), (1, 1), "{step:?}: one key is left, and the note names it");
        let refused = scene.open_at(&old).unwrap_err().to_string();
        assert!(refused.contains("which opens no more"), "{step:?}: {refused}");
        let later = scene.open();
        assert!(is_there(&later, 6) && !is_there(&later, 7) && is_there(&later, 8), "{step:?}");
    }
}

/// A second death while the first is repaired.
#[test]
fn deaths_one_after_the_other_are_repaired() {
    for first in STEPS {
        for second in STEPS {
            let scene = Scene::sealed();
            for (step, leaf) in [(Some(first), 3), (Some(second), 4), (None, 5)] {
                scene.dies_at(step);
                let kek = scene.open();
                // Where it dies does not matter.
                drop(kek.cut(&[leaf]).and_then(|_| kek.settle()));
            }
            let kek = scene.open();
            assert_eq!((scene.token.labels().len(), kek.find_unsettled()), (1, Ok(None)), "{first:?}, {second:?}");
            assert!(is_there(&kek, 2) && !is_there(&kek, 5) && is_there(&kek, 6));
        }
    }
}

#[test]
fn a_key_that_is_deleted_from_the_token_is_made_anew_while_somebody_still_has_the_keys() {
    let scene = Scene::sealed();
    let kek = scene.open();
    scene.token.state.lock().unwrap().keys.clear();
    let refused = scene.open_at(&scene.path()).unwrap_err().to_string();
    assert!(refused.contains("or the key was deleted from the token"), "{refused}");
    assert!(kek.find_unsettled().unwrap().unwrap().contains("not on the token any more"));
    kek.settle().unwrap();
    assert!(is_there(&scene.open(), 0));
}

/// Two nodes, one token: what one does to its file and its keys concerns nobody else.
#[test]
fn nodes_that_share_a_token_leave_each_others_keys() {
    let scene = Scene::sealed();
    let (theirs, second) = (scene.keep("second"), scene.token.as_node("node 2"));
    std::fs::copy(beside(&scene.path(), "token"), beside(&theirs, "token")).unwrap();
    let open_second = || Kek::read_sealed(&theirs, Box::new(second.clone()), None).unwrap();
    let one = scene.open();
    let two = open_second();
    assert!(two.find_unsettled().unwrap().unwrap().contains("another label"));
    two.settle().unwrap();
    assert_eq!(scene.token.labels().len(), 2, "the key of the first node is left to it");
    one.cut(&[1]).and_then(|_| one.settle()).unwrap();
    two.cut(&[1, 2]).and_then(|_| two.settle()).unwrap();
    one.cut(&[2]).and_then(|_| one.settle()).unwrap();
    let mut labels = scene.token.labels();
    labels.sort();
    assert_eq!(labels, ["node 1", "node 2"]);
    for kek in [scene.open(), open_second()] {
        assert!(is_there(&kek, 0) && !is_there(&kek, 1) && !is_there(&kek, 2) && is_there(&kek, 3));
    }
}

/// Two nodes that were given the same label by mistake: whoever runs gets a key of its own, and whoever was down takes the other's file.
#[test]
fn a_shared_label_loses_nothing() {
    let scene = Scene::sealed();
    let theirs = scene.keep("second");
    std::fs::copy(beside(&scene.path(), "token"), beside(&theirs, "token")).unwrap();
    let (one, two) = (scene.open(), scene.open_at(&theirs).unwrap());
    one.cut(&[1]).and_then(|_| one.settle()).unwrap();
    let refused = scene.open_at(&theirs).unwrap_err().to_string();
    assert!(refused.contains("on several nodes the file of one that runs"), "{refused}");
    two.cut(&[1]).and_then(|_| two.settle()).unwrap();
    assert_eq!(scene.token.labels().len(), 2);
    assert!(is_there(&scene.open(), 0) && is_there(&scene.open_at(&theirs).unwrap(), 0));
}

/// What the undivided key of the first form wrapped has no leaf yet: sealing must not lose it.
#[test]
fn a_file_of_the_first_form_is_sealed_as_it_is() {
    let scene = Scene { folder: tempfile::tempdir().unwrap(), token: Memory::new("node 1") };
    std::fs::write(scene.path(), [9; 32]).unwrap();
    std::fs::set_permissions(scene.path(), PermissionsExt::from_mode(0o600)).unwrap();
    let wrapped = scene.open().wrap_undivided("con_a", &[1; 16], &[2; 32]);
    scene.open().settle().unwrap();
    let kek = scene.open();
    assert_eq!(kek.unwrap("con_a", &[1; 16], None, &wrapped).unwrap().as_slice(), [2; 32]);
    kek.cut(&[0]).unwrap();
    assert!(scene.open().unwrap("con_a", &[1; 16], None, &wrapped).is_err(), "it goes with the first cut");
}

/// The copy is in its place before the key of the version before is destroyed; where it cannot be, that key is kept.
#[test]
fn a_copy_that_cannot_be_made_keeps_the_former_key() {
    let scene = Scene::sealed();
    let copy = scene.place("elsewhere/kek");
    let open = || Kek::read_sealed(&scene.path(), Box::new(scene.token.clone()), Some(copy.clone())).unwrap();
    let kek = open();
    let old = scene.keep("old");
    let refused = kek.cut(&[7]).and_then(|_| kek.settle()).unwrap_err().to_string();
    assert!(refused.contains("the token key that sealed it before is kept"), "{refused}");
    assert!(!is_there(&kek, 7) && scene.open_at(&old).is_ok());
    std::fs::create_dir(scene.place("elsewhere")).unwrap();
    open().settle().unwrap();
    assert!(scene.open_at(&old).is_err() && is_there(&scene.open_at(&copy).unwrap(), 8));
    assert_eq!(open().find_unsettled(), Ok(None));
    std::fs::write(&copy, b"older").unwrap();
    assert_eq!(open().find_unsettled(), Ok(Some("the copy of the key file is not the newest")));
}

#[test]
fn a_note_that_was_damaged_is_said_and_not_lost() {
    let scene = Scene::sealed();
    let note = beside(&scene.path(), "token");
    let sound = std::fs::read_to_string(&note).unwrap();
    std::fs::write(&note, format!("{sound}nonsense\n")).unwrap();
    let kek = scene.open();
    let refused = kek.cut(&[1]).unwrap_err().to_string();
    assert!(refused.contains("a line of it is no id of a token key"), "{refused}");
    std::fs::write(&note, sound).unwrap();
    assert_eq!(kek.cut(&[1]), Ok(1));
}

/// A file that was put back from its copy comes without the note.
#[test]
fn without_its_note_the_key_that_seals_the_file_is_known_from_the_file() {
    let scene = Scene::sealed();
    let old = scene.keep("old");
    std::fs::remove_file(beside(&scene.path(), "token")).unwrap();
    let kek = scene.open();
    kek.cut(&[1]).and_then(|_| kek.settle()).unwrap();
    assert!(scene.open_at(&old).is_err());
    assert_eq!((scene.token.labels().len(), scene.note().len()), (1, 1));
}

#[test]
fn ids_of_token_keys_read_as_they_are_written() {
    let id = TokenKeyId::from_bytes([0x0a; 16]);
    assert_eq!((id.to_string().as_str(), TokenKeyId::parse(&id.to_string())), ("0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a", Some(id)));
    for text in ["", "0a", "+a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a", "0A0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"] {
        assert_eq!(TokenKeyId::parse(text), None, "{text}");
    }
}
