//! Mail that leaves, and what comes back.
//!
//! [`smtp`] hands messages to a relay and says what became of each; [`return_path`] marks them so that a bounce says by itself, and
//! provably, which of our notices it is about; [`bounce`] reads what comes back. Nothing here knows the store: who keeps and who
//! retries is `registrar`'s business.
//!
//! ```text
//!  notice --return path, Message-ID under seal--> relay --> ... --> the holder's mail server
//!                                                                       |
//!  bounce::read <-- pipe or Maildir <-- bounce+<notice>-<seal>@domain <-+  a report (RFC 3464)
//! ```

pub mod bounce;
pub mod fuzz;
pub mod return_path;
pub mod smtp;

mod reply;
mod status;
mod withheld;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use reply::Reply;
pub use return_path::ReturnKey;
pub use status::EnhancedStatus;
pub use withheld::Withheld;
