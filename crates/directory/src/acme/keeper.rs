//! Keeps a valid certificate in its files and on show, for as long as the directory runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::order::Acme;
use super::renewal::{pause_after, renew_at};
use crate::http::tls::Certificate;

/// The longest that nobody looks whether it is time: clocks are set, machines sleep.
const GLANCE: Duration = Duration::from_secs(60 * 60);

/// Keeps a certificate.
pub struct Keeper {
    acme: Acme,
    certificate: Arc<Certificate>,
}

impl Keeper {
    /// Keeps the certificate that is on show.
    #[must_use]
    pub fn new(acme: Acme, certificate: Arc<Certificate>) -> Self {
        Self { acme, certificate }
    }

    /// Runs until `stop` says true or is dropped; `now_s` gives the seconds since 1970.
    pub async fn run(self, now_s: impl Fn() -> i64, mut stop: watch::Receiver<bool>) {
        let mut failures = 0;
        loop {
            let pause = match self.due_in(now_s()) {
                Some(wait) => wait,
                None => match self.renew().await {
                    Ok(()) => {
                        failures = 0;
                        continue_after_renewal(self.due_in(now_s()))
                    }
                    Err(fault) => {
                        failures += 1;
                        let pause = pause_after(failures);
                        tracing::error!(fault, failures, again_in_s = pause.as_secs(), "there is no new certificate");
                        pause
                    }
                },
            };
            if timeout(pause, stop.wait_for(|stop| *stop)).await.is_ok() {
                return;
            }
        }
    }

    /// How long until the certificate is looked at again; none where a new one is due now.
    fn due_in(&self, now_s: i64) -> Option<Duration> {
        let (not_before, not_after) = self.certificate.validity()?;
        let left_s = renew_at(not_before, not_after) - now_s;
        let is_good = left_s > 0 && self.certificate.names(&self.acme.settings.host);
        is_good.then(|| Duration::from_secs(left_s.unsigned_abs()).min(GLANCE))
    }

    async fn renew(&self) -> Result<(), String> {
        self.acme.order().await.map_err(|fault| fault.to_string())?;
        let settings = &self.acme.settings;
        self.certificate.replace(&settings.chain, &settings.key).map_err(|fault| fault.to_string())?;
        let ends_s = self.certificate.validity().map(|(_, not_after)| not_after);
        tracing::info!(ends_s, "RDAP shows a new certificate from its authority");
        Ok(())
    }
}

/// A certificate that is due for renewal the moment it comes (its life is over, or it names another host) must not be ordered in a loop.
fn continue_after_renewal(due_in: Option<Duration>) -> Duration {
    due_in.unwrap_or_else(|| pause_after(1))
}
