//! Reads values out of elements and attributes.

use std::str::FromStr;

use super::error::{Cx, DecodeError, DeviationKind, Fault};
use crate::xml::Element;

/// Text of a `token`: white space collapsed.
pub(crate) fn token(element: &Element) -> String {
    collapse(&element.text())
}

/// Text of a `normalizedString`: line breaks and tabs become spaces.
pub(crate) fn normalized(element: &Element) -> String {
    let text = element.text();
    if text.contains(['\t', '\n', '\r']) { text.replace(['\t', '\n', '\r'], " ") } else { text.into_owned() }
}

/// White space as XML Schema collapses it.
pub(crate) fn collapse(text: &str) -> String {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split(is_space).filter(|word| !word.is_empty()) {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}

/// An attribute of type `token`.
pub(crate) fn attr(element: &Element, name: &str) -> Option<String> {
    element.attr(name).map(collapse)
}

/// An attribute that must be there.
pub(crate) fn req_attr(element: &Element, name: &str) -> Result<String, DecodeError> {
    attr(element, name).ok_or_else(|| DecodeError::new(Fault::Missing, element.label(), format!("the attribute `{name}` is missing")))
}

/// Text as a number.
pub(crate) fn number<T: FromStr>(element: &Element) -> Result<T, DecodeError> {
    parse_number(&element.label(), &token(element))
}

/// A number out of text; too many digits are a range fault, other characters a fault of form.
pub(crate) fn parse_number<T: FromStr>(at: &str, text: &str) -> Result<T, DecodeError> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.parse().map_err(|_| {
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            DecodeError::new(Fault::Range, at, "is a number beyond its range")
        } else {
            DecodeError::new(Fault::Value, at, "is not a whole number")
        }
    })
}

/// Text as a `boolean`.
pub(crate) fn boolean(element: &Element) -> Result<bool, DecodeError> {
    parse_boolean(&element.label(), &token(element))
}

/// An attribute of type `boolean`; `default` when it is absent.
pub(crate) fn flag(element: &Element, name: &str, default: bool) -> Result<bool, DecodeError> {
    match attr(element, name) {
        Some(text) => parse_boolean(&format!("{}@{name}", element.label()), &text),
        None => Ok(default),
    }
}

/// An attribute of type `boolean` that must be there.
pub(crate) fn req_flag(element: &Element, name: &str) -> Result<bool, DecodeError> {
    parse_boolean(&format!("{}@{name}", element.label()), &req_attr(element, name)?)
}

fn parse_boolean(at: &str, text: &str) -> Result<bool, DecodeError> {
    match text {
        "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        _ => Err(DecodeError::new(Fault::Value, at, "is neither 1, true, 0 nor false")),
    }
}

/// A word out of a closed list.
pub(crate) fn word<T>(at: &str, text: &str, known: impl Fn(&str) -> Option<T>) -> Result<T, DecodeError> {
    known(text).ok_or_else(|| DecodeError::new(Fault::Value, at, "is not one of the words the schema knows"))
}

/// The `lang` attribute, counted when it says more than the language.
pub(crate) fn lang(cx: &mut Cx, element: &Element) -> Result<Option<String>, DecodeError> {
    let lang = attr(element, "lang");
    if lang.as_ref().is_some_and(|lang| lang.contains(['-', '_'])) {
        cx.deviate(DeviationKind::Language, element.label(), "the language tag has a region or script")?;
    }
    Ok(lang)
}
