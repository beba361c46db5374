//! The self-probe: asks the public address as ICANN would, and keeps the month's book on what came of it (RDAP-11).
//!
//! | to find | look in |
//! | --- | --- |
//! | what is asked, and what counts as an answer | [`ask`](Prober) |
//! | what the agreement allows in a month | [`Allowance`] |
//! | the book | [`Book`] |

mod allowance;
mod ask;
mod book;
mod histogram;

pub use allowance::{Allowance, Used, WARNING_SHARE};
pub use ask::{Asked, Outcome, Prober, Round, Service, Visit, VisitFault};
pub use book::{Book, BookFault, Month, Tally, month_of};
pub use histogram::Histogram;
