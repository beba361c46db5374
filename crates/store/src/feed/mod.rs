//! The feed: public records as files that followers read, so that they need neither the database nor a key.
//!
//! | file | is |
//! | --- | --- |
//! | `head` | a signed note: which generation, how long its files are and what they hash to, the position, the store's time |
//! | `GENERATION.snapshot` | every record at the time the generation began |
//! | `GENERATION.changes` | every change since, appended |
//!
//! The head is replaced whole and last, so a reader never meets one whose files are not there yet; it believes nothing that the head does
//! not vouch for. A generation ends when its changes outgrow its snapshot, when it is a day old and something changed in it, or when the database was
//! put back to an earlier day. Its files stay an hour longer, for readers that are at it: so long may a value be read that was withdrawn.

mod follower;
mod frame;
mod head;
#[cfg(test)]
mod tests;
mod writer;

pub use follower::{Follower, Found};
pub use frame::Frame;
pub use head::Head;
pub use writer::Writer;
