//! A command in the form in which it will cross the wire, before it does.

use model::ClTrid;

use super::Frame;
use crate::frame::{CLIENT_MAX_FRAME_BYTES, HEADER_BYTES};
use crate::wire::{Command, EncodeError, VerbClass, encode_command, encode_hello};

/// A command that was checked, encoded and named, but not sent. Its frame can be stored durably first, and is then sent byte for byte.
#[derive(Clone, Debug)]
pub struct Prepared {
    cltrid: ClTrid,
    class: VerbClass,
    frame: Frame,
}

impl Prepared {
    /// Encodes a command. It must carry a clTRID: without one its answer could not be told from another's.
    ///
    /// # Errors
    /// [`EncodeError`] when a value breaks the schema, the clTRID is missing, or the frame would be longer than a server need accept.
    pub fn new(command: &Command) -> Result<Prepared, EncodeError> {
        let cltrid = match &command.cltrid {
            Some(id) => ClTrid::parse(id.as_str()).map_err(|error| EncodeError::form("clTRID", error.to_string()))?,
            None => return Err(EncodeError::form("clTRID", "is missing; every command of ours carries one")),
        };
        let bytes = encode_command(command)?;
        if bytes.len() + HEADER_BYTES > CLIENT_MAX_FRAME_BYTES {
            return Err(EncodeError::range("command", format!("is longer than {CLIENT_MAX_FRAME_BYTES} bytes; split it")));
        }
        #[cfg(any(test, feature = "capture"))]
        crate::capture::record(crate::capture::Side::Client, &bytes);
        Ok(Prepared { cltrid, class: command.body.class(), frame: Frame::new(bytes) })
    }

    /// The identifier that its answer will carry.
    pub fn cltrid(&self) -> &ClTrid {
        &self.cltrid
    }

    /// Session, query or transform.
    pub fn class(&self) -> VerbClass {
        self.class
    }

    /// The bytes that will be sent, without header.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }
}

/// The frame of `hello`.
pub(super) fn hello() -> Result<Frame, EncodeError> {
    let bytes = encode_hello()?;
    #[cfg(any(test, feature = "capture"))]
    crate::capture::record(crate::capture::Side::Client, &bytes);
    Ok(Frame::new(bytes))
}
