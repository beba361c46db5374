//! One planned outage, whole.

use model::Timestamp;

use super::{MaintenanceId, NS};
use crate::wire::error::{Cx, DecodeError, EncodeError};
use crate::wire::fields::Fields;
use crate::wire::out::{Facet, Out, count};
use crate::wire::read;
use crate::wire::text::{LangText, ObjectName};
use crate::wire::verb::words;
use crate::xml::Element;

words! {
    /// Why a maintenance message came by poll.
    PollType {
        /// Announced.
        Create = "create",
        /// Changed.
        Update = "update",
        /// Called off.
        Delete = "delete",
        /// A reminder.
        Courtesy = "courtesy",
        /// Over.
        End = "end",
    }
}

words! {
    /// How much of a system is affected.
    Impact {
        /// Nothing.
        None = "none",
        /// Some of it.
        Partial = "partial",
        /// All of it.
        Full = "full",
    }
}

words! {
    /// Which environment is affected.
    Environment {
        /// The live one.
        Production = "production",
        /// The operational test environment.
        Ote = "ote",
        /// Staging.
        Staging = "staging",
        /// Development.
        Development = "dev",
        /// One the server names itself.
        Custom = "custom",
    }
}

words! {
    /// Why the outage happens.
    Cause {
        /// Planned.
        Planned = "planned",
        /// Emergency.
        Emergency = "emergency",
    }
}

/// One system affected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// Its name, such as `EPP`.
    pub name: String,
    /// Its host.
    pub host: Option<ObjectName>,
    /// How much of it.
    pub impact: Impact,
}

/// A description of an outage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The text.
    pub text: LangText,
    /// Whether the text is HTML.
    pub is_html: bool,
}

/// What registrars must do themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intervention {
    /// Reconnect.
    pub connection: bool,
    /// Change their software.
    pub implementation: bool,
}

/// `maint:item`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Which.
    pub id: MaintenanceId,
    /// Kinds of maintenance, such as `Routine Maintenance`.
    pub types: Vec<LangText>,
    /// Why the message came, in poll messages.
    pub poll_type: Option<PollType>,
    /// What is affected, one at least.
    pub systems: Vec<System>,
    /// Which environment.
    pub environment: Environment,
    /// The server's own name of the environment.
    pub environment_name: Option<String>,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// Why.
    pub cause: Cause,
    /// Where to read more (a URI).
    pub detail: Option<String>,
    /// Descriptions in several languages.
    pub descriptions: Vec<Description>,
    /// The TLDs affected; all when empty.
    pub tlds: Vec<ObjectName>,
    /// What registrars must do.
    pub intervention: Option<Intervention>,
    /// When it was announced.
    pub created: Timestamp,
    /// When the announcement was changed.
    pub updated: Option<Timestamp>,
}

impl Item {
    pub(super) fn read(cx: &mut Cx, element: &Element) -> Result<Item, DecodeError> {
        let mut fields = Fields::of(element);
        let id = fields.req(cx, "id")?;
        let id = MaintenanceId::read(cx, id)?;
        let types = fields.many(cx, "type")?.into_iter().map(|e| read_string(cx, e)).collect::<Result<_, _>>()?;
        let poll_type = fields.opt(cx, "pollType")?.map(|e| read_word(e, PollType::from_word)).transpose()?;
        let systems = System::read_all(cx, &mut fields)?;
        let environment = fields.req(cx, "environment")?;
        let environment_name = read::attr(environment, "name");
        let environment = read::word("maint:environment@type", &read::req_attr(environment, "type")?, Environment::from_word)?;
        let (start, end) = (fields.date(cx, "start")?, fields.date(cx, "end")?);
        let cause = fields.req(cx, "reason")?;
        let cause = read_word(cause, Cause::from_word)?;
        let detail = fields.opt_token(cx, "detail")?;
        let descriptions = fields.many(cx, "description")?.into_iter().map(|e| Description::read(cx, e)).collect::<Result<_, _>>()?;
        let tlds = match fields.opt(cx, "tlds")? {
            Some(tlds) => Fields::of(tlds).many(cx, "tld")?.into_iter().map(|e| ObjectName::new(read::token(e))).collect(),
            None => Vec::new(),
        };
        let intervention = fields.opt(cx, "intervention")?.map(|e| Intervention::read(cx, e)).transpose()?;
        let (created, updated) = (fields.date(cx, "crDate")?, fields.opt_date(cx, "upDate")?);
        fields.finish(cx)?;
        Ok(Item {
            id,
            types,
            poll_type,
            systems,
            environment,
            environment_name,
            start,
            end,
            cause,
            detail,
            descriptions,
            tlds,
            intervention,
            created,
            updated,
        })
    }

    pub(super) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "item");
        out.push(self.id.write()?);
        for kind in &self.types {
            out.push(kind.write(NS, "type", Facet::STRING)?);
        }
        out.opt_leaf("pollType", self.poll_type.map(PollType::as_str), Facet::TOKEN)?;
        out.push(System::write_all(&self.systems)?);
        let mut environment = Out::new(NS, "environment");
        environment.attr("type", self.environment.as_str(), Facet::TOKEN)?;
        environment.opt_attr("name", self.environment_name.as_deref(), Facet::TOKEN)?;
        out.push(environment.done());
        out.date("start", self.start)?.date("end", self.end)?.plain("reason", self.cause);
        out.opt_leaf("detail", self.detail.as_deref(), Facet::MIN_TOKEN)?;
        for description in &self.descriptions {
            out.push(description.write()?);
        }
        if !self.tlds.is_empty() {
            let mut tlds = Out::new(NS, "tlds");
            for tld in &self.tlds {
                tlds.leaf("tld", tld.as_str(), Facet::LABEL)?;
            }
            out.push(tlds.done());
        }
        if let Some(intervention) = self.intervention {
            let mut inner = Out::new(NS, "intervention");
            inner.plain("connection", intervention.connection).plain("implementation", intervention.implementation);
            out.push(inner.done());
        }
        out.date("crDate", self.created)?.opt_date("upDate", self.updated)?;
        Ok(out.done())
    }
}

impl System {
    fn read_all(cx: &mut Cx, fields: &mut Fields<'_>) -> Result<Vec<System>, DecodeError> {
        let list = fields.req(cx, "systems")?;
        let mut inner = Fields::of(list);
        let mut systems = Vec::new();
        for element in inner.some(cx, "system")? {
            let mut system = Fields::of(element);
            let name = system.token(cx, "name")?;
            let host = system.opt_token(cx, "host")?.map(ObjectName::from);
            let impact = system.req(cx, "impact")?;
            system.finish(cx)?;
            systems.push(System { name, host, impact: read_word(impact, Impact::from_word)? });
        }
        inner.finish(cx)?;
        Ok(systems)
    }

    fn write_all(systems: &[System]) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "systems");
        count("maint:system", systems.len(), 1, usize::MAX)?;
        for system in systems {
            let mut inner = Out::new(NS, "system");
            inner.leaf("name", &system.name, Facet::TOKEN)?;
            inner.opt_leaf("host", system.host.as_ref().map(ObjectName::as_str), Facet::LABEL)?;
            inner.plain("impact", system.impact);
            out.push(inner.done());
        }
        Ok(out.done())
    }
}

impl Description {
    fn read(cx: &mut Cx, element: &Element) -> Result<Description, DecodeError> {
        let is_html = read::attr(element, "type").as_deref() == Some("html");
        Ok(Description { text: read_string(cx, element)?, is_html })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "description");
        out.opt_attr("lang", self.text.lang.as_deref(), Facet::LANGUAGE)?;
        out.opt_attr("type", self.is_html.then_some("html"), Facet::TOKEN)?;
        out.text(&self.text.text, Facet::STRING)?;
        Ok(out.done())
    }
}

impl Intervention {
    fn read(cx: &mut Cx, element: &Element) -> Result<Intervention, DecodeError> {
        let mut fields = Fields::of(element);
        let connection = read::boolean(fields.req(cx, "connection")?)?;
        let implementation = read::boolean(fields.req(cx, "implementation")?)?;
        fields.finish(cx)?;
        Ok(Intervention { connection, implementation })
    }
}

/// A `string` keeps its white space.
fn read_string(cx: &mut Cx, element: &Element) -> Result<LangText, DecodeError> {
    Ok(LangText { text: element.text().into_owned(), lang: read::lang(cx, element)? })
}

fn read_word<T>(element: &Element, known: impl Fn(&str) -> Option<T>) -> Result<T, DecodeError> {
    read::word(&element.label(), &read::token(element), known)
}
