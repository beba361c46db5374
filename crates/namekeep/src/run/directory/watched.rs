//! What `/metrics` says at the moment of asking.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use directory::Service;
use directory::http::tls::Certificate;
use directory::metrics::{Gauges, ProbeGauges, write};
use store::VerifierKey;
use store::feed::Head;

use super::now_second;
use super::probe::Schedule;
use crate::directory_config::{Checked, DirectoryConfig};

/// What the self-probe found last, for whoever watches.
pub(super) type Probed = Arc<Mutex<Option<ProbeGauges>>>;

/// Everything that is watched.
pub(super) struct Watched {
    service: Arc<Service>,
    certificate: Arc<Certificate>,
    feed: PathBuf,
    feed_key: VerifierKey,
    probed: Option<Probed>,
}

impl Watched {
    pub(super) fn new(
        service: &Arc<Service>,
        certificate: &Arc<Certificate>,
        config: &DirectoryConfig,
        checked: &Checked,
        base: &Path,
        schedule: Option<&Schedule>,
    ) -> Self {
        Self {
            service: Arc::clone(service),
            certificate: Arc::clone(certificate),
            feed: base.join(&config.feed.folder),
            feed_key: checked.feed_key.clone(),
            probed: schedule.map(Schedule::probed),
        }
    }

    /// The text of this moment. The head of the feed is read anew, so that a follower that stands still shows.
    pub(super) fn write(&self) -> String {
        let database = self.service.database();
        let gauges = Gauges {
            now_s: now_second(),
            names: database.names(),
            updated_at_s: database.updated_at(),
            position: database.position(),
            head: head(&self.feed, &self.feed_key),
            certificate_ends_s: self.certificate.validity().map(|(_, not_after)| not_after),
            probe: self.probed.as_ref().and_then(|probed| probed.lock().unwrap_or_else(PoisonError::into_inner).clone()),
        };
        write(self.service.counters(), &gauges)
    }
}

/// Position and time of the feed's head; nothing where it cannot be read.
pub(super) fn head(feed: &Path, key: &VerifierKey) -> Option<(u64, i64)> {
    let head = Head::read(feed, key).ok()??;
    Some((head.position, head.updated_at.as_second()))
}
