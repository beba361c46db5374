//! What can be wrong with a message: on the way out, on the way in, and what was let pass.

use std::fmt;

use super::result_code::ResultCode;
use crate::xml::{WriteError, XmlError};

/// A value the schema refuses, found before anything was written. Sentences never quote the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{at}` {detail}")]
pub struct EncodeError {
    /// The element or attribute, such as `domain:name`.
    pub at: String,
    /// What is wrong with it, continuing the sentence.
    pub detail: String,
    /// Whether a number is out of range rather than a text of the wrong form.
    pub is_range: bool,
}

impl EncodeError {
    pub(crate) fn form(at: impl Into<String>, detail: impl Into<String>) -> EncodeError {
        EncodeError { at: at.into(), detail: detail.into(), is_range: false }
    }

    pub(crate) fn range(at: impl Into<String>, detail: impl Into<String>) -> EncodeError {
        EncodeError { at: at.into(), detail: detail.into(), is_range: true }
    }
}

impl From<WriteError> for EncodeError {
    fn from(error: WriteError) -> EncodeError {
        EncodeError::form("the document", format!("cannot be written: {error}"))
    }
}

/// Why a frame was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes are not a document within the limits.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// The document is well-formed but not the message expected.
    #[error("`{at}`: {detail}")]
    Message {
        /// What kind of fault this is.
        fault: Fault,
        /// The element, such as `domain:create`.
        at: String,
        /// The sentence.
        detail: String,
    },
}

/// The kinds of fault of a well-formed message; a server answers each with its own result code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Not a command of EPP (2000).
    UnknownCommand,
    /// Elements missing from where they belong, or present where they do not (2001).
    Syntax,
    /// A required element or attribute is absent (2003).
    Missing,
    /// A number beyond its range (2004).
    Range,
    /// A text of the wrong form (2005).
    Value,
}

impl DecodeError {
    pub(crate) fn new(fault: Fault, at: impl Into<String>, detail: impl Into<String>) -> DecodeError {
        DecodeError::Message { fault, at: at.into(), detail: detail.into() }
    }

    /// The code with which a server answers a command that has this fault (RFC 5730 section 3).
    pub fn result_code(&self) -> ResultCode {
        match self {
            DecodeError::Xml(_) => ResultCode::SYNTAX_ERROR,
            DecodeError::Message { fault, .. } => match fault {
                Fault::UnknownCommand => ResultCode::UNKNOWN_COMMAND,
                Fault::Syntax => ResultCode::SYNTAX_ERROR,
                Fault::Missing => ResultCode::PARAMETER_MISSING,
                Fault::Range => ResultCode::PARAMETER_RANGE,
                Fault::Value => ResultCode::PARAMETER_SYNTAX,
            },
        }
    }
}

impl From<EncodeError> for DecodeError {
    /// A decoded value that could not be encoded breaks the schema's facets.
    fn from(error: EncodeError) -> DecodeError {
        let fault = if error.is_range { Fault::Range } else { Fault::Value };
        DecodeError::new(fault, error.at, error.detail)
    }
}

/// What a decoded message holds, with everything that was let pass on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<T> {
    /// The message.
    pub value: T,
    /// Where the sender left the standard, in document order; at most [`MAX_DEVIATIONS`].
    pub deviations: Vec<Deviation>,
}

/// Most deviations kept for one frame.
pub const MAX_DEVIATIONS: usize = 100;

/// One place where a sender left the standard and was understood nevertheless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The kind, to count by.
    pub kind: DeviationKind,
    /// The element it was found in, such as `response`.
    pub at: String,
    /// What was found; never a value.
    pub detail: String,
}

/// Kinds of deviation, as seen from registries in the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeviationKind {
    /// No XML declaration, or white space before the document.
    Declaration,
    /// US-ASCII or UTF-16 instead of UTF-8.
    Encoding,
    /// A CDATA section.
    Cdata,
    /// A core namespace other than epp-1.0.
    CoreNamespace,
    /// Elements in another order than the schema's.
    Order,
    /// An element that the schema does not know there.
    UnknownElement,
    /// The right name in the wrong namespace.
    WrongNamespace,
    /// A required element or attribute is absent.
    Missing,
    /// A value outside the facets of the schema, kept as it is.
    Value,
    /// A date with fraction, offset, or without a time zone.
    DateForm,
    /// A language tag longer than the language, such as `en-US`.
    Language,
    /// A payload in a known namespace that could not be read; kept as a raw subtree.
    UnreadablePayload,
}

impl DeviationKind {
    /// Whether a strict reader refuses it. The others are legal XML or legal by schema, only unusual.
    pub(crate) fn breaks_schema(self) -> bool {
        use DeviationKind::*;
        match self {
            CoreNamespace | Order | UnknownElement | WrongNamespace | Missing | Value | UnreadablePayload => true,
            Declaration | Encoding | Cdata | DateForm | Language => false,
        }
    }

    fn fault(self) -> Fault {
        match self {
            DeviationKind::Missing => Fault::Missing,
            DeviationKind::Value => Fault::Value,
            _ => Fault::Syntax,
        }
    }

    /// Stable word for counters and reports.
    pub fn as_str(self) -> &'static str {
        use DeviationKind::*;
        match self {
            Declaration => "declaration",
            Encoding => "encoding",
            Cdata => "cdata",
            CoreNamespace => "core-namespace",
            Order => "order",
            UnknownElement => "unknown-element",
            WrongNamespace => "wrong-namespace",
            Missing => "missing",
            Value => "value",
            DateForm => "date-form",
            Language => "language",
            UnreadablePayload => "unreadable-payload",
        }
    }
}

impl fmt::Display for DeviationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a decode stands: how strict it is and what it has let pass.
#[derive(Debug)]
pub(crate) struct Cx {
    strict: bool,
    pub(crate) deviations: Vec<Deviation>,
}

impl Cx {
    pub(crate) fn strict() -> Cx {
        Cx { strict: true, deviations: Vec::new() }
    }

    pub(crate) fn tolerant() -> Cx {
        Cx { strict: false, deviations: Vec::new() }
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.strict
    }

    /// Lets a deviation pass and counts it, or refuses it when strict.
    pub(crate) fn deviate(&mut self, kind: DeviationKind, at: impl Into<String>, detail: impl Into<String>) -> Result<(), DecodeError> {
        if self.strict && kind.breaks_schema() {
            return Err(DecodeError::new(kind.fault(), at, detail));
        }
        if self.deviations.len() < MAX_DEVIATIONS {
            self.deviations.push(Deviation { kind, at: at.into(), detail: detail.into() });
        }
        Ok(())
    }
}
