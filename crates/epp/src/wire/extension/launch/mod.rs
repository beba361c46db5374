//! Launch phases: claims, sunrise, applications (launch-1.0, RFC 8334).

mod check;
mod create;
mod signed_mark;

use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError};
use crate::wire::fields::Fields;
use crate::wire::out::{Facet, Out};
use crate::wire::read;
use crate::wire::text::LangText;
use crate::wire::verb::words;
use crate::xml::Element;

pub use check::{Check, CheckData, CheckForm, ClaimKey, ClaimedName};
pub use create::{CodeMark, Create, EncodedSignedMark, Notice, ObjectForm, Proof};
pub use signed_mark::{MAX_SIGNED_MARK_BYTES, SignedMark, SignedMarkError};

const NS: Namespace = Namespace::Launch;

/// An element of launch-1.0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Launch {
    /// With a domain check.
    Check(Check),
    /// With a domain info.
    Info(Info),
    /// With a domain create.
    Create(Create),
    /// With a domain update of an application.
    Update(Application),
    /// With a domain delete of an application.
    Delete(Application),
    /// With the answer to a check.
    CheckData(CheckData),
    /// With the answer to a create.
    CreateData(Application),
    /// With the answer to an info, and in poll messages.
    InfoData(InfoData),
}

words! {
    /// The kinds of launch phase.
    PhaseKind {
        /// Trademark holders first.
        Sunrise = "sunrise",
        /// After sunrise, before claims.
        Landrush = "landrush",
        /// Everybody, with a notice about trademarks.
        Claims = "claims",
        /// Everybody.
        Open = "open",
        /// One the server names itself.
        Custom = "custom",
    }
}

/// `launch:phase`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// The kind.
    pub kind: PhaseKind,
    /// A name for a custom phase or a part of one.
    pub name: Option<String>,
}

/// A phase with the identifier of an application in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// The phase.
    pub phase: Phase,
    /// The application.
    pub id: String,
}

/// `launch:info`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// The phase.
    pub phase: Phase,
    /// The application; the registration when absent.
    pub application: Option<String>,
    /// Show the marks too.
    pub wants_mark: bool,
}

words! {
    /// Where an application stands.
    ApplicationStatus {
        /// The mark is being checked.
        PendingValidation = "pendingValidation",
        /// The mark is good.
        Validated = "validated",
        /// The mark is not good.
        Invalid = "invalid",
        /// Waits for the end of the phase.
        PendingAllocation = "pendingAllocation",
        /// The name is registered.
        Allocated = "allocated",
        /// The name went to somebody else, or to nobody.
        Rejected = "rejected",
        /// One the server names itself.
        Custom = "custom",
    }
}

/// `launch:status`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The status.
    pub status: ApplicationStatus,
    /// The server's own name of it.
    pub name: Option<String>,
    /// Text for people.
    pub note: LangText,
}

/// `launch:infData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InfoData {
    /// The phase.
    pub phase: Phase,
    /// The application.
    pub application: Option<String>,
    /// Where it stands.
    pub status: Option<Status>,
    /// Marks (`mark:mark`), as they came.
    pub marks: Vec<Element>,
}

impl Phase {
    /// A phase without name.
    pub fn new(kind: PhaseKind) -> Phase {
        Phase { kind, name: None }
    }

    fn read(element: &Element) -> Result<Phase, DecodeError> {
        let kind = read::word("launch:phase", &read::token(element), PhaseKind::from_word)?;
        Ok(Phase { kind, name: read::attr(element, "name") })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "phase");
        out.opt_attr("name", self.name.as_deref(), Facet::TOKEN)?.text(self.kind.as_str(), Facet::TOKEN)?;
        Ok(out.done())
    }
}

impl Application {
    fn read(cx: &mut Cx, element: &Element) -> Result<Application, DecodeError> {
        let mut fields = Fields::of(element);
        let phase = Phase::read(fields.req(cx, "phase")?)?;
        let id = fields.token(cx, "applicationID")?;
        fields.finish(cx)?;
        Ok(Application { phase, id })
    }

    fn write(&self, name: &'static str) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, name);
        out.push(self.phase.write()?);
        out.leaf("applicationID", &self.id, Facet::TOKEN)?;
        Ok(out.done())
    }
}

impl Info {
    fn read(cx: &mut Cx, element: &Element) -> Result<Info, DecodeError> {
        let mut fields = Fields::of(element);
        let phase = Phase::read(fields.req(cx, "phase")?)?;
        let application = fields.opt_token(cx, "applicationID")?;
        fields.finish(cx)?;
        Ok(Info { phase, application, wants_mark: read::flag(element, "includeMark", false)? })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "info");
        out.flag("includeMark", self.wants_mark).push(self.phase.write()?);
        out.opt_leaf("applicationID", self.application.as_deref(), Facet::TOKEN)?;
        Ok(out.done())
    }
}

impl Status {
    fn read(cx: &mut Cx, element: &Element) -> Result<Status, DecodeError> {
        let status = read::word("launch:status@s", &read::req_attr(element, "s")?, ApplicationStatus::from_word)?;
        Ok(Status { status, name: read::attr(element, "name"), note: LangText::read(cx, element)? })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "status");
        out.attr("s", self.status.as_str(), Facet::TOKEN)?;
        out.opt_attr("lang", self.note.lang.as_deref(), Facet::LANGUAGE)?;
        out.opt_attr("name", self.name.as_deref(), Facet::TOKEN)?;
        out.text(&self.note.text, Facet::NORMALIZED)?;
        Ok(out.done())
    }
}

impl InfoData {
    fn read(cx: &mut Cx, element: &Element) -> Result<InfoData, DecodeError> {
        let mut fields = Fields::of(element);
        let phase = Phase::read(fields.req(cx, "phase")?)?;
        let application = fields.opt_token(cx, "applicationID")?;
        let status = fields.opt(cx, "status")?.map(|e| Status::read(cx, e)).transpose()?;
        let marks = fields.foreign(cx, Namespace::Mark)?.into_iter().cloned().collect();
        fields.finish(cx)?;
        Ok(InfoData { phase, application, status, marks })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "infData");
        out.push(self.phase.write()?);
        out.opt_leaf("applicationID", self.application.as_deref(), Facet::TOKEN)?;
        out.opt(self.status.as_ref().map(Status::write).transpose()?);
        for mark in &self.marks {
            out.push(mark.clone());
        }
        Ok(out.done())
    }
}

impl Launch {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Option<Launch>, DecodeError> {
        Ok(Some(match element.name.as_ref() {
            "check" => Launch::Check(Check::read(cx, element)?),
            "info" => Launch::Info(Info::read(cx, element)?),
            "create" => Launch::Create(Create::read(cx, element)?),
            "update" => Launch::Update(Application::read(cx, element)?),
            "delete" => Launch::Delete(Application::read(cx, element)?),
            "chkData" => Launch::CheckData(CheckData::read(cx, element)?),
            "creData" => Launch::CreateData(Application::read(cx, element)?),
            "infData" => Launch::InfoData(InfoData::read(cx, element)?),
            _ => return Ok(None),
        }))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
            Launch::Check(check) => check.write(),
            Launch::Info(info) => info.write(),
            Launch::Create(create) => create.write(),
            Launch::Update(application) => application.write("update"),
            Launch::Delete(application) => application.write("delete"),
            Launch::CheckData(data) => data.write(),
            Launch::CreateData(application) => application.write("creData"),
            Launch::InfoData(data) => data.write(),
        }
    }
}
