//! What becomes of one command when a fault may strike: the part the server and the in-process link share.

use epp::{Command, Response, ResultCode};

use crate::faults::{Decided, Fault, Position, failure, several_results};

/// How an answer is to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Whole and at once.
    Whole,
    /// Not at all: the connection ends.
    Never,
    /// Its first bytes, then the connection ends.
    Cut(Position, Decided),
    /// After so many milliseconds.
    LateMs(u32),
    /// Twice.
    Twice,
    /// With its elements in another order.
    Reordered,
    /// Byte by byte, so many milliseconds apart.
    SlowlyMs(u32),
    /// As an announcement of four gigabytes.
    Oversize,
    /// With a code nobody knows.
    UnknownCode,
}

/// An answer with its delivery.
#[derive(Debug)]
pub(crate) struct Answer {
    /// None when the connection ends in the request.
    pub(crate) response: Option<Response>,
    pub(crate) delivery: Delivery,
    /// Whether the connection ends after the delivery.
    pub(crate) closes: bool,
    /// Whether the registry saw the command.
    pub(crate) is_executed: bool,
}

/// Executes a command, or does not, as the fault has it. `execute` gives the response and whether the session has ended; `refuse` gives
/// a response with transaction identifiers for a command that was not executed.
pub(crate) fn answer(
    command: &Command,
    decided: Option<Decided>,
    execute: impl FnOnce(&Command) -> (Option<Response>, bool),
    refuse: impl FnOnce(&Command) -> Response,
) -> Answer {
    let Some(decided) = decided else {
        let (response, closes) = execute(command);
        return Answer { response, delivery: Delivery::Whole, closes, is_executed: true };
    };
    let not_executed = |response: Option<Response>, closes| Answer { response, delivery: Delivery::Whole, closes, is_executed: false };
    match decided.fault {
        // Where in it is the reader's to say; a command that is here was read further than that.
        Fault::CutRequest(_) => Answer { response: None, delivery: Delivery::Never, closes: true, is_executed: false },
        Fault::CommandFailed => not_executed(Some(failure(ResultCode::COMMAND_FAILED, &refuse(command))), false),
        Fault::FailedBeforeExecution => not_executed(Some(failure(ResultCode::COMMAND_FAILED_CLOSING, &refuse(command))), true),
        Fault::SessionLimit => not_executed(Some(failure(ResultCode::SESSION_LIMIT_CLOSING, &refuse(command))), true),
        Fault::SeveralResults => not_executed(Some(several_results(refuse(command))), false),
        Fault::UnknownCode => {
            let response = failure(ResultCode::COMMAND_FAILED, &refuse(command));
            Answer { response: Some(response), delivery: Delivery::UnknownCode, closes: false, is_executed: false }
        }
        Fault::FailedAfterExecution => {
            let (response, _) = execute(command);
            let response = response.map(|response| failure(ResultCode::COMMAND_FAILED_CLOSING, &response));
            Answer { response, delivery: Delivery::Whole, closes: true, is_executed: true }
        }
        Fault::CutResponse(position) => executed(command, execute, Delivery::Cut(position, decided), true),
        Fault::OversizeFrame => executed(command, execute, Delivery::Oversize, true),
        Fault::DelayMs(ms) => executed(command, execute, Delivery::LateMs(ms), false),
        Fault::SlowBytes(ms) => executed(command, execute, Delivery::SlowlyMs(ms), false),
        Fault::Duplicate => executed(command, execute, Delivery::Twice, false),
        Fault::Reordered => executed(command, execute, Delivery::Reordered, false),
    }
}

fn executed(command: &Command, execute: impl FnOnce(&Command) -> (Option<Response>, bool), delivery: Delivery, breaks: bool) -> Answer {
    let (response, closes) = execute(command);
    Answer { response, delivery, closes: closes || breaks, is_executed: true }
}
