//! Whole frames: bytes to message and back.

use super::command::Command;
use super::error::{Cx, DecodeError, Decoded, DeviationKind, EncodeError, Fault};
use super::greeting::Greeting;
use super::read;
use super::response::Response;
use super::result_code::ResultCode;
use super::text::TransactionId;
use crate::namespace::{Namespace, Ns};
use crate::xml::{self, Document, Element, Encoding};

/// What a registrar sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientMessage {
    /// Asks for a greeting; carries no transaction identifier.
    Hello,
    /// A command.
    Command(Box<Command>),
    /// A protocol extension (RFC 5730 section 2.7.1), as it came.
    Extension(Vec<Element>),
}

/// What a registry sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerMessage {
    /// On connection and in answer to a hello.
    Greeting(Box<Greeting>),
    /// In answer to a command.
    Response(Box<Response>),
}

/// Why a server cannot carry out a frame, with what it needs to answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct CommandRefusal {
    /// What is wrong.
    pub error: DecodeError,
    /// The client's transaction identifier, where it could be read nevertheless.
    pub cltrid: Option<TransactionId>,
}

impl CommandRefusal {
    /// The code to answer with.
    pub fn result_code(&self) -> ResultCode {
        self.error.result_code()
    }
}

/// The bytes of a hello.
///
/// # Errors
/// Never in practice; the document is constant.
pub fn encode_hello() -> Result<Vec<u8>, EncodeError> {
    document(Element::new(Namespace::Epp, "hello"))
}

/// The bytes of a command.
///
/// # Errors
/// [`EncodeError`] when a value breaks the schema; nothing is written then.
pub fn encode_command(command: &Command) -> Result<Vec<u8>, EncodeError> {
    document(command.write()?)
}

/// The bytes of a greeting.
///
/// # Errors
/// [`EncodeError`] when a value breaks the schema.
pub fn encode_greeting(greeting: &Greeting) -> Result<Vec<u8>, EncodeError> {
    document(greeting.write()?)
}

/// The bytes of a response.
///
/// # Errors
/// [`EncodeError`] when a value breaks the schema.
pub fn encode_response(response: &Response) -> Result<Vec<u8>, EncodeError> {
    document(response.write()?)
}

fn document(message: Element) -> Result<Vec<u8>, EncodeError> {
    Ok(xml::to_document(&Element::new(Namespace::Epp, "epp").with_child(message))?)
}

/// Reads what a registry sent, as tolerantly as can be.
///
/// # Errors
/// [`DecodeError`] when the frame is no document within limits, or neither greeting nor response, or a response without result.
pub fn decode_server_frame(frame: &[u8]) -> Result<Decoded<ServerMessage>, DecodeError> {
    let parsed = xml::parse(frame)?;
    let mut cx = Cx::tolerant();
    note_document(&mut cx, &parsed)?;
    let body = message_element(&mut cx, &parsed.root)?;
    let value = match body.name.as_ref() {
        "greeting" => ServerMessage::Greeting(Box::new(Greeting::read(&mut cx, body)?)),
        "response" => {
            let response = Response::read(&mut cx, body)?;
            if let Err(error) = response.write() {
                cx.deviate(DeviationKind::Value, error.at, error.detail)?;
            }
            ServerMessage::Response(Box::new(response))
        }
        _ => return Err(DecodeError::new(Fault::Syntax, "epp", format!("`{}` is neither greeting nor response", body.label()))),
    };
    Ok(Decoded { value, deviations: cx.deviations })
}

/// Reads a response.
///
/// # Errors
/// [`DecodeError`] as for [`decode_server_frame`], and when the frame is a greeting.
pub fn decode_response(frame: &[u8]) -> Result<Decoded<Response>, DecodeError> {
    let decoded = decode_server_frame(frame)?;
    match decoded.value {
        ServerMessage::Response(response) => Ok(Decoded { value: *response, deviations: decoded.deviations }),
        ServerMessage::Greeting(_) => Err(DecodeError::new(Fault::Syntax, "epp", "holds a greeting where a response was expected")),
    }
}

/// Reads a greeting.
///
/// # Errors
/// [`DecodeError`] as for [`decode_server_frame`], and when the frame is a response.
pub fn decode_greeting(frame: &[u8]) -> Result<Decoded<Greeting>, DecodeError> {
    let decoded = decode_server_frame(frame)?;
    match decoded.value {
        ServerMessage::Greeting(greeting) => Ok(Decoded { value: *greeting, deviations: decoded.deviations }),
        ServerMessage::Response(_) => Err(DecodeError::new(Fault::Syntax, "epp", "holds a response where a greeting was expected")),
    }
}

/// Reads what a registrar sent, by the letter of the schemas.
///
/// # Errors
/// [`CommandRefusal`] with the code and sentence to answer, and the client's transaction identifier if it could be read.
pub fn decode_client_frame(frame: &[u8]) -> Result<ClientMessage, CommandRefusal> {
    let without_id = |error| CommandRefusal { error, cltrid: None };
    let parsed = xml::parse(frame).map_err(|error| without_id(error.into()))?;
    let mut cx = Cx::strict();
    note_document(&mut cx, &parsed).map_err(without_id)?;
    let body = message_element(&mut cx, &parsed.root).map_err(without_id)?;
    match body.name.as_ref() {
        "hello" => Ok(ClientMessage::Hello),
        "extension" => Ok(ClientMessage::Extension(body.elements().cloned().collect())),
        "command" => {
            let read = Command::read(&mut cx, body).and_then(|command| {
                // The encoder knows every facet; what it would refuse to write is not accepted either.
                command.write()?;
                Ok(command)
            });
            match read {
                Ok(command) => Ok(ClientMessage::Command(Box::new(command))),
                Err(error) => Err(CommandRefusal { error, cltrid: legible_cltrid(body) }),
            }
        }
        _ => {
            let detail = format!("`{}` is neither hello, command nor extension", body.label());
            Err(without_id(DecodeError::new(Fault::UnknownCommand, "epp", detail)))
        }
    }
}

/// Reads a command, by the letter of the schemas.
///
/// # Errors
/// [`CommandRefusal`] as for [`decode_client_frame`], and when the frame is a hello or a protocol extension.
pub fn decode_command(frame: &[u8]) -> Result<Command, CommandRefusal> {
    match decode_client_frame(frame)? {
        ClientMessage::Command(command) => Ok(*command),
        _ => Err(CommandRefusal { error: DecodeError::new(Fault::UnknownCommand, "epp", "holds no command"), cltrid: None }),
    }
}

/// The `clTRID` of a command that is otherwise wrong, if it is one that may be echoed.
fn legible_cltrid(command: &Element) -> Option<TransactionId> {
    let text = read::token(command.child("clTRID")?);
    super::out::Facet::TRANSACTION_ID.check("clTRID", &text).ok().map(|()| TransactionId::new(text))
}

/// The one element inside `epp`.
fn message_element<'a>(cx: &mut Cx, root: &'a Element) -> Result<&'a Element, DecodeError> {
    if root.name != "epp" {
        return Err(DecodeError::new(Fault::Syntax, root.label(), "is not an `epp` document"));
    }
    if root.ns != Namespace::Epp {
        let detail = match &root.ns {
            Ns::None => "the core namespace is missing".to_owned(),
            ns => format!("the core namespace is `{ns}`"),
        };
        cx.deviate(DeviationKind::CoreNamespace, "epp", detail)?;
    }
    let mut children = root.elements();
    let Some(first) = children.next() else {
        return Err(DecodeError::new(Fault::Syntax, "epp", "is empty"));
    };
    if let Some(second) = children.next() {
        let detail = format!("the element `{}` follows the message", second.label());
        cx.deviate(DeviationKind::UnknownElement, "epp", detail)?;
    }
    if first.ns != root.ns {
        cx.deviate(DeviationKind::WrongNamespace, "epp", format!("the element `{}` is in another namespace", first.name))?;
    }
    Ok(first)
}

fn note_document(cx: &mut Cx, document: &Document) -> Result<(), DecodeError> {
    let notes = document.notes;
    if !notes.has_declaration || notes.has_leading_space {
        cx.deviate(DeviationKind::Declaration, "document", "the XML declaration is missing or not at the very start")?;
    }
    if notes.encoding != Encoding::Utf8 {
        cx.deviate(DeviationKind::Encoding, "document", "the encoding is not UTF-8")?;
    }
    if notes.has_cdata {
        cx.deviate(DeviationKind::Cdata, "document", "a CDATA section is used")?;
    }
    Ok(())
}
