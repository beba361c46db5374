//! How backups stand, as a file beside the database: what `backup status`, `doctor` and metrics read while the shipper runs.

use std::path::Path;

use model::Timestamp;
use serde::{Deserialize, Serialize};

/// How backups stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupStanding {
    /// The newest generation.
    pub generation: Option<String>,
    /// When it began.
    pub begun_at: Option<Timestamp>,
    /// Segments put in it.
    pub segments: u64,
    /// When a manifest was put last.
    pub manifest_at: Option<Timestamp>,
    /// When all that was committed lay in the place.
    pub complete_at: Option<Timestamp>,
    /// Since when something is in the way.
    pub failing_since: Option<Timestamp>,
    /// What.
    pub fault: Option<String>,
}

impl BackupStanding {
    pub(super) const NONE: Self =
        Self { generation: None, begun_at: None, segments: 0, manifest_at: None, complete_at: None, failing_since: None, fault: None };

    /// Reads the file; none if no shipper ever ran.
    #[must_use]
    pub fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }
}
