//! What a registry may show of a contact (RFC 5733 section 2.9).

use super::person::PostalForm;
use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, DeviationKind, EncodeError};
use crate::wire::fields::Fields;
use crate::wire::out::{Facet, Out, count};
use crate::wire::read;
use crate::xml::Element;

/// `contact:disclose`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclose {
    /// Whether the items may be shown (`true`) or must not be (`false`).
    pub may_show: bool,
    /// The items.
    pub items: Vec<DiscloseItem>,
}

/// One item of the preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DiscloseItem {
    /// The name in one form.
    Name(PostalForm),
    /// The organisation in one form.
    Organisation(PostalForm),
    /// The address in one form.
    Address(PostalForm),
    /// The telephone number.
    Voice,
    /// The fax number.
    Fax,
    /// The e-mail address.
    Email,
}

impl DiscloseItem {
    fn element(self) -> (&'static str, Option<PostalForm>) {
        match self {
            DiscloseItem::Name(form) => ("name", Some(form)),
            DiscloseItem::Organisation(form) => ("org", Some(form)),
            DiscloseItem::Address(form) => ("addr", Some(form)),
            DiscloseItem::Voice => ("voice", None),
            DiscloseItem::Fax => ("fax", None),
            DiscloseItem::Email => ("email", None),
        }
    }
}

/// Element order of the schema.
const ORDER: [(&str, usize); 6] = [("name", 2), ("org", 2), ("addr", 2), ("voice", 1), ("fax", 1), ("email", 1)];

impl Disclose {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Disclose, DecodeError> {
        let mut fields = Fields::of(element);
        let mut items = Vec::new();
        for (name, most) in ORDER {
            let found = fields.many(cx, name)?;
            if found.len() > most {
                cx.deviate(DeviationKind::UnknownElement, element.label(), format!("the element `{name}` is repeated too often"))?;
            }
            for item in found {
                items.push(match name {
                    "name" => DiscloseItem::Name(PostalForm::read(item)?),
                    "org" => DiscloseItem::Organisation(PostalForm::read(item)?),
                    "addr" => DiscloseItem::Address(PostalForm::read(item)?),
                    "voice" => DiscloseItem::Voice,
                    "fax" => DiscloseItem::Fax,
                    _ => DiscloseItem::Email,
                });
            }
        }
        fields.finish(cx)?;
        Ok(Disclose { may_show: read::req_flag(element, "flag")?, items })
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Contact, "disclose");
        out.flag("flag", self.may_show);
        for (name, most) in ORDER {
            let items: Vec<_> = self.items.iter().map(|item| item.element()).filter(|(element, _)| *element == name).collect();
            count(&format!("contact:disclose/{name}"), items.len(), 0, most)?;
            for (_, form) in items {
                let mut item = Out::new(Namespace::Contact, name);
                item.opt_attr("type", form.map(PostalForm::as_str), Facet::TOKEN)?;
                out.push(item.done());
            }
        }
        Ok(out.done())
    }
}
