//! `namekeep case ...` and `namekeep disclosure ...`: what the public sent, and what is done about it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Which cases.
#[derive(Debug, Args)]
pub struct CasesArgs {
    /// Closed ones too, the oldest first; else those that are owed, the one due first first.
    #[arg(long)]
    pub all: bool,
    /// At most this many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub limit: u32,
    /// With `--all`, go on behind this place, as the page before named it.
    #[arg(long, value_name = "PLACE", requires = "all")]
    pub after: Option<String>,
}

/// What was said, kept sealed with the case.
#[derive(Debug, Args)]
pub struct ReasonArgs {
    /// Why; `@FILE` takes it from a file.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// Why, and what was weighed (DSC-5).
#[derive(Debug, Args)]
pub struct DecisionArgs {
    /// The reasons, as the requestor will read them; `@FILE` takes them from a file.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// The balancing test: the requestor's interest, the holder's rights, and which weighs more here; `@FILE` takes it from a file.
    #[arg(long, value_name = "TEXT")]
    pub balancing: String,
}

/// Something that came another way.
#[derive(Debug, Args)]
pub struct EnterArgs {
    /// A file with the fields of the form (TOML): `domain`, `name`, `email`, `element = [...]`, and so on.
    pub file: PathBuf,
    /// When it was received; now, unless said.
    #[arg(long, value_name = "INSTANT")]
    pub received_at: Option<String>,
}

/// Commands on reports of inaccurate data.
#[derive(Debug, Subcommand)]
pub enum CaseCommand {
    /// List reports.
    List(CasesArgs),
    /// Show a report with everything that was sent and said.
    Show {
        /// The case.
        case: String,
    },
    /// Enter a report that came another way.
    Enter(EnterArgs),
    /// Tell the reporter that the report is here, where that did not happen by itself.
    Acknowledge {
        /// The case.
        case: String,
    },
    /// Write something down.
    Note {
        /// The case.
        case: String,
        /// What.
        #[command(flatten)]
        reason: ReasonArgs,
    },
    /// Ask the holder, who has 15 days (ACY-8).
    Inquire {
        /// The case.
        case: String,
    },
    /// Close a report: `format` was corrected, `identity` is verified anew, `accurate`, or `not-ours`.
    Close {
        /// The case.
        case: String,
        /// What came of it.
        #[arg(long, value_parser = ["format", "identity", "accurate", "not-ours"])]
        finding: String,
        /// What was found.
        #[command(flatten)]
        reason: ReasonArgs,
    },
    /// List what came by the forms about a name, without what was written (RDP-15).
    Receipts {
        /// The name.
        name: String,
    },
}

/// Commands on requests to disclose data.
#[derive(Debug, Subcommand)]
pub enum DisclosureCommand {
    /// List requests; there being one past its limit ends with exit code 7.
    List(CasesArgs),
    /// Show a request with everything that was sent and said.
    Show {
        /// The case.
        case: String,
    },
    /// Enter a request that came another way (DSC-8).
    Enter {
        /// The request.
        #[command(flatten)]
        enter: EnterArgs,
        /// It is urgent, from an authenticated requestor (DSC-7; not in force).
        #[arg(long)]
        urgent: bool,
    },
    /// Tell the requestor that the request is here, where that did not happen by itself (DSC-3).
    Acknowledge {
        /// The case.
        case: String,
    },
    /// Write something down.
    Note {
        /// The case.
        case: String,
        /// What.
        #[command(flatten)]
        reason: ReasonArgs,
    },
    /// Propose to disclose elements; another operator approves (DSC-5).
    Propose {
        /// The case.
        case: String,
        /// Which, such as `name,email`.
        #[arg(long, value_delimiter = ',', required = true, value_name = "ELEMENTS")]
        disclose: Vec<String>,
        /// Why.
        #[command(flatten)]
        decision: DecisionArgs,
    },
    /// Agree to what another operator proposed.
    Approve {
        /// The case.
        case: String,
    },
    /// Decide to disclose nothing.
    Refuse {
        /// The case.
        case: String,
        /// Why.
        #[command(flatten)]
        decision: DecisionArgs,
    },
    /// Answer later, for a reason that the requestor is told (DSC-4).
    Extend {
        /// The case.
        case: String,
        /// Until when, such as `2027-02-01T00:00:00Z`.
        #[arg(long, value_name = "INSTANT")]
        until: String,
        /// Why.
        #[command(flatten)]
        reason: ReasonArgs,
    },
    /// Note the age recipient that the requestor gave us by a way we trust.
    Recipient {
        /// The case.
        case: String,
        /// It, `age1...`.
        recipient: String,
    },
    /// Send what was decided and close the case; data leaves encrypted and in no other way.
    Answer {
        /// The case.
        case: String,
    },
}
