//! The key that signs the feed of public records: made when it is first needed, so that instances from before it go on.

use store::SignerKey;

use crate::failure::Failure;
use crate::instance::{Instance, store_failure};

/// The key, from its file; a new one where there is none.
pub fn key(instance: &Instance) -> Result<SignerKey, Failure> {
    let path = instance.path(&instance.config.publication.key);
    if !path.exists() {
        let name = format!("{}/feed", instance.config.instance.name);
        SignerKey::generate(&name).and_then(|key| key.write_new(&path)).map_err(store_failure)?;
    }
    SignerKey::read(&path).map_err(store_failure)
}
