//! A launch as an operator lives it: claims notice, signed mark and allocation token, by the real program over TLS.

use std::path::Path;

use model::Timestamp;
use sandbox::{AdminAction, TokenText};

use crate::scene::{Ended, Scene, signed_mark};

/// A contact file.
const HOLDER: &str = "kind = \"natural\"\nname = \"Ada Holder\"\nemail = \"ada@holder.example\"\nphone = { number = \"+44.2079460123\" }\n\n[address]\nstreet = [\"1 Example Street\"]\n\
                      city = \"London\"\npostcode = \"EC1A 1BB\"\ncountry = \"GB\"\n";
/// The notice for the label `trademark` that ends with the year 2098.
const NOTICE: &str = "0f6c0b1a0000000000000000077";
const KEY: &str = "2026112300/A/1/abc0000001";
const TOKEN: &str = "open-sesame-77";

/// The scene with an operator at work in it.
struct Desk {
    scene: Scene,
    holder: String,
}

impl Desk {
    async fn set() -> Self {
        let scene = Scene::set().await;
        let file = written(&scene, "holder.toml", HOLDER);
        let saved = scene.namekeep(&scene.instance, &["contact", "save", &file]).await;
        let holder = saved.printed.split_whitespace().find(|word| word.starts_with("con_")).unwrap().to_owned();
        Self { scene, holder }
    }

    /// Orders a name of the holder's.
    async fn registers(&self, name: &str, more: &[&str]) -> Ended {
        let order = [&["domain", "register", name, "--registrant", &self.holder][..], more].concat();
        self.scene.namekeep(&self.scene.instance, &order).await
    }

    /// Orders a name; gives the exit code, and fails unless the program says `said`.
    async fn ends(&self, name: &str, more: &[&str], said: &str) -> Option<i32> {
        let ended = self.registers(name, more).await;
        assert!(ended.printed.contains(said), "{name} {more:?} does not say `{said}`: {}", ended.printed);
        ended.status.code()
    }

    async fn administer(&self, action: AdminAction) {
        let [alpha, _] = Scene::registries();
        self.scene.control.administer(&alpha, action).await.unwrap();
    }

    /// A file with the notice, accepted so many hours ago.
    fn notice(&self, id: &str, hours: i64) -> String {
        let accepted: Timestamp = self.scene.world.clock().now() - jiff::SignedDuration::from_hours(hours);
        let text = format!("id = \"{id}\"\nnot_after = 2099-01-01T00:00:00Z\naccepted_at = {accepted:.0}\n");
        written(&self.scene, &format!("notice-{id}-{hours}.toml"), &text)
    }
}

fn written(scene: &Scene, name: &str, text: &str) -> String {
    let path = scene.path(name);
    std::fs::write(&path, text).unwrap();
    shown(&path)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claimed_name_is_registered_on_its_accepted_notice_only() {
    let desk = Desk::set().await;
    desk.administer(AdminAction::Claim { label: "trademark".to_owned(), key: Some(KEY.to_owned()) }).await;
    let checked =
        desk.scene.namekeep(&desk.scene.instance, &["--json", "domain", "check", "trademark.beta", "free.beta", "free.alpha"]).await;
    let said: serde_json::Value = serde_json::Deserializer::from_str(&checked.printed).into_iter().next().unwrap().unwrap();
    let claims = |at: usize| said["names"][at]["claims"]["has_claims"].as_bool();
    assert_eq!([claims(0), claims(1), claims(2)], [Some(true), Some(false), None], "{said}");
    assert_eq!(said["names"][0]["claims"]["keys"][0]["key"], KEY);

    assert_eq!(desk.ends("free.beta", &[], "confirmed").await, Some(0));
    assert_eq!(desk.ends("trademark.beta", &[], "claims.notice-missing, REG-18").await, Some(3));
    let (stale, ahead, other) = (desk.notice(NOTICE, 49), desk.notice(NOTICE, -1), desk.notice("370d0b7c9223372036854775807", 1));
    assert_eq!(desk.ends("trademark.beta", &["--claims-notice", &stale], "more than 48 hours ago").await, Some(3));
    assert_eq!(desk.ends("trademark.beta", &["--claims-notice", &ahead], "which lies ahead").await, Some(3));
    assert_eq!(desk.ends("trademark.beta", &["--claims-notice", &other], "is not one of `trademark`").await, Some(3));
    let bare = written(&desk.scene, "bare.toml", "id = \"x\"\nnot_after = \"soon\"\naccepted_at = 2026-11-23T12:00:00Z\n");
    assert_eq!(
        desk.ends("trademark.beta", &["--claims-notice", &bare], "bare.toml:2: `not_after`: `soon` is not an instant").await,
        Some(2)
    );
    let good = desk.notice(NOTICE, 1);
    assert_eq!(desk.ends("trademark.alpha", &["--claims-notice", &good], "claims.not-in-phase").await, Some(3));
    assert_eq!(desk.ends("trademark.beta", &["--claims-notice", &good], "confirmed").await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mark_opens_its_own_labels_in_sunrise_and_a_token_its_own_name() {
    let desk = Desk::set().await;
    let mark = written(&desk.scene, "mark.smd", &signed_mark("Ada Holder", &["brand"]));
    let none = written(&desk.scene, "none.smd", "<note>no mark</note>");
    assert_eq!(desk.ends("brand.gamma", &[], "takes orders with a signed mark only").await, Some(3));
    assert_eq!(desk.ends("brand.gamma", &["--mark", &none], "its outermost element is").await, Some(2));
    assert_eq!(desk.ends("other.gamma", &["--mark", &mark], "does not list the label `other`").await, Some(3));
    assert_eq!(desk.ends("brand.gamma", &["--mark", &mark], "confirmed").await, Some(0));

    for name in ["kept.alpha", "guarded.alpha"] {
        desk.administer(AdminAction::Reserve { name: name.parse().unwrap(), token: Some(TokenText(TOKEN.to_owned())) }).await;
    }
    let (right, wrong) = (written(&desk.scene, "right.token", TOKEN), written(&desk.scene, "wrong.token", "a guess"));
    assert_eq!(desk.ends("kept.alpha", &["--allocation-token", &wrong], "has a blank").await, Some(2));
    let wrong = written(&desk.scene, "wrong.token", "a-guess");
    assert_eq!(desk.ends("guarded.alpha", &["--allocation-token", &wrong], "2201").await, Some(3));
    assert_eq!(desk.ends("kept.alpha", &["--allocation-token", &right], "confirmed").await, Some(0));
    let plain = desk.scene.namekeep(&desk.scene.instance, &["domain", "check", "guarded.alpha"]).await;
    let opened = desk.scene.namekeep(&desk.scene.instance, &["domain", "check", "guarded.alpha", "--allocation-token", &right]).await;
    assert!(plain.printed.contains("taken") && opened.printed.contains("free"), "{}{}", plain.printed, opened.printed);
}
