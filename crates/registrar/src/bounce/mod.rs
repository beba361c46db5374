//! What comes back of notices: bounces taken once, noted, and the doubt they cast on an address (ACY-7).
//!
//! A bounce is believed where it bears the seal of the notice that it is about ([`mail::return_path`]); whoever has not seen the notice
//! cannot make one. Its outcome stands with the notice, the last server's words sealed beside the text, since they may name the address;
//! the ledger says which notice and why as a code.

mod note;
mod take;

pub(crate) use note::{addressee, refused, reply_place};
pub use take::{TakeBounce, Taken};
