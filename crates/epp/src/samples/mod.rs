//! One example of every message this room can write, with every extension alone and many together.
//!
//! Tests hold them against the schemas and decode them back, fuzzing mutates them, other rooms replay them. Names, numbers and secrets are
//! invented; the same each time.

mod contacts;
mod domains;
mod extensions;
mod hosts;
mod maintenance;
mod replies;
mod session;

use jiff::civil::{Date, date};
use model::Timestamp;

use crate::wire::{
    Command, CommandBody, EncodeError, Greeting, Provenance, Response, ResponseData, ResultCode, TransactionId, encode_command,
    encode_greeting, encode_hello, encode_response,
};

/// A message with a name that says what it shows.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Such as `domain-create-claims`.
    pub name: String,
    /// The message.
    pub message: SampleMessage,
}

/// Any message of either side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SampleMessage {
    /// From a registrar.
    Hello,
    /// From a registrar.
    Command(Box<Command>),
    /// From a registry.
    Greeting(Box<Greeting>),
    /// From a registry.
    Response(Box<Response>),
}

impl Sample {
    /// The document of the message.
    ///
    /// # Errors
    /// [`EncodeError`] never in practice; a test writes them all.
    pub fn frame(&self) -> Result<Vec<u8>, EncodeError> {
        match &self.message {
            SampleMessage::Hello => encode_hello(),
            SampleMessage::Command(command) => encode_command(command),
            SampleMessage::Greeting(greeting) => encode_greeting(greeting),
            SampleMessage::Response(response) => encode_response(response),
        }
    }
}

/// Every sample, in a fixed order, with unique names.
pub fn messages() -> Vec<Sample> {
    let mut samples = Samples::default();
    session::add(&mut samples);
    domains::add(&mut samples);
    hosts::add(&mut samples);
    contacts::add(&mut samples);
    maintenance::add(&mut samples);
    replies::add(&mut samples);
    extensions::add(&mut samples);
    samples.0
}

/// Every sample's name and document.
///
/// # Errors
/// [`EncodeError`] never in practice; a test writes them all.
pub fn samples() -> Result<Vec<(String, Vec<u8>)>, EncodeError> {
    messages().into_iter().map(|sample| Ok((sample.name.clone(), sample.frame()?))).collect()
}

#[derive(Default)]
struct Samples(Vec<Sample>);

impl Samples {
    fn command(&mut self, name: &str, command: Command) {
        self.push(name, SampleMessage::Command(Box::new(command)));
    }

    fn response(&mut self, name: &str, response: Response) {
        self.push(name, SampleMessage::Response(Box::new(response)));
    }

    /// A command without extensions.
    fn plain(&mut self, name: &str, body: impl Into<CommandBody>) {
        self.command(name, command(body));
    }

    /// A successful response with this data.
    fn data(&mut self, name: &str, data: impl Into<ResponseData>) {
        self.response(name, done().with_data(data));
    }

    fn push(&mut self, name: &str, message: SampleMessage) {
        self.0.push(Sample { name: name.to_owned(), message });
    }
}

fn command(body: impl Into<CommandBody>) -> Command {
    Command::new(body, "NK-0001-1")
}

fn response(code: ResultCode) -> Response {
    Response::new(code, Some(TransactionId::new("NK-0001-1")), "ALPHA-98765")
}

fn done() -> Response {
    response(ResultCode::COMPLETED)
}

/// 2026-11-23T18:30:00Z.
fn now() -> Timestamp {
    Timestamp::constant(1_795_458_600, 0)
}

/// A year before [`now`], with microseconds.
fn last_year() -> Timestamp {
    Timestamp::constant(1_763_922_600, 123_456_000)
}

/// A year after [`now`].
fn next_year() -> Timestamp {
    Timestamp::constant(1_826_994_600, 0)
}

fn expiry_day() -> Date {
    date(2027, 11, 23)
}

fn provenance() -> Provenance {
    Provenance {
        created_by: Some("NAMEKEEP-1".into()),
        created: Some(last_year()),
        updated_by: Some("NAMEKEEP-2".into()),
        updated: Some(now()),
        transferred: Some(now()),
        ..Provenance::of("NAMEKEEP-1")
    }
}
