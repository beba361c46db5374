//! The key file sealed by a real token: SoftHSM 2, in a folder of the test's own.
//!
//! SoftHSM finds its tokens by a variable of the environment, so each test runs a second time as a process that has it set.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, AttributeType, ObjectClass};
use cryptoki::session::UserType;
use zeroize::Zeroizing;

use super::erasure::{destroy, open, seal};
use crate::StoreFault;
use crate::testing::{SoftHsm, TestDatabases};
use crate::vault::{Kek, KeyStanding, KeyToken, Pkcs11Settings, Pkcs11Token, TokenKeyId, TokenName, Vault};

/// Where a process is to die, for the test that kills it.
const DIES_AT: &str = "NAMEKEEP_TOKEN_DIES_AT";
/// What a cut asks of the token, in order. Of each the process may die before and after.
const QUESTIONS: [&str; 4] = ["make", "seal", "open", "destroy"];

/// A folder with a key file beside a token.
struct Scene {
    folder: PathBuf,
}

impl Scene {
    /// The folder that the configuration of SoftHSM lies in.
    fn here() -> Option<Self> {
        let configuration = PathBuf::from(std::env::var_os(SoftHsm::VARIABLE)?);
        Some(Self { folder: configuration.parent()?.to_owned() })
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn settings(&self) -> Pkcs11Settings {
        Pkcs11Settings {
            module: SoftHsm::module(),
            token: TokenName::Label(SoftHsm::LABEL.to_owned()),
            pin_file: self.place("pin"),
            key_label: "node 1".to_owned(),
        }
    }

    fn token(&self) -> Pkcs11Token {
        Pkcs11Token::new(self.settings())
    }

    fn open_at(&self, name: &str) -> Result<Kek, StoreFault> {
        self.open_with(name, &self.settings())
    }

    fn open_with(&self, name: &str, settings: &Pkcs11Settings) -> Result<Kek, StoreFault> {
        Kek::read_sealed(&self.place(name), Box::new(Pkcs11Token::new(settings.clone())), None)
    }

    fn vault(&self) -> Arc<Vault> {
        Arc::new(Vault::new(self.open_at("kek").unwrap()))
    }

    /// A key file, sealed.
    fn sealed(&self) -> Arc<Vault> {
        Kek::generate().unwrap().write_new(&self.place("kek")).unwrap();
        let vault = self.vault();
        vault.settle().unwrap();
        vault
    }

    fn keep(&self, name: &str) {
        std::fs::copy(self.place("kek"), self.place(name)).unwrap();
    }

    fn note(&self, name: &str) -> Vec<TokenKeyId> {
        let text = std::fs::read_to_string(self.place(&format!("{name}.token"))).unwrap();
        text.lines().map(|line| TokenKeyId::parse(line).unwrap()).collect()
    }

    /// What the token says of every key on it: label and attributes.
    fn keys(&self) -> Vec<(String, Vec<Attribute>)> {
        // A second context of a library that is initialised already.
        let context = Pkcs11::new(SoftHsm::module()).unwrap();
        drop(context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)));
        let slot = context.get_slots_with_initialized_token().unwrap()[0];
        let session = context.open_ro_session(slot).unwrap();
        session.login(UserType::User, Some(&SoftHsm::PIN.to_owned().into())).unwrap();
        let asked = [
            AttributeType::Label,
            AttributeType::Sensitive,
            AttributeType::AlwaysSensitive,
            AttributeType::Extractable,
            AttributeType::NeverExtractable,
            AttributeType::Value,
        ];
        let keys = session.find_objects(&[Attribute::Class(ObjectClass::SECRET_KEY)]).unwrap().into_iter();
        let said = keys.map(|key| session.get_attributes(key, &asked).unwrap()).map(|said| {
            let label = said.iter().find_map(|attribute| match attribute {
                Attribute::Label(label) => Some(String::from_utf8(label.clone()).unwrap()),
                _ => None,
            });
            (label.unwrap(), said)
        });
        said.collect()
    }
}

/// Runs a test with a fresh token, in a process whose environment names it.
fn with_token(test: &str, work: impl FnOnce(&Scene)) {
    if let Some(scene) = Scene::here() {
        return work(&scene);
    }
    let folder = tempfile::tempdir().unwrap();
    let configuration = SoftHsm::make(folder.path());
    let ended = itself(test).env(SoftHsm::VARIABLE, &configuration).output().unwrap();
    assert!(ended.status.success(), "{}", said(&ended));
    assert!(said(&ended).contains("1 passed"), "the second process ran the test: {}", said(&ended));
}

/// This program, to run one test.
fn itself(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("tests::hsm::{test}"), "--nocapture"]);
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[test]
fn who_is_erased_is_gone_and_no_former_file_opens() {
    with_token("who_is_erased_is_gone_and_no_former_file_opens", |scene| {
        let mut database = TestDatabases::sqlite();
        Kek::generate().unwrap().write_new(&scene.place("kek")).unwrap();
        let in_clear = Arc::new(Vault::new(Kek::read(&scene.place("kek")).unwrap()));
        let kept = seal(&database, &in_clear, "con_a");
        let vault = scene.vault();
        let erased = seal(&database, &vault, "con_b");
        vault.settle().unwrap();
        assert_eq!((vault.find_unsettled(), scene.note("kek").len()), (Ok(None), 1));
        scene.keep("old");
        let yesterday = database.backup();
        destroy(&database, &vault, "con_b");
        let today = scene.vault();
        assert_eq!(open(&database, &today, "con_a", &kept).unwrap(), "con_a");
        assert!(open(&database, &today, "con_b", &erased).is_err());
        let refused = scene.open_at("old").unwrap_err().to_string();
        assert!(refused.contains("which opens no more"), "{refused}");
        database.restore(&yesterday);
        assert!(open(&database, &today, "con_b", &erased).is_err(), "nor with yesterday's database");
        assert_eq!(open(&database, &today, "con_a", &kept).unwrap(), "con_a");
    });
}

#[test]
fn keys_never_leave_the_token() {
    with_token("keys_never_leave_the_token", |scene| {
        scene.sealed();
        let keys = scene.keys();
        let (label, said) = &keys[0];
        assert_eq!((keys.len(), label.as_str()), (1, "node 1"));
        let stays = [
            Attribute::Sensitive(true),
            Attribute::AlwaysSensitive(true),
            Attribute::Extractable(false),
            Attribute::NeverExtractable(true),
        ];
        assert!(stays.iter().all(|attribute| said.contains(attribute)), "{said:?}");
        assert!(!said.iter().any(|attribute| matches!(attribute, Attribute::Value(_))), "its bytes cannot be asked for");
    });
}

/// The token, in a process that is to die at a question.
struct Dying {
    token: Pkcs11Token,
    /// The question, and whether it is asked before.
    at: (String, bool),
}

impl Dying {
    fn around<T>(&self, question: &str, ask: impl FnOnce() -> T) -> T {
        let dies = |is_asked: bool| {
            if self.at == (question.to_owned(), is_asked) {
                std::process::abort();
            }
        };
        dies(false);
        let answer = ask();
        dies(true);
        answer
    }
}

impl KeyToken for Dying {
    fn check(&self) -> Result<(), StoreFault> {
        self.token.check()
    }

    fn make(&self, id: &TokenKeyId) -> Result<(), StoreFault> {
        self.around("make", || self.token.make(id))
    }

    fn seal(&self, id: &TokenKeyId, binding: &[u8], plain: &[u8]) -> Result<Vec<u8>, StoreFault> {
        self.around("seal", || self.token.seal(id, binding, plain))
    }

    fn open(&self, id: &TokenKeyId, binding: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreFault> {
        // The first opening is that of the start, under the key that the note names first.
        let is_start = Scene::here().is_some_and(|scene| scene.note("kek").first() == Some(id));
        if is_start { self.token.open(id, binding, sealed) } else { self.around("open", || self.token.open(id, binding, sealed)) }
    }

    fn find(&self, id: &TokenKeyId) -> Result<KeyStanding, StoreFault> {
        self.token.find(id)
    }

    fn destroy(&self, id: &TokenKeyId) -> Result<(), StoreFault> {
        self.around("destroy", || self.token.destroy(id))
    }
}

/// Not a test by itself: what the next one starts, to die.
#[test]
fn dies() {
    let (Some(scene), Ok(at)) = (Scene::here(), std::env::var(DIES_AT)) else { return };
    let (question, when) = at.split_once(' ').unwrap();
    let token = Dying { token: scene.token(), at: (question.to_owned(), when == "after") };
    let vault = Vault::new(Kek::read_sealed(&scene.place("kek"), Box::new(token), None).unwrap());
    drop(vault.cut(&[7]));
}

#[test]
fn a_process_that_dies_at_any_step_loses_nothing() {
    with_token("a_process_that_dies_at_any_step_loses_nothing", |scene| {
        for question in QUESTIONS {
            for when in ["before", "after"] {
                let at = format!("{question} {when}");
                drop(std::fs::remove_file(scene.place("kek")));
                scene.sealed();
                scene.keep("old");
                let died = itself("dies").env(DIES_AT, &at).output().unwrap();
                assert!(!died.status.success() && died.status.code().is_none(), "{at}: {}", said(&died));
                let vault = scene.vault();
                assert_eq!(vault.is_cut(7), question == "destroy", "{at}: cut or not, nothing between");
                assert!(!vault.is_cut(6) && !vault.is_cut(8), "{at}");
                assert_eq!(vault.cut(&[7]), Ok(usize::from(question != "destroy")), "{at}");
                assert_eq!((vault.find_unsettled(), scene.keys().len(), scene.note("kek").len()), (Ok(None), 1, 1), "{at}");
                assert!(scene.open_at("old").is_err(), "{at}");
                assert!(scene.vault().is_cut(7), "{at}");
            }
        }
    });
}

#[test]
fn what_is_wrong_with_a_token_is_a_sentence() {
    with_token("what_is_wrong_with_a_token_is_a_sentence", |scene| {
        let vault = scene.sealed();
        let settings = scene.settings();
        let said = |settings: &Pkcs11Settings| {
            let said = scene.open_with("kek", settings).unwrap_err().to_string();
            assert!(!said.contains(SoftHsm::PIN), "{said}");
            said.replace(&scene.folder.display().to_string(), "[folder]").replace(&SoftHsm::module().display().to_string(), "[module]")
        };
        let pin = |text: &str, mode| {
            std::fs::write(scene.place("other pin"), text).unwrap();
            std::fs::set_permissions(scene.place("other pin"), PermissionsExt::from_mode(mode)).unwrap();
            Pkcs11Settings { pin_file: scene.place("other pin"), ..settings.clone() }
        };
        std::fs::write(scene.place("text.so"), "no library").unwrap();
        let serial = TokenName::Serial("0000000000000000".to_owned());
        let lines = [
            ("a PIN that is wrong", said(&pin("1111-1111\n", 0o600))),
            ("a PIN that others can read", said(&pin(SoftHsm::PIN, 0o644))),
            ("a PIN that is none", said(&pin("\n", 0o600))),
            ("no file of the PIN", said(&Pkcs11Settings { pin_file: scene.place("none"), ..settings.clone() })),
            ("no library", said(&Pkcs11Settings { module: scene.place("none.so"), ..settings.clone() })),
            ("another token", said(&Pkcs11Settings { token: TokenName::Label("elsewhere".to_owned()), ..settings.clone() })),
            ("another serial number", said(&Pkcs11Settings { token: serial, ..settings.clone() })),
        ];
        let no_library = said(&Pkcs11Settings { module: scene.place("text.so"), ..settings.clone() });
        assert!(no_library.starts_with("the file [folder]/text.so cannot be used: as a PKCS#11 library: "), "{no_library}");
        let lines = lines.map(|(what, line)| format!("{what}: {}", without_serials(&line)));
        insta::assert_snapshot!(lines.join("\n"), @r"
        a PIN that is wrong: the token `registrar` cannot be opened: the PIN in `[folder]/other pin` is not its PIN; correct the file before the next try, for a token locks after a few
        a PIN that others can read: the file [folder]/other pin cannot be used: others can read or change it (mode 0644); run `chmod 600 [folder]/other pin` and think about who may have read it
        a PIN that is none: the file [folder]/other pin cannot be used: it holds no PIN
        no file of the PIN: the file [folder]/none cannot be used: No such file or directory (os error 2)
        no library: the file [folder]/none.so cannot be used: No such file or directory (os error 2)
        another token: the token `elsewhere` cannot be used: it is not there; its library shows `registrar` (serial number [serial])
        another serial number: the token with serial number 0000000000000000 cannot be used: it is not there; its library shows `registrar` (serial number [serial])
        ");
        // Nothing was lost by any of it, and then the key goes.
        assert_eq!(vault.find_unsettled(), Ok(None));
        scene.token().destroy(&scene.note("kek")[0]).unwrap();
        let gone = said(&settings);
        assert!(gone.contains("or the key was deleted from the token; put the newest copy in its place"), "{gone}");
        vault.settle().unwrap();
        assert!(!scene.vault().is_cut(0), "who still has the keys in memory seals them anew");
    });
}

fn without_serials(line: &str) -> String {
    let parts: Vec<&str> = line.split("(serial number ").collect();
    let rest = parts[1..].iter().map(|part| part.split_once(')').map_or(*part, |(_, rest)| rest));
    std::iter::once(parts[0].to_owned()).chain(rest.map(|rest| format!("(serial number [serial]){rest}"))).collect()
}

#[test]
fn tokens_of_the_same_label_are_told_apart_by_their_serial_number() {
    with_token("tokens_of_the_same_label_are_told_apart_by_their_serial_number", |scene| {
        scene.sealed();
        let token = Pkcs11Token::new(Pkcs11Settings { token: TokenName::Label("twin".to_owned()), ..scene.settings() });
        let seen = token.check().unwrap_err().to_string();
        let serial = seen.split_once("(serial number ").and_then(|(_, rest)| rest.split_once(')')).unwrap().0.to_owned();
        let found = Pkcs11Settings { token: TokenName::Serial(serial), ..scene.settings() };
        assert!(scene.open_with("kek", &found).is_ok());
    });
}

/// Two nodes with a file each, and two processes at one of the files, all at the same token at once.
#[test]
fn nodes_and_processes_share_a_token() {
    with_token("nodes_and_processes_share_a_token", |scene| {
        if let Ok(leaves) = std::env::var("NAMEKEEP_CUTS") {
            return cut_as_told(scene, &leaves);
        }
        scene.sealed();
        scene.keep("kek2");
        let run = |told: &str| itself("nodes_and_processes_share_a_token").env("NAMEKEEP_CUTS", told).spawn().unwrap();
        // The second node takes its file over before the first one changes its own.
        assert!(run("kek2 node-2 100").wait().unwrap().success());
        let mut running = ["kek node-1 1 3 5", "kek node-1 2 4 6", "kek2 node-2 1 2 3"].map(run);
        assert!(running.iter_mut().all(|child| child.wait().unwrap().success()));
        let mut labels: Vec<String> = scene.keys().into_iter().map(|(label, _)| label).collect();
        labels.sort();
        assert_eq!(labels, ["node 1", "node 2"], "one key for each file");
        let (one, two) = (scene.vault(), Vault::new(scene.open_at("kek2").unwrap()));
        assert_eq!([0, 1, 2, 3, 4, 5, 6, 7].map(|leaf| one.is_cut(leaf)), [false, true, true, true, true, true, true, false]);
        assert_eq!([0, 1, 2, 3, 4].map(|leaf| two.is_cut(leaf)), [false, true, true, true, false]);
    });
}

/// `FILE LABEL LEAF...`, a cut each.
fn cut_as_told(scene: &Scene, told: &str) {
    let words: Vec<&str> = told.split(' ').collect();
    let settings = Pkcs11Settings { key_label: words[1].replace('-', " "), ..scene.settings() };
    let vault = Vault::new(scene.open_with(words[0], &settings).unwrap());
    vault.settle().unwrap();
    for leaf in &words[2..] {
        vault.cut(&[leaf.parse().unwrap()]).unwrap();
    }
}
