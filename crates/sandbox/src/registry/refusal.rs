//! How the registry says no: a result code and the reason in a sentence.

use std::borrow::Cow;

use epp::ResultCode;

/// A failed command: nothing was changed, nothing was charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The code of the `result` element.
    pub(crate) code: ResultCode,
    /// The sentence of its `extValue` reason. Never holds a secret or personal data.
    pub(crate) reason: Cow<'static, str>,
}

/// What a command comes to.
pub(crate) type Outcome<T> = Result<T, Refusal>;

impl Refusal {
    pub(crate) fn new(code: ResultCode, reason: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal { code, reason: reason.into() }
    }

    pub(crate) fn missing(what: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal::new(ResultCode::PARAMETER_MISSING, what)
    }

    pub(crate) fn range(what: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal::new(ResultCode::PARAMETER_RANGE, what)
    }

    pub(crate) fn syntax(what: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal::new(ResultCode::PARAMETER_SYNTAX, what)
    }

    pub(crate) fn policy(what: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal::new(ResultCode::POLICY_ERROR, what)
    }

    pub(crate) fn not_found(what: impl std::fmt::Display) -> Refusal {
        Refusal::new(ResultCode::OBJECT_DOES_NOT_EXIST, format!("`{what}` does not exist here"))
    }

    pub(crate) fn exists(what: impl std::fmt::Display) -> Refusal {
        Refusal::new(ResultCode::OBJECT_EXISTS, format!("`{what}` exists already"))
    }

    pub(crate) fn not_sponsor(what: impl std::fmt::Display) -> Refusal {
        Refusal::new(ResultCode::AUTHORIZATION_ERROR, format!("`{what}` is sponsored by another registrar"))
    }

    pub(crate) fn status(what: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal::new(ResultCode::STATUS_PROHIBITS, what)
    }

    pub(crate) fn linked(what: impl Into<Cow<'static, str>>) -> Refusal {
        Refusal::new(ResultCode::ASSOCIATION_PROHIBITS, what)
    }
}

/// Refuses unless `holds`.
pub(crate) fn ensure(holds: bool, refusal: impl FnOnce() -> Refusal) -> Outcome<()> {
    if holds { Ok(()) } else { Err(refusal()) }
}
