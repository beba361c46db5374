//! Sending a deposit over SFTP (draft-ietf-secsh-filexfer-02, as OpenSSH speaks it): a key logs in, and the agent's host has to show a key
//! that was pinned before. A file is sent under a name that says that it is not whole and moved to its own when all of it arrived, so that
//! the agent's folder never holds a file that looks complete and is not.
//!
//! ```text
//!  9999_RDE_..._full_1.csv.gz.gpg --> <name>.<digest>.part --(length agrees)--> <name>       the file of hashes goes last
//!                                        ^ a later run goes on here: the digest says that the rest belongs to the same file
//! ```

mod connect;
mod fault;
mod send;
mod session;

pub use connect::{HostKey, LoginKey, Target};
pub use fault::SendFault;
pub use send::{Progress, send};
pub use session::{Put, Session};
