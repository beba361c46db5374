//! Zone files: one per TLD, written when something changed, and whenever the control face asks.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::{WorldError, files};
use crate::server::Shared;

/// Writes every zone; gives how many.
pub(crate) fn write_all(dir: &Path, registries: &[Arc<Shared>]) -> Result<usize, WorldError> {
    let mut count = 0;
    for shared in registries {
        for (tld, text) in texts(shared) {
            files::write_public(&dir.join("zones").join(format!("{tld}.zone")), &text)?;
            count += 1;
        }
    }
    Ok(count)
}

/// The texts are made under the registry's lock and written outside it.
fn texts(shared: &Shared) -> Vec<(String, String)> {
    let (registry, now) = shared.registry();
    registry.tld_names().into_iter().filter_map(|tld| registry.zone(&tld, now).map(|text| (tld, text))).collect()
}

/// Writes zones for ever, each time something was executed since the last.
pub(super) async fn keep_writing(dir: PathBuf, registries: Vec<Arc<Shared>>, interval: Duration) {
    let mut written: Vec<usize> = registries.iter().map(|shared| shared.registry().0.ledger().len()).collect();
    let mut ticks = tokio::time::interval(interval);
    loop {
        ticks.tick().await;
        for (shared, written) in registries.iter().zip(&mut written) {
            let executed = shared.registry().0.ledger().len();
            if executed == *written {
                continue;
            }
            *written = executed;
            let (dir, shared) = (dir.clone(), Arc::clone(shared));
            let result = tokio::task::spawn_blocking(move || write_all(&dir, &[shared])).await;
            if let Ok(Err(error)) = result {
                tracing::warn!(%error, "a zone could not be written");
            }
        }
    }
}
