//! Sunrise and claims create (RFC 8334 sections 3.3 and 2.6).

use model::{Secret, Timestamp};

use super::{NS, Phase};
use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError, Fault};
use crate::wire::fields::Fields;
use crate::wire::out::{Facet, Out};
use crate::wire::read;
use crate::wire::verb::words;
use crate::xml::Element;

/// The encoding of a signed mark when none is named (RFC 7848 section 2.4).
const BASE64: &str = "base64";

words! {
    /// What a create makes.
    ObjectForm {
        /// An application for the name.
        Application = "application",
        /// The registration itself.
        Registration = "registration",
    }
}

/// `launch:create`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// The phase.
    pub phase: Phase,
    /// Application or registration, where the server has both.
    pub form: Option<ObjectForm>,
    /// Proof of a right to the name.
    pub proof: Proof,
    /// Claims notices the registrant accepted.
    pub notices: Vec<Notice>,
}

/// Proof of a right to the name, in one of the forms of RFC 8334 section 2.6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// None, as in claims and open phases.
    None,
    /// Codes, marks, or codes with marks.
    CodeMarks(Vec<CodeMark>),
    /// Signed marks as XML (`smd:signedMark`). The tree keeps neither prefixes nor white space between elements, on which an XML
    /// signature depends: to send a mark that must verify, use the encoded form.
    SignedMarks(Vec<Element>),
    /// Signed marks in their encoded form.
    EncodedSignedMarks(Vec<EncodedSignedMark>),
}

/// `launch:codeMark`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeMark {
    /// A code that stands for a mark.
    pub code: Option<Secret>,
    /// Who knows the code.
    pub validator: Option<String>,
    /// A mark (`mark:mark`), as it came.
    pub mark: Option<Element>,
}

/// `smd:encodedSignedMark`: opaque to us, base64 as a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedSignedMark {
    /// The text, without white space.
    pub data: Secret,
    /// Its encoding; `base64` when absent.
    pub encoding: Option<String>,
}

/// `launch:notice`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The notice.
    pub id: String,
    /// Whose notice it is; the Trademark Clearinghouse's when absent.
    pub validator: Option<String>,
    /// Until when the notice is good.
    pub not_after: Timestamp,
    /// When the registrant accepted it.
    pub accepted: Timestamp,
}

impl EncodedSignedMark {
    /// Base64 text as the mark's holder got it in a file; white space is taken out.
    pub fn new(base64: &str) -> EncodedSignedMark {
        EncodedSignedMark { data: Secret::new(without_space(base64)), encoding: None }
    }

    fn read(element: &Element) -> EncodedSignedMark {
        let encoding = read::attr(element, "encoding").filter(|encoding| encoding != BASE64);
        EncodedSignedMark { data: Secret::new(without_space(&element.text())), encoding }
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::SignedMark, "encodedSignedMark");
        out.opt_attr("encoding", self.encoding.as_deref(), Facet::TOKEN)?;
        out.text(self.data.expose(), Facet::MIN_TOKEN)?;
        Ok(out.done())
    }
}

fn without_space(text: &str) -> String {
    text.split_ascii_whitespace().collect()
}

impl Proof {
    fn read(cx: &mut Cx, fields: &mut Fields<'_>, parent: &Element) -> Result<Proof, DecodeError> {
        let code_marks = fields.many(cx, "codeMark")?;
        let (encoded, signed): (Vec<_>, Vec<_>) =
            fields.foreign(cx, Namespace::SignedMark)?.into_iter().partition(|element| element.name == "encodedSignedMark");
        match (code_marks.is_empty(), signed.is_empty(), encoded.is_empty()) {
            (true, true, true) => Ok(Proof::None),
            (false, true, true) => Ok(Proof::CodeMarks(code_marks.into_iter().map(|e| CodeMark::read(cx, e)).collect::<Result<_, _>>()?)),
            (true, false, true) => Ok(Proof::SignedMarks(signed.into_iter().cloned().collect())),
            (true, true, false) => Ok(Proof::EncodedSignedMarks(encoded.into_iter().map(EncodedSignedMark::read).collect())),
            _ => Err(DecodeError::new(Fault::Syntax, parent.label(), "mixes forms of proof")),
        }
    }

    fn write(&self, out: &mut Out) -> Result<(), EncodeError> {
        match self {
            Proof::None => {}
            Proof::CodeMarks(marks) => {
                for mark in marks {
                    out.push(mark.write()?);
                }
            }
            Proof::SignedMarks(marks) => {
                for mark in marks {
                    out.push(mark.clone());
                }
            }
            Proof::EncodedSignedMarks(marks) => {
                for mark in marks {
                    out.push(mark.write()?);
                }
            }
        }
        Ok(())
    }
}

impl CodeMark {
    fn read(cx: &mut Cx, element: &Element) -> Result<CodeMark, DecodeError> {
        let mut fields = Fields::of(element);
        let code = fields.opt(cx, "code")?;
        let mark = fields.foreign(cx, Namespace::Mark)?.first().map(|mark| (*mark).clone());
        fields.finish(cx)?;
        Ok(CodeMark {
            code: code.map(|code| Secret::new(read::token(code))),
            validator: code.and_then(|code| read::attr(code, "validatorID")),
            mark,
        })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "codeMark");
        if let Some(code) = &self.code {
            let mut inner = Out::new(NS, "code");
            inner.opt_attr("validatorID", self.validator.as_deref(), Facet::MIN_TOKEN)?.text(code.expose(), Facet::MIN_TOKEN)?;
            out.push(inner.done());
        } else if self.validator.is_some() {
            return Err(EncodeError::form("launch:code", "is missing; a validator alone means nothing"));
        }
        out.opt(self.mark.clone());
        Ok(out.done())
    }
}

impl Notice {
    fn read(cx: &mut Cx, element: &Element) -> Result<Notice, DecodeError> {
        let mut fields = Fields::of(element);
        let id = fields.req(cx, "noticeID")?;
        let notice = Notice {
            id: read::token(id),
            validator: read::attr(id, "validatorID"),
            not_after: fields.date(cx, "notAfter")?,
            accepted: fields.date(cx, "acceptedDate")?,
        };
        fields.finish(cx)?;
        Ok(notice)
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut id = Out::new(NS, "noticeID");
        id.opt_attr("validatorID", self.validator.as_deref(), Facet::MIN_TOKEN)?.text(&self.id, Facet::MIN_TOKEN)?;
        let mut out = Out::new(NS, "notice");
        out.push(id.done());
        out.date("notAfter", self.not_after)?.date("acceptedDate", self.accepted)?;
        Ok(out.done())
    }
}

impl Create {
    pub(super) fn read(cx: &mut Cx, element: &Element) -> Result<Create, DecodeError> {
        let form = read::attr(element, "type").map(|word| read::word("launch:create@type", &word, ObjectForm::from_word)).transpose()?;
        let mut fields = Fields::of(element);
        let phase = Phase::read(fields.req(cx, "phase")?)?;
        let proof = Proof::read(cx, &mut fields, element)?;
        let notices = fields.many(cx, "notice")?.into_iter().map(|e| Notice::read(cx, e)).collect::<Result<_, _>>()?;
        fields.finish(cx)?;
        Ok(Create { phase, form, proof, notices })
    }

    pub(super) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "create");
        out.opt_attr("type", self.form.map(ObjectForm::as_str), Facet::TOKEN)?.push(self.phase.write()?);
        self.proof.write(&mut out)?;
        for notice in &self.notices {
            out.push(notice.write()?);
        }
        Ok(out.done())
    }
}
