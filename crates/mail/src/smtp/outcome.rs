//! What became of a message.

use lettre::transport::smtp;

use crate::reply::Reply;

/// What the client says of a line that was closed before the answer was whole.
const CLOSED: &str = "incomplete response";

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submission {
    /// The relay took it over.
    Accepted {
        /// What it said.
        reply: Reply,
        /// Where it took the message for the copy alone: how it refused the one whom it is for.
        refused: Option<Reply>,
    },
    /// Refused for good, because of the address.
    Refused(Reply),
    /// Not now.
    TryAgain(Obstacle),
}

/// What stood in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// What it was.
    pub kind: ObstacleKind,
    /// What the relay said, where it said something.
    pub reply: Option<Reply>,
}

/// The kinds of obstacle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObstacleKind {
    /// No connection, or it broke or fell silent before the message was handed over.
    Unreachable,
    /// The connection could not be protected.
    Tls,
    /// The relay did not take our login.
    Login,
    /// The relay lacks what we need, or speaks no SMTP that we understand.
    Protocol,
    /// The relay takes nothing from us.
    Relay,
    /// The relay does not take this message now.
    Message,
    /// The line broke after the message was handed over: it may have been taken.
    Unsure,
}

impl ObstacleKind {
    /// Whether it stands in the way of every message, so that trying the next one is idle.
    #[must_use]
    pub fn is_of_relay(self) -> bool {
        !matches!(self, Self::Message)
    }

    /// Whether the message itself may be what stands in the way: one that breaks the line each time must not stand before all others.
    #[must_use]
    pub fn may_be_of_message(self) -> bool {
        matches!(self, Self::Message | Self::Unsure)
    }

    /// The word in tables and alarms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::Login => "login",
            Self::Protocol => "protocol",
            Self::Relay => "relay",
            Self::Message => "message",
            Self::Unsure => "unsure",
        }
    }
}

impl Obstacle {
    pub(super) fn new(kind: ObstacleKind) -> Self {
        Self { kind, reply: None }
    }

    pub(super) fn said(kind: ObstacleKind, reply: Reply) -> Self {
        Self { kind, reply: Some(reply) }
    }

    /// The shortest honest reason: a code of the relay's, else our word.
    #[must_use]
    pub fn reason(&self) -> String {
        self.reply.as_ref().map_or_else(|| self.kind.word().to_owned(), Reply::reason)
    }
}

/// A command that did not end well.
pub(super) enum Trouble {
    /// The relay said no.
    No(Reply),
    /// There was no answer that could be understood.
    Broken(ObstacleKind),
}

impl Trouble {
    /// What it means where the relay's no is about `kind`.
    pub(super) fn into_obstacle(self, kind: ObstacleKind) -> Obstacle {
        match self {
            Self::No(reply) => Obstacle::said(kind, reply),
            Self::Broken(kind) => Obstacle::new(kind),
        }
    }
}

impl From<smtp::Error> for Trouble {
    fn from(error: smtp::Error) -> Self {
        if let Some(code) = error.status() {
            let code = code.to_string().parse().unwrap_or_default();
            let text = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            return Self::No(Reply::new(code, &text));
        }
        // The client says only in words that the line was closed instead of an answer.
        let is_closed = std::error::Error::source(&error).is_some_and(|source| source.to_string() == CLOSED);
        Self::Broken(match () {
            () if error.is_tls() || is_broken_tls(&error) => ObstacleKind::Tls,
            () if is_closed => ObstacleKind::Unreachable,
            () if error.is_client() || error.is_response() => ObstacleKind::Protocol,
            () => ObstacleKind::Unreachable,
        })
    }
}

/// Whether TLS failed while the first bytes were read: the client calls that a broken network, of data that is not valid.
fn is_broken_tls(error: &smtp::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::InvalidData) {
            return true;
        }
        source = cause.source();
    }
    false
}
