//! Canaries: secrets that must appear nowhere in clear. The program runs with its whole log on; afterwards everything it printed,
//! logged and stored is searched for them, byte by byte.

use std::path::Path;

use model::{ClTrid, Timestamp};
use sandbox::{AdminAction, TokenText};
use store::{Kek, Store, Vault, journal};

use crate::scene::{OTHER, OURS, Scene, content, files_below, holds, person, signed_mark};

/// A holder's address and name: personal data, which the maildrop alone may show.
const EMAIL: &str = "canary-7f3a9c@holder.example";
const NAME: &str = "Canary Quillfeather";

/// An allocation token, and the holder of a signed mark.
const TOKEN: &str = "canary-token-4c1e77";
const MARKHOLDER: &str = "Canary Markwright";

/// Something to look for, and where it is at home.
struct Canary {
    what: &'static str,
    value: String,
    /// Parts of the paths where it may be.
    homes: &'static [&'static str],
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn canary_secrets_appear_nowhere_in_clear() {
    let scene = Scene::set().await;
    let (ours, other) = (scene.instance.clone(), scene.path("other"));
    scene.found(&other, OTHER);
    let (log, holder) = (scene.path("serve.log"), scene.path("holder.toml"));
    std::fs::write(&holder, toml::to_string(&person(NAME, EMAIL)).unwrap()).unwrap();
    let (our_code, their_code) = (scene.path("ours.code"), scene.path("theirs.code"));
    let server = scene.serve(&log, "trace");
    let mut printed = String::new();

    // A name of ours: registered with a holder, its code set and handed out.
    let our_holder = save(&scene, &ours, &holder, &mut printed).await;
    let register = ["domain", "register", "canary.alpha", "--registrant", &our_holder, "--tech", &our_holder, "--ns", "ns1.dns.example"];
    does(&scene, &ours, &register, &mut printed).await;
    does(&scene, &ours, &["domain", "auth", "canary.alpha", "--out", &text(&our_code)], &mut printed).await;
    // A name of the other registrar's, and its way to us.
    let their_holder = save(&scene, &other, &holder, &mut printed).await;
    does(&scene, &other, &["domain", "register", "moving.minimal", "--registrant", &their_holder], &mut printed).await;
    does(&scene, &other, &["domain", "auth", "moving.minimal", "--out", &text(&their_code)], &mut printed).await;
    let transfer = ["domain", "transfer", "in", "moving.minimal", "--auth-file", &text(&their_code), "--registrant", &our_holder];
    does(&scene, &ours, &transfer, &mut printed).await;
    // A reserved name with its token, and a trademark's with its mark.
    let mark = in_launch(&scene, &our_holder, &mut printed).await;
    // What goes wrong says nothing either: a token that is not valid, a code that is not the name's, a name that is not ours.
    let token = content(&ours.join("operator.token"));
    let (wrong, broken) = (scene.path("wrong.token"), String::from_utf8_lossy(&token).replace("nk_", "nk_x"));
    std::fs::write(&wrong, broken).unwrap();
    fails(&scene, &ours, &["--token-file", &text(&wrong), "domain", "list"], &mut printed).await;
    fails(&scene, &ours, &["domain", "transfer", "in", "canary.alpha", "--auth-file", &text(&their_code)], &mut printed).await;
    fails(&scene, &ours, &["--token-file", &text(&their_code), "domain", "list"], &mut printed).await;
    does(&scene, &ours, &["registry", "status"], &mut printed).await;
    does(&scene, &ours, &["prove", "canary.alpha"], &mut printed).await;
    drop(server);

    let line = |path: &Path| String::from_utf8(content(path)).unwrap().trim().to_owned();
    let canaries = [
        Canary { what: "our registry password", value: line(&scene.path("sandbox").join(format!("clients/{OURS}.password"))), homes: &[] },
        Canary { what: "our operator's token", value: line(&ours.join("operator.token")), homes: &["operator.token"] },
        Canary { what: "the code of our name", value: line(&our_code), homes: &[] },
        Canary { what: "the code of the name that moves", value: line(&their_code), homes: &[] },
        Canary { what: "the token of a reserved name", value: TOKEN.to_owned(), homes: &[] },
        Canary { what: "a signed mark", value: mark, homes: &[] },
        Canary { what: "a mark's holder", value: MARKHOLDER.to_owned(), homes: &[] },
        Canary { what: "a holder's address", value: EMAIL.to_owned(), homes: &["/maildrop/"] },
        Canary { what: "a holder's name", value: NAME.to_owned(), homes: &["/maildrop/"] },
    ];
    let mut searched = 0;
    let mut found = Vec::new();
    let outputs = [("what was printed".to_owned(), printed.into_bytes()), ("the server's log".to_owned(), content(&log))];
    let stored = files_below(&ours).into_iter().chain(files_below(&other)).map(|path| (text(&path), content(&path)));
    for (place, bytes) in outputs.into_iter().chain(stored) {
        searched += bytes.len();
        for canary in canaries.iter().filter(|canary| !canary.homes.iter().any(|home| place.contains(home))) {
            if holds(&bytes, &canary.value) {
                found.push(format!("{} is in {place}", canary.what));
            }
        }
    }
    eprintln!("{searched} bytes searched for {} canaries", canaries.len());
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(searched > 200_000, "only {searched} bytes were searched: the program was silent, or its files were not found");
    assert!(holds(&content(&log), "TRACE"), "the server did not log everything");
    frames_show_nothing(&scene, &canaries);
}

/// The journal holds the frames sealed, whole; a dump of them, which is always redacted, holds no canary.
fn frames_show_nothing(scene: &Scene, canaries: &[Canary]) {
    let store: Store = scene.store();
    let vault = Vault::new(Kek::read(&scene.instance.join("keys/vault.key")).unwrap());
    let mut held = 0;
    for registry in Scene::registries() {
        let exchanges = store.read(|tx| journal::list_of_account(tx, registry.as_str(), Timestamp::MAX, 1_000)).unwrap();
        let cltrids: Vec<ClTrid> = exchanges.into_iter().map(|exchange| exchange.cltrid).collect();
        for cltrid in cltrids {
            let frames = store.read(|tx| journal::get_frames(tx, &vault, &cltrid)).unwrap();
            for frame in std::iter::once(&frames.request).chain(&frames.response) {
                held += canaries.iter().filter(|canary| holds(frame, &canary.value)).count();
                let dump = epp::redact(frame);
                let shown: Vec<_> = canaries.iter().filter(|canary| dump.contains(&canary.value)).map(|canary| canary.what).collect();
                assert!(shown.is_empty(), "the dump of a frame shows {shown:?}: {dump}");
            }
        }
    }
    // Both codes, the holder of the thick registry, token and mark went over the wire: had they not, this test would prove nothing.
    assert!(held >= 7, "the frames hold {held} canaries");
}

/// Registers a reserved name and one in sunrise; gives the mark as it travels.
async fn in_launch(scene: &Scene, holder: &str, printed: &mut String) -> String {
    let (token, wrong, mark) = (scene.path("allocation.token"), scene.path("wrong.allocation"), scene.path("mark.smd"));
    let [alpha, _] = Scene::registries();
    for name in ["kept.alpha", "guarded.alpha"] {
        let action = AdminAction::Reserve { name: name.parse().unwrap(), token: Some(TokenText(TOKEN.to_owned())) };
        scene.control.administer(&alpha, action).await.unwrap();
    }
    std::fs::write(&token, format!("{TOKEN}\n")).unwrap();
    std::fs::write(&wrong, "canary-token-guessed\n").unwrap();
    std::fs::write(&mark, signed_mark(MARKHOLDER, &["canary"])).unwrap();
    let ours = &scene.instance;
    let register = |name: &'static str| ["domain", "register", name, "--registrant", holder];
    does(scene, ours, &["domain", "check", "kept.alpha", "--allocation-token", &text(&token)], printed).await;
    does(scene, ours, &[&register("kept.alpha")[..], &["--allocation-token", &text(&token)]].concat(), printed).await;
    fails(scene, ours, &[&register("guarded.alpha")[..], &["--allocation-token", &text(&wrong)]].concat(), printed).await;
    fails(scene, ours, &[&register("canary.beta")[..], &["--mark", &text(&mark)]].concat(), printed).await;
    does(scene, ours, &[&register("canary.gamma")[..], &["--mark", &text(&mark)]].concat(), printed).await;
    let file = String::from_utf8(content(&mark)).unwrap();
    file.lines().find(|line| line.len() > 80).unwrap().to_owned()
}

/// Saves the holder and gives its id.
async fn save(scene: &Scene, instance: &Path, holder: &Path, printed: &mut String) -> String {
    let before = printed.len();
    does(scene, instance, &["contact", "save", &text(holder)], printed).await;
    let said = &printed[before..];
    let id = said.split_whitespace().find(|word| word.starts_with("con_"));
    id.unwrap_or_else(|| panic!("no contact id in {said}")).to_owned()
}

async fn does(scene: &Scene, instance: &Path, arguments: &[&str], printed: &mut String) {
    let ended = scene.namekeep(instance, arguments).await;
    // A transfer that was asked for is pending for five days: ordered, not settled.
    assert!(ended.status.success() || ended.status.code() == Some(5), "{arguments:?}: {}", ended.printed);
    printed.push_str(&ended.printed);
}

async fn fails(scene: &Scene, instance: &Path, arguments: &[&str], printed: &mut String) {
    let ended = scene.namekeep(instance, arguments).await;
    assert!(matches!(ended.status.code(), Some(2..=6)), "{arguments:?} ended with {:?}: {}", ended.status, ended.printed);
    printed.push_str(&ended.printed);
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
