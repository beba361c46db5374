//! `namekeep mail ...` and `namekeep notice ...`: what can be typed about mail that leaves and comes back.

use clap::{Subcommand, ValueEnum};

/// Commands on mail that comes in.
#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// Take one message from standard input that came to a return path: the pipe of a mail server. Ends with 75 where it should be given
    /// again later, and with 0 whatever the message is.
    Bounce {
        /// The address it came to, as the mail server knows it.
        #[arg(long, value_name = "ADDRESS")]
        recipient: Option<String>,
    },
}

/// Commands on notices.
#[derive(Debug, Subcommand)]
pub enum NoticeCommand {
    /// List notices with what became of them, the newest first.
    List {
        /// Only about this name, all of them, in the order they were decided.
        #[arg(long, conflicts_with_all = ["state", "after"])]
        name: Option<String>,
        /// Which.
        #[arg(long, value_enum, default_value_t = NoticeState::All)]
        state: NoticeState,
        /// At most this many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        limit: u32,
        /// Go on behind this notice, as the page before named it.
        #[arg(long, value_name = "ID")]
        after: Option<String>,
    },
    /// Show a notice as it left, with what the last mail server said: personal data, for your eyes.
    Show {
        /// Its id.
        id: String,
    },
}

/// Which notices to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NoticeState {
    /// All.
    All,
    /// Those that have not left.
    Waiting,
    /// Those that a mail server on the way still tries.
    Delayed,
    /// Those that did not arrive, and not because of the address.
    BouncedSoft,
    /// Those that did not arrive because the address cannot be reached.
    BouncedHard,
    /// Those whose address was refused at once.
    Refused,
}
