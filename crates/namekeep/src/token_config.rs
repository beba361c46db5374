//! `[keys.token]`: the PKCS#11 token that seals the vault's key file. Without it the file lies in clear, mode 0600. Only in a program that
//! was built with the feature `hsm`; any other refuses the section.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use store::Kek;

use crate::config::{Config, fault};
use crate::failure::Failure;

/// Most characters of a token's label, and of its serial number (PKCS #11, `CK_TOKEN_INFO`).
const LABEL_BYTES: usize = 32;
const SERIAL_BYTES: usize = 16;

/// Most characters of our keys' label.
const KEY_LABEL_BYTES: usize = 64;

/// The token that seals the vault's key file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(feature = "hsm"), expect(dead_code, reason = "the section is read in order to be refused"))]
pub struct Token {
    /// The vendor's PKCS#11 library.
    pub module: PathBuf,
    /// The token's label, where that tells it from the others.
    pub token_label: Option<String>,
    /// Its serial number, where it does not.
    pub token_serial: Option<String>,
    /// A file with its PIN, mode 0600; read whenever the token is asked.
    pub pin_file: PathBuf,
    /// The label of this node's keys on the token. It tells this node's keys from those of others, so each node has its own.
    pub key_label: String,
    /// Where the sealed file is copied to before the token key of the one before it is destroyed.
    pub copy: Option<PathBuf>,
}

impl Token {
    /// The checks that a type cannot make.
    ///
    /// # Errors
    /// [`Failure`] with the line and the key.
    pub fn check(&self, text: &str, path: &Path) -> Result<(), Failure> {
        let wrong = |key: &str, problem: &str, advice: &str| Err(fault::at_key(text, path, key, problem, advice));
        if cfg!(not(feature = "hsm")) {
            return wrong(
                "module",
                "this program was built without PKCS#11",
                "use one that was built with `cargo build --release --features hsm`; a sealed key file opens with no other",
            );
        }
        let fits = |text: &str, most: usize| (1..=most).contains(&text.len()) && !text.contains(char::is_control);
        match (&self.token_label, &self.token_serial) {
            (Some(label), None) if !fits(label, LABEL_BYTES) => {
                wrong("token_label", "the label of a token has 1 to 32 characters", "write it as the token's own tool shows it")
            }
            (None, Some(serial)) if !fits(serial, SERIAL_BYTES) => {
                wrong("token_serial", "the serial number of a token has 1 to 16 characters", "write it as the token's own tool shows it")
            }
            (Some(_), None) | (None, Some(_)) if fits(&self.key_label, KEY_LABEL_BYTES) => Ok(()),
            (Some(_), None) | (None, Some(_)) => wrong(
                "key_label",
                "the label of our keys has 1 to 64 characters",
                "name the instance and this node of it, such as `registrar.example node 1`",
            ),
            (Some(_), Some(_)) => wrong("token_serial", "a token is named by its label or by its serial number", "leave one of them out"),
            (None, None) => {
                wrong("module", "it is not said which token", "add `token_label`, or `token_serial` where labels do not tell them apart")
            }
        }
    }
}

/// The key-encryption key of the instance in `folder`, in clear or sealed as the configuration says.
///
/// # Errors
/// [`Failure`] naming the file or the token, what is wrong, and what to do.
pub fn kek(folder: &Path, config: &Config) -> Result<Kek, Failure> {
    let path = folder.join(&config.keys.vault);
    match &config.keys.token {
        None => Kek::read(&path).map_err(|fault| {
            crate::instance::store_failure(fault).hint("correct `[keys]`, or put the key back from its copy; a new one opens nothing old")
        }),
        Some(token) => sealed(folder, &path, token),
    }
}

#[cfg(feature = "hsm")]
fn sealed(folder: &Path, path: &Path, token: &Token) -> Result<Kek, Failure> {
    use store::{Pkcs11Settings, Pkcs11Token, TokenName};

    let name = match (&token.token_serial, &token.token_label) {
        (Some(serial), _) => TokenName::Serial(serial.clone()),
        (None, label) => TokenName::Label(label.clone().unwrap_or_default()),
    };
    let settings = Pkcs11Settings {
        module: folder.join(&token.module),
        token: name,
        pin_file: folder.join(&token.pin_file),
        key_label: token.key_label.clone(),
    };
    let copy = token.copy.as_ref().map(|copy| folder.join(copy));
    Kek::read_sealed(path, Box::new(Pkcs11Token::new(settings)), copy).map_err(|fault| {
        let failure = crate::instance::store_failure(fault);
        failure
            .hint("see to the token, `[keys.token]` and the key file, in this order; nothing was changed, and a new key opens nothing old")
    })
}

#[cfg(not(feature = "hsm"))]
fn sealed(_: &Path, path: &Path, _: &Token) -> Result<Kek, Failure> {
    // The configuration was refused before.
    let sentence = format!("`{}` is sealed by a token, and this program was built without PKCS#11.", path.display());
    Err(Failure::new(crate::failure::Exit::Usage, "config", sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECTION: &str = r#"
[keys.token]
module = "/usr/lib/softhsm/libsofthsm2.so"
token_label = "registrar"
pin_file = "secrets/token.pin"
key_label = "registrar.example node 1"
"#;

    /// What is said of a configuration with the section; its lines are counted from where the section begins.
    fn said(change: impl FnOnce(String) -> String) -> String {
        let before = crate::config::filled("registrar.example", "sqlite:state/namekeep.db");
        let text = format!("{before}{}", change(SECTION.to_owned()));
        let said = match Config::parse(&text, Path::new("namekeep.toml")) {
            Ok(_) => "accepted".to_owned(),
            Err(failure) => failure.to_string(),
        };
        let first = before.lines().count() + 2;
        (0..SECTION.lines().count()).fold(said, |said, line| said.replace(&format!(":{}:", first + line), &format!(":+{line}:")))
    }

    #[cfg(not(feature = "hsm"))]
    #[test]
    fn a_program_without_pkcs11_refuses_the_section() {
        insta::assert_snapshot!(said(|text| text), @r"
        namekeep.toml:+1: `module`: this program was built without PKCS#11.
        hint: use one that was built with `cargo build --release --features hsm`; a sealed key file opens with no other
        ");
    }

    #[cfg(feature = "hsm")]
    #[test]
    fn faults_name_the_line_the_key_and_the_way_out() {
        let changes = [
            ("as it is", SECTION.to_owned()),
            ("no token", SECTION.replace("token_label =", "# ")),
            ("two names", SECTION.replace("pin_file", "token_serial = \"1\"\npin_file")),
            ("a long label", SECTION.replace("\"registrar\"", "\"a registrar whose label has more than 32 characters\"")),
            ("a long serial", SECTION.replace("token_label = \"registrar\"", "token_serial = \"12345678901234567\"")),
            ("no label of our keys", SECTION.replace("registrar.example node 1", "")),
            ("a PIN in the file", SECTION.replace("pin_file = \"secrets/token.pin\"", "pin = \"1234\"")),
            ("an unknown key", SECTION.replace("key_label", "keylabel")),
        ];
        let lines = changes.map(|(what, text)| format!("{what}: {}", said(|_| text)));
        insta::assert_snapshot!(lines.join("\n"), @r"
        as it is: accepted
        no token: namekeep.toml:+1: `module`: it is not said which token.
        hint: add `token_label`, or `token_serial` where labels do not tell them apart
        two names: namekeep.toml:+3: `token_serial`: a token is named by its label or by its serial number.
        hint: leave one of them out
        a long label: namekeep.toml:+2: `token_label`: the label of a token has 1 to 32 characters.
        hint: write it as the token's own tool shows it
        a long serial: namekeep.toml:+2: `token_serial`: the serial number of a token has 1 to 16 characters.
        hint: write it as the token's own tool shows it
        no label of our keys: namekeep.toml:+4: `key_label`: the label of our keys has 1 to 64 characters.
        hint: name the instance and this node of it, such as `registrar.example node 1`
        a PIN in the file: namekeep.toml:+3: unknown field `pin`, expected one of `module`, `token_label`, `token_serial`, `pin_file`, `key_label`, `copy`.
        hint: did you mean `pin_file`?
        an unknown key: namekeep.toml:+4: unknown field `keylabel`, expected one of `module`, `token_label`, `token_serial`, `pin_file`, `key_label`, `copy`.
        hint: did you mean `key_label`?
        ");
    }
}
