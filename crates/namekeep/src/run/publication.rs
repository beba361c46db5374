//! The key that signs the feed of public records: made when it is first needed, so that instances from before it go on.

use std::path::Path;
use std::time::Duration;

use store::SignerKey;

use crate::failure::Failure;
use crate::instance::{Instance, store_failure};

/// The key, from its file; a new one where there is none.
pub fn key(instance: &Instance) -> Result<SignerKey, Failure> {
    let path = instance.path(&instance.config.publication.key);
    if !path.exists() {
        let name = format!("{}/feed", instance.config.instance.name);
        let made = SignerKey::generate(&name).and_then(|key| key.write_new(&path));
        // Another process may have made it in the same moment: then that one is the key.
        if let Err(fault) = made
            && !path.exists()
        {
            return Err(store_failure(fault));
        }
    }
    read(&path)
}

/// Times that a key is looked for which another process is writing, and the pause between two.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

fn read(path: &Path) -> Result<SignerKey, Failure> {
    for _ in 1..LOOKS {
        if let Ok(key) = SignerKey::read(path) {
            return Ok(key);
        }
        std::thread::sleep(PAUSE);
    }
    SignerKey::read(path).map_err(store_failure)
}
