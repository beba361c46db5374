//! Brings the database up to the feed, and says how far behind it is.

use std::path::Path;
use std::sync::Arc;

use store::feed::{Follower, Found, Frame};
use store::{StoreFault, VerifierKey};

use crate::database::Database;

/// Follows a feed into a database.
pub struct Follow {
    follower: Follower,
    database: Arc<Database>,
}

impl Follow {
    /// Follows the feed in `folder` that `key` signs.
    #[must_use]
    pub fn new(folder: &Path, key: VerifierKey, database: Arc<Database>) -> Self {
        Self { follower: Follower::new(folder, key), database }
    }

    /// Takes what is new; gives whether there was anything.
    ///
    /// # Errors
    /// [`StoreFault`] if the feed cannot be read or is not what its head says; what is served stays as it was.
    pub fn step(&mut self) -> Result<bool, StoreFault> {
        let database = &self.database;
        let take = |frame: Frame<'_>| {
            match frame {
                Frame::Record(record) => database.put(record).map_err(|fault| StoreFault::Feed { reason: fault.to_string() })?,
                Frame::Removal(name) => database.remove(name),
            }
            Ok(())
        };
        let found = self.follower.step(|| database.begin_generation(), take)?;
        let head = match found {
            Found::Nothing => return Ok(false),
            Found::Changes(head) => head,
            Found::Anew(head) => {
                database.end_generation();
                head
            }
        };
        database.set_position(head.position, head.updated_at.as_second());
        Ok(true)
    }
}
