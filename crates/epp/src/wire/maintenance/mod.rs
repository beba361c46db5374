//! Planned outages (RFC 9167).

mod item;

use model::Timestamp;

use super::error::{Cx, DecodeError, EncodeError};
use super::fields::Fields;
use super::out::{Facet, Out};
use super::read;
use crate::namespace::Namespace;
use crate::xml::Element;

pub use item::{Cause, Description, Environment, Impact, Intervention, Item, PollType, System};

const NS: Namespace = Namespace::Maintenance;

/// `maint:info`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Info {
    /// All that are planned.
    List,
    /// One of them.
    One(MaintenanceId),
}

/// `maint:id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceId {
    /// The identifier.
    pub id: String,
    /// A name for people.
    pub name: Option<String>,
    /// Language of the name.
    pub lang: Option<String>,
}

/// `maint:infData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InfoData {
    /// Those that are planned.
    List(Vec<ListItem>),
    /// One of them, whole.
    Item(Box<Item>),
}

/// `maint:listItem`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListItem {
    /// Which.
    pub id: MaintenanceId,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// When it was announced.
    pub created: Timestamp,
    /// When the announcement was changed.
    pub updated: Option<Timestamp>,
}

impl MaintenanceId {
    /// An identifier without name.
    pub fn new(id: impl Into<String>) -> MaintenanceId {
        MaintenanceId { id: id.into(), name: None, lang: None }
    }

    fn read(cx: &mut Cx, element: &Element) -> Result<MaintenanceId, DecodeError> {
        Ok(MaintenanceId { id: read::token(element), name: read::attr(element, "name"), lang: read::lang(cx, element)? })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "id");
        out.opt_attr("name", self.name.as_deref(), Facet::TOKEN)?;
        out.opt_attr("lang", self.lang.as_deref(), Facet::LANGUAGE)?;
        out.text(&self.id, Facet::MIN_TOKEN)?;
        Ok(out.done())
    }
}

impl Info {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Info, DecodeError> {
        let mut fields = Fields::of(element);
        let info = match fields.opt(cx, "list")? {
            Some(_) => Info::List,
            None => {
                let id = fields.req(cx, "id")?;
                Info::One(MaintenanceId::read(cx, id)?)
            }
        };
        fields.finish(cx)?;
        Ok(info)
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "info");
        match self {
            Info::List => out.empty("list"),
            Info::One(id) => out.push(id.write()?),
        };
        Ok(out.done())
    }
}

impl InfoData {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Option<InfoData>, DecodeError> {
        if element.name != "infData" {
            return Ok(None);
        }
        let mut fields = Fields::of(element);
        let data = match fields.opt(cx, "list")? {
            Some(list) => {
                let mut inner = Fields::of(list);
                let items = inner.many(cx, "listItem")?.into_iter().map(|e| ListItem::read(cx, e)).collect::<Result<_, _>>()?;
                inner.finish(cx)?;
                InfoData::List(items)
            }
            None => {
                let item = fields.req(cx, "item")?;
                InfoData::Item(Box::new(Item::read(cx, item)?))
            }
        };
        fields.finish(cx)?;
        Ok(Some(data))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "infData");
        match self {
            InfoData::List(items) => {
                let mut list = Out::new(NS, "list");
                for item in items {
                    list.push(item.write()?);
                }
                out.push(list.done());
            }
            InfoData::Item(item) => {
                out.push(item.write()?);
            }
        }
        Ok(out.done())
    }
}

impl ListItem {
    fn read(cx: &mut Cx, element: &Element) -> Result<ListItem, DecodeError> {
        let mut fields = Fields::of(element);
        let id = fields.req(cx, "id")?;
        let item = ListItem {
            id: MaintenanceId::read(cx, id)?,
            start: fields.date(cx, "start")?,
            end: fields.date(cx, "end")?,
            created: fields.date(cx, "crDate")?,
            updated: fields.opt_date(cx, "upDate")?,
        };
        fields.finish(cx)?;
        Ok(item)
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "listItem");
        out.push(self.id.write()?);
        out.date("start", self.start)?.date("end", self.end)?.date("crDate", self.created)?.opt_date("upDate", self.updated)?;
        Ok(out.done())
    }
}
