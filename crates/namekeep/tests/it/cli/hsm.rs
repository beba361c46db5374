//! The key file sealed by a token, as an operator meets it; the token is one of SoftHSM 2 in the test's own folder.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use store::testing::SoftHsm;

use super::house::{Desk, Ended, House, run};
use super::steady::steady;

/// An instance and its token.
struct Counter<'a> {
    desk: Desk<'a>,
    house: &'a House,
    configuration: PathBuf,
}

impl Counter<'_> {
    fn run(&self, line: &str) -> Ended {
        run(self.desk.command(line).env(SoftHsm::VARIABLE, &self.configuration))
    }

    fn done(&self, line: &str) -> String {
        let ended = self.run(line);
        assert_eq!(ended.code, Some(0), "`{line}`: {}{}", ended.out, ended.err);
        ended.out
    }

    /// What a command that fails says.
    fn fails(&self, line: &str) -> String {
        let ended = self.run(line);
        assert!(ended.code.is_some_and(|code| code != 0) && !ended.err.contains("panicked"), "`{line}`: {}{}", ended.out, ended.err);
        assert!(!ended.err.contains(SoftHsm::PIN), "{}", ended.err);
        steady(&ended.err, self.house.root())
    }

    fn pin(&self, pin: &str) {
        let file = self.desk.path("secrets/token.pin");
        std::fs::write(&file, format!("{pin}\n")).unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
    }
}

fn section() -> String {
    format!(
        "\n[keys.token]\nmodule = \"{}\"\ntoken_label = \"registrar\"\npin_file = \"secrets/token.pin\"\nkey_label = \"node 1\"\n\
         copy = \"state/vault.key\"\n",
        SoftHsm::module().display()
    )
}

#[test]
fn a_token_takes_the_key_file_over_and_keeps_it() {
    let house = House::open();
    let counter = Counter { desk: house.bare_desk("fresh"), house: &house, configuration: SoftHsm::make(house.root()) };
    let (kept, erased) = (counter.desk.holder(), counter.desk.holder());
    let in_clear = std::fs::read(counter.desk.path("keys/vault.key")).unwrap();
    counter.desk.reconfigure(|text| text + &section());
    insta::assert_snapshot!(counter.fails("config check"), @r"
    error: The file [folder]/fresh/secrets/token.pin cannot be used: No such file or directory (os error 2).
    hint: see to the token, `[keys.token]` and the key file, in this order; nothing was changed, and a new key opens nothing old
    ");
    counter.pin("1111-1111");
    insta::assert_snapshot!(counter.fails("config check"), @r"
    error: The token `registrar` cannot be opened: the PIN in `[folder]/fresh/secrets/token.pin` is not its PIN; correct the file before the next try, for a token locks after a few.
    hint: see to the token, `[keys.token]` and the key file, in this order; nothing was changed, and a new key opens nothing old
    ");
    counter.pin(SoftHsm::PIN);
    counter.done("config check");
    let unsealed = counter.run("doctor");
    assert!(unsealed.code == Some(7) && unsealed.out.contains("the key file lies there in clear"), "{}", unsealed.out);
    assert_eq!(std::fs::read(counter.desk.path("keys/vault.key")).unwrap(), in_clear, "looking changes nothing");
    counter.done(&format!("registrant erase {erased} --reason request-1"));
    let sealed = std::fs::read(counter.desk.path("keys/vault.key")).unwrap();
    assert!(sealed.starts_with(b"namekeep sealed vault keys 1\n"));
    assert_eq!(std::fs::read(counter.desk.path("state/vault.key")).unwrap(), sealed, "the copy is the newest");
    assert!(counter.done("doctor").contains("seals the key file; no older copy of it opens"));
    assert!(counter.done(&format!("contact show {kept}")).contains("Ada Holder"));
    // The next erasure: what was sealed before opens no more, and the copy does.
    let another = {
        house.write("holder.toml", super::house::HOLDER);
        counter.done("contact save holder.toml").trim().to_owned()
    };
    counter.done(&format!("registrant erase {another} --reason request-2"));
    let newest = counter.desk.path("keys/newest");
    std::fs::rename(counter.desk.path("keys/vault.key"), &newest).unwrap();
    write_private(&counter.desk.path("keys/vault.key"), &sealed);
    let refused = counter.fails(&format!("contact show {kept}"));
    assert!(refused.contains("either this is an older copy, which opens no more"), "{refused}");
    std::fs::copy(counter.desk.path("state/vault.key"), counter.desk.path("keys/vault.key")).unwrap();
    assert!(counter.done(&format!("contact show {kept}")).contains("Ada Holder"));
    // Without the section the file opens nothing, and nothing takes it for something else.
    counter.desk.reconfigure(|text| text.replace(&section(), ""));
    insta::assert_snapshot!(counter.fails("config check"), @r"
    error: The file [folder]/fresh/keys/vault.key cannot be used: it is sealed by a token; name that token in `[keys.token]`.
    hint: correct `[keys]`, or put the key back from its copy; a new one opens nothing old
    ");
}

fn write_private(path: &Path, content: &[u8]) {
    std::fs::write(path, content).unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o600)).unwrap();
}
