//! Tokens of SoftHSM 2 for tests, in a folder of the test's own. Which tokens there are SoftHSM reads from [`SoftHsm::VARIABLE`], so whoever
//! uses one is a process of its own.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where packages leave the library.
const MODULES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];

/// What a test without SoftHSM fails with.
const MISSING: &str = "this test needs SoftHSM 2; on Debian it is the package `softhsm2`";

/// A token in a folder.
pub struct SoftHsm;

impl SoftHsm {
    /// The variable of the environment that names the configuration.
    pub const VARIABLE: &'static str = "SOFTHSM2_CONF";
    /// The token's label.
    pub const LABEL: &'static str = "registrar";
    /// The user's PIN; no message may show it.
    pub const PIN: &'static str = "2468-canary-pin";

    /// Makes a token in `folder`, and a file `pin` with the user's PIN; gives the configuration that SoftHSM finds it by.
    #[must_use]
    pub fn make(folder: &Path) -> PathBuf {
        let (configuration, tokens, pin) = (folder.join("softhsm2.conf"), folder.join("tokens"), folder.join("pin"));
        let text = format!("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n", tokens.display());
        let written = fs::create_dir(&tokens)
            .and_then(|()| fs::write(&configuration, text))
            .and_then(|()| fs::write(&pin, format!("{}\n", Self::PIN)))
            .and_then(|()| fs::set_permissions(&pin, Permissions::from_mode(0o600)));
        let made = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", Self::LABEL, "--so-pin", "13571357", "--pin", Self::PIN])
            .env(Self::VARIABLE, &configuration)
            .output();
        match (written, made) {
            (Ok(()), Ok(made)) if made.status.success() => configuration,
            (Ok(()), Ok(made)) => panic!("SoftHSM makes no token: {}", String::from_utf8_lossy(&made.stderr)),
            (Ok(()), Err(error)) => panic!("{MISSING} ({error})"),
            (Err(error), _) => panic!("the folder of a token cannot be written: {error}"),
        }
    }

    /// The library.
    #[must_use]
    pub fn module() -> PathBuf {
        let module = MODULES.iter().map(PathBuf::from).find(|path| path.exists());
        module.unwrap_or_else(|| panic!("{MISSING}"))
    }
}
