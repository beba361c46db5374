//! The log of the whole process, kept to be searched: commands run on the store's own thread and blocking work on the runtime's, so
//! what one thread says is not all that is said.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tracing_subscriber::fmt::MakeWriter;

/// What was logged so far, by every thread at every level.
#[derive(Clone, Default)]
pub(crate) struct WholeLog(Arc<Mutex<Vec<u8>>>);

impl WholeLog {
    /// The log of this process; kept from the first call on.
    pub(crate) fn kept() -> &'static WholeLog {
        static KEPT: OnceLock<WholeLog> = OnceLock::new();
        KEPT.get_or_init(|| {
            let log = WholeLog::default();
            tracing_subscriber::fmt().with_writer(log.clone()).with_max_level(tracing::Level::TRACE).init();
            log
        })
    }

    /// All of it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Write for WholeLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for WholeLog {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
