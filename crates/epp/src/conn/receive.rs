//! What a registry's frame is, and whether it answers the command it should.

use model::ClTrid;

use super::CloseReason;
use crate::wire::{Decoded, Deviation, DeviationKind, Greeting, Response, ServerMessage, VerbClass, decode_server_frame};

/// A frame from a registry.
pub(super) enum Received {
    Greeting(Decoded<Greeting>),
    Response(Decoded<Response>),
}

/// Reads a frame, as tolerantly as can be; a frame that is neither greeting nor response ends the connection.
pub(super) fn receive(body: &[u8]) -> Result<Received, CloseReason> {
    let Decoded { value, deviations } = decode_server_frame(body).map_err(|error| CloseReason::Undecodable(error.to_string()))?;
    Ok(match value {
        ServerMessage::Greeting(greeting) => Received::Greeting(Decoded { value: *greeting, deviations }),
        ServerMessage::Response(response) => Received::Response(Decoded { value: *response, deviations }),
    })
}

impl Received {
    /// Why this frame ends the connection when nothing of its kind was expected. Some servers announce an idle timeout this way.
    pub(super) fn unsolicited(&self) -> CloseReason {
        match self {
            Received::Greeting(_) => CloseReason::OutOfOrder("a greeting came that no hello asked for".to_owned()),
            Received::Response(decoded) => {
                let code = decoded.value.code();
                if code.closes_connection() {
                    return CloseReason::Announced { code: code.get() };
                }
                CloseReason::OutOfOrder(format!("a response with code {code} came that no command asked for"))
            }
        }
    }
}

/// Checks that a response, which by its order answers the command `expected`, names that command.
///
/// A response without clTRID is let pass, and counted, only when it cannot be anything else: it is a failure (a server that cannot read a
/// command cannot echo its identifier), nothing else is outstanding, and it does not announce the end of the connection, which
/// may have nothing to do with the command. Of a login even the latter is believed, since 2501 and 2502 answer it.
pub(super) fn verify(expected: &ClTrid, class: VerbClass, response: &mut Decoded<Response>, is_only_one: bool) -> Result<(), CloseReason> {
    let code = response.value.code();
    match &response.value.cltrid {
        Some(echoed) if echoed.as_str() == expected.as_str() => Ok(()),
        Some(echoed) => Err(CloseReason::OutOfOrder(format!("a response to `{echoed}` came where the response to `{expected}` was due"))),
        None if code.is_failure() && is_only_one && (class == VerbClass::Session || !code.closes_connection()) => {
            let detail = "the clTRID is not echoed".to_owned();
            response.deviations.push(Deviation { kind: DeviationKind::Missing, at: "trID".to_owned(), detail });
            Ok(())
        }
        None if code.closes_connection() => Err(CloseReason::Announced { code: code.get() }),
        None => Err(CloseReason::OutOfOrder(format!("a response with code {code} names no command"))),
    }
}
