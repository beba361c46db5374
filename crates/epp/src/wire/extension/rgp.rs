//! Registry grace periods: restore of a deleted domain, and grace-period statuses (rgp-1.0, RFC 3915).

use std::fmt;

use model::{RgpStatus, Timestamp};

use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, DeviationKind, EncodeError, Fault};
use crate::wire::fields::Fields;
use crate::wire::out::{Facet, Out, count};
use crate::wire::read;
use crate::wire::text::LangText;
use crate::xml::{Element, Node};

const NS: Namespace = Namespace::Rgp;

/// An element of rgp-1.0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rgp {
    /// With a domain update: take the domain out of redemption.
    Request,
    /// With a domain update: the report that completes a restore.
    Report(Box<Report>),
    /// With the answer to a domain info.
    Info(Vec<GraceStatus>),
    /// With the answer to a restore request.
    Updated(Vec<GraceStatus>),
}

/// `rgp:rgpStatus`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraceStatus {
    /// The status.
    pub word: GraceWord,
    /// Text for people, often the end of the period.
    pub note: LangText,
}

/// A status of RFC 3915 or a registry's own word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GraceWord {
    /// RFC 3915.
    Known(RgpStatus),
    /// Anything else a registry sent; never written.
    Other(String),
}

/// `rgp:report` (RFC 3915 section 4.2.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Registration data before the deletion.
    pub before: ReportData,
    /// Registration data now.
    pub after: ReportData,
    /// When the delete request was sent.
    pub deleted: Timestamp,
    /// When the restore request was sent.
    pub restored: Timestamp,
    /// Why.
    pub reason: LangText,
    /// One or two statements the registry asks for.
    pub statements: Vec<LangText>,
    /// Anything else.
    pub other: Option<ReportData>,
}

/// Free content of a report: registration data, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ReportData(pub Vec<Node>);

impl fmt::Debug for ReportData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal data]")
    }
}

impl From<&str> for ReportData {
    fn from(text: &str) -> ReportData {
        if text.is_empty() { ReportData(Vec::new()) } else { ReportData(vec![Node::Text(text.to_owned())]) }
    }
}

impl From<RgpStatus> for GraceStatus {
    fn from(status: RgpStatus) -> GraceStatus {
        GraceStatus { word: GraceWord::Known(status), note: LangText::default() }
    }
}

impl GraceStatus {
    /// The status if RFC 3915 knows it.
    pub fn known(&self) -> Option<RgpStatus> {
        match self.word {
            GraceWord::Known(status) => Some(status),
            GraceWord::Other(_) => None,
        }
    }

    fn read_all(cx: &mut Cx, element: &Element) -> Result<Vec<GraceStatus>, DecodeError> {
        let mut fields = Fields::of(element);
        let mut statuses = Vec::new();
        for status in fields.some(cx, "rgpStatus")? {
            let text = read::req_attr(status, "s")?;
            let word = match text.parse::<RgpStatus>() {
                Ok(known) => GraceWord::Known(known),
                Err(_) => {
                    cx.deviate(DeviationKind::Value, status.label(), "the status is none of RFC 3915")?;
                    GraceWord::Other(text)
                }
            };
            statuses.push(GraceStatus { word, note: LangText::read(cx, status)? });
        }
        fields.finish(cx)?;
        Ok(statuses)
    }

    fn write_all(statuses: &[GraceStatus], name: &'static str) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, name);
        count("rgp:rgpStatus", statuses.len(), 1, usize::MAX)?;
        for status in statuses {
            let Some(known) = status.known() else {
                return Err(EncodeError::form("rgp:rgpStatus", "is none of RFC 3915"));
            };
            let mut inner = Out::new(NS, "rgpStatus");
            inner.attr("s", known.as_str(), Facet::TOKEN)?;
            inner.opt_attr("lang", status.note.lang.as_deref(), Facet::LANGUAGE)?;
            inner.text(&status.note.text, Facet::NORMALIZED)?;
            out.push(inner.done());
        }
        Ok(out.done())
    }
}

impl Rgp {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Option<Rgp>, DecodeError> {
        Ok(Some(match element.name.as_ref() {
            "infData" => Rgp::Info(GraceStatus::read_all(cx, element)?),
            "upData" => Rgp::Updated(GraceStatus::read_all(cx, element)?),
            "update" => {
                let mut fields = Fields::of(element);
                let restore = fields.req(cx, "restore")?;
                fields.finish(cx)?;
                Rgp::read_restore(cx, restore)?
            }
            _ => return Ok(None),
        }))
    }

    fn read_restore(cx: &mut Cx, restore: &Element) -> Result<Rgp, DecodeError> {
        let mut fields = Fields::of(restore);
        let report = fields.opt(cx, "report")?;
        fields.finish(cx)?;
        match (read::req_attr(restore, "op")?.as_str(), report) {
            ("request", None) => Ok(Rgp::Request),
            ("report", Some(report)) => Ok(Rgp::Report(Box::new(Report::read(cx, report)?))),
            ("report", None) => Err(DecodeError::new(Fault::Missing, restore.label(), "the element `report` is missing")),
            ("request", Some(_)) => Err(DecodeError::new(Fault::Syntax, restore.label(), "a request carries no report")),
            _ => Err(DecodeError::new(Fault::Value, restore.label(), "has an operation other than request and report")),
        }
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let (op, report) = match self {
            Rgp::Info(statuses) => return GraceStatus::write_all(statuses, "infData"),
            Rgp::Updated(statuses) => return GraceStatus::write_all(statuses, "upData"),
            Rgp::Request => ("request", None),
            Rgp::Report(report) => ("report", Some(report.write()?)),
        };
        let mut restore = Out::new(NS, "restore");
        restore.attr("op", op, Facet::TOKEN)?.opt(report);
        let mut out = Out::new(NS, "update");
        out.push(restore.done());
        Ok(out.done())
    }
}

impl Report {
    fn read(cx: &mut Cx, element: &Element) -> Result<Report, DecodeError> {
        let mut fields = Fields::of(element);
        let before = ReportData(fields.req(cx, "preData")?.children.clone());
        let after = ReportData(fields.req(cx, "postData")?.children.clone());
        let (deleted, restored) = (fields.date(cx, "delTime")?, fields.date(cx, "resTime")?);
        let reason = fields.req(cx, "resReason")?;
        let reason = read_text(cx, reason)?;
        let statements = fields.some(cx, "statement")?.into_iter().map(|e| read_text(cx, e)).collect::<Result<_, _>>()?;
        let other = fields.opt(cx, "other")?.map(|e| ReportData(e.children.clone()));
        fields.finish(cx)?;
        Ok(Report { before, after, deleted, restored, reason, statements, other })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "report");
        out.push(write_data("preData", &self.before)).push(write_data("postData", &self.after));
        out.date("delTime", self.deleted)?.date("resTime", self.restored)?;
        out.push(self.reason.write(NS, "resReason", Facet::STRING)?);
        count("rgp:statement", self.statements.len(), 1, 2)?;
        for statement in &self.statements {
            out.push(statement.write(NS, "statement", Facet::STRING)?);
        }
        out.opt(self.other.as_ref().map(|other| write_data("other", other)));
        Ok(out.done())
    }
}

fn write_data(name: &'static str, data: &ReportData) -> Element {
    let mut element = Element::new(NS, name);
    element.children.clone_from(&data.0);
    element
}

fn read_text(cx: &mut Cx, element: &Element) -> Result<LangText, DecodeError> {
    Ok(LangText { text: element.text().into_owned(), lang: read::lang(cx, element)? })
}
