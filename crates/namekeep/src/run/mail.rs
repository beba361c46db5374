//! `namekeep mail bounce`: one message that came to a return path, from the pipe of a mail server.
//!
//! The exit code is the mail server's business: 0 says that the message is dealt with, whatever it was, so that nobody can make our server
//! send bounces of bounces; 75 (`EX_TEMPFAIL`) says that it is to be given again, because something of ours is not well.

use std::io::Read as _;

use mail::bounce::MESSAGE_BYTES;
use registrar::bounce::{TakeBounce, Taken};
use serde::Serialize;

use super::{Ending, Session};
use crate::cli::{Cli, MailCommand};
use crate::failure::{Exit, Failure};
use crate::output::{Format, Report, print};

/// The refusal of a bounce that was faster than our own record.
pub const EARLY: &str = "bounce.early";

#[derive(Serialize)]
#[serde(untagged)]
enum BounceReport {
    Taken(Taken),
    Refused { taken: &'static str, code: &'static str, sentence: String },
}

impl Report for BounceReport {
    fn text(&self) -> String {
        match self {
            Self::Taken(Taken::Noted { notice, outcome, reason }) => {
                let reason = reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
                format!("{notice}: {outcome}{reason}")
            }
            Self::Taken(Taken::Known { notice }) => format!("{notice}: known already"),
            Self::Taken(Taken::NothingWrong { notice }) => format!("{notice}: nothing went wrong for the holder"),
            Self::Taken(Taken::OtherMail { kind }) => format!("not a delivery report: {kind}"),
            Self::Refused { code, sentence, .. } => format!("nothing follows from it: {sentence} ({code})"),
        }
    }
}

/// Takes the message.
pub fn run(cli: &Cli, command: &MailCommand, format: Format) -> Result<Ending, Failure> {
    let MailCommand::Bounce { recipient } = command;
    let report = take(cli, recipient.as_deref(), format).map_err(|failure| Failure { exit: Exit::TryAgain, ..failure })?;
    print(format, &report);
    Ok(Ending::Done)
}

fn take(cli: &Cli, recipient: Option<&str>, format: Format) -> Result<BounceReport, Failure> {
    let session = Session::open(cli, format)?;
    let mut message = Vec::new();
    // One byte beyond the limit is enough to see that it is too large.
    let limit = u64::try_from(MESSAGE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    std::io::stdin()
        .take(limit)
        .read_to_end(&mut message)
        .map_err(|error| Failure::new(Exit::Fault, "input", format!("Standard input could not be read: {error}.")))?;
    let refused = |refusal: policy::Refusal| BounceReport::Refused { taken: "refused", code: refusal.code, sentence: refusal.sentence };
    let bounce = match TakeBounce::read(&message, recipient) {
        Ok(bounce) => bounce,
        Err(refusal) => return Ok(refused(refusal)),
    };
    let bounce = session.may(bounce)?;
    match session.instance.registrar.carry_out(bounce) {
        Ok(taken) => Ok(BounceReport::Taken(taken)),
        Err(registrar::Failure::Refused(refusal)) if refusal.code != EARLY => Ok(refused(refusal)),
        Err(failure) => Err(failure.into()),
    }
}
