//! One `result` of a response (RFC 5730 section 2.6).

use super::error::{Cx, DecodeError, DeviationKind, EncodeError};
use super::fields::Fields;
use super::out::{Facet, Out};
use super::read;
use super::result_code::ResultCode;
use super::text::LangText;
use crate::namespace::Namespace;
use crate::xml::{Element, Node};

/// `result`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EppResult {
    /// The code.
    pub code: ResultCode,
    /// The text for people.
    pub message: LangText,
    /// What caused a failure, as elements of the command.
    pub values: Vec<ResultValue>,
    /// What caused a failure, with reasons; with a success, the unhandled namespaces of RFC 9038.
    pub ext_values: Vec<ExtValue>,
}

/// `value`: an element of the command, or only text from servers that leave the standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultValue {
    /// Text and elements inside.
    pub content: Vec<Node>,
}

/// `extValue`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtValue {
    /// What is meant.
    pub value: ResultValue,
    /// Why.
    pub reason: LangText,
}

impl ResultValue {
    /// An element of the command.
    pub fn element(element: Element) -> ResultValue {
        ResultValue { content: vec![Node::Element(element)] }
    }

    /// The first element inside, if any.
    pub fn first_element(&self) -> Option<&Element> {
        self.content.iter().find_map(|node| if let Node::Element(element) = node { Some(element) } else { None })
    }

    fn read(cx: &mut Cx, element: &Element) -> Result<ResultValue, DecodeError> {
        if element.elements().next().is_none() {
            cx.deviate(DeviationKind::Missing, "value", "holds no element")?;
        }
        Ok(ResultValue { content: element.children.clone() })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let elements = self.content.iter().filter(|node| matches!(node, Node::Element(_))).count();
        if elements != 1 {
            return Err(EncodeError::form("value", format!("holds {elements} elements; the schema asks for one")));
        }
        let mut element = Element::new(Namespace::Epp, "value");
        element.children.clone_from(&self.content);
        Ok(element)
    }
}

impl EppResult {
    /// A result with the standard's English text.
    pub fn new(code: ResultCode) -> EppResult {
        let text = code.standard_text().unwrap_or("Result without a standard text");
        EppResult { code, message: LangText::new(text), values: Vec::new(), ext_values: Vec::new() }
    }

    /// Adds the element that caused the failure and why.
    #[must_use]
    pub fn because(mut self, cause: Element, reason: impl Into<LangText>) -> EppResult {
        self.ext_values.push(ExtValue { value: ResultValue::element(cause), reason: reason.into() });
        self
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<EppResult, DecodeError> {
        let mut fields = Fields::of(element);
        let message = match fields.wanted(cx, "msg")? {
            Some(message) => LangText::read(cx, message)?,
            None => LangText::default(),
        };
        // `value` and `extValue` may alternate in any order.
        let (mut values, mut ext_values) = (Vec::new(), Vec::new());
        for child in fields.all() {
            match child.name.as_ref() {
                "value" => values.push(ResultValue::read(cx, child)?),
                "extValue" => {
                    let mut inner = Fields::of(child);
                    let value = match inner.wanted(cx, "value")? {
                        Some(value) => ResultValue::read(cx, value)?,
                        None => ResultValue { content: Vec::new() },
                    };
                    let reason = match inner.wanted(cx, "reason")? {
                        Some(reason) => LangText::read(cx, reason)?,
                        None => LangText::default(),
                    };
                    inner.finish(cx)?;
                    ext_values.push(ExtValue { value, reason });
                }
                _ => {
                    let detail = format!("the element `{}` does not belong here", child.label());
                    cx.deviate(DeviationKind::UnknownElement, "result", detail)?;
                }
            }
        }
        let code = read::parse_number("result@code", &read::req_attr(element, "code")?)?;
        Ok(EppResult { code: ResultCode(code), message, values, ext_values })
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        if !self.code.is_known() {
            return Err(EncodeError::range("result@code", "is not a code of RFC 5730"));
        }
        let mut out = Out::new(Namespace::Epp, "result");
        out.attr("code", &self.code.to_string(), Facet::TOKEN)?;
        out.push(self.message.write(Namespace::Epp, "msg", Facet::NORMALIZED)?);
        for value in &self.values {
            out.push(value.write()?);
        }
        for ext in &self.ext_values {
            let mut inner = Out::new(Namespace::Epp, "extValue");
            inner.push(ext.value.write()?);
            inner.push(ext.reason.write(Namespace::Epp, "reason", Facet::NORMALIZED)?);
            out.push(inner.done());
        }
        Ok(out.done())
    }
}
