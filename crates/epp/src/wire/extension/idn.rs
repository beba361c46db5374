//! Internationalised names: the table at create (idn-1.0) and Verisign's language tag (idnLang-1.0).

use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError};
use crate::wire::fields::Fields;
use crate::wire::out::{Facet, Out};
use crate::wire::read;
use crate::wire::text::ObjectName;
use crate::xml::Element;

/// `idn:data` (draft-ietf-eppext-idnmap).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdnData {
    /// The IDN table the name is made with.
    pub table: String,
    /// The name in Unicode.
    pub unicode_name: Option<ObjectName>,
}

impl IdnData {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Option<IdnData>, DecodeError> {
        if element.name != "data" {
            return Ok(None);
        }
        let mut fields = Fields::of(element);
        let data = IdnData { table: fields.token(cx, "table")?, unicode_name: fields.opt_token(cx, "uname")?.map(ObjectName::from) };
        fields.finish(cx)?;
        Ok(Some(data))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Idn, "data");
        out.leaf("table", &self.table, Facet::MIN_TOKEN)?;
        out.opt_leaf("uname", self.unicode_name.as_ref().map(ObjectName::as_str), Facet::LABEL)?;
        Ok(out.done())
    }
}

/// `idnLang:tag` (Verisign): a language of ISO 639-2, such as `GER`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdnLanguage {
    /// The tag.
    pub tag: String,
}

impl IdnLanguage {
    pub(crate) fn read(_: &mut Cx, element: &Element) -> Result<Option<IdnLanguage>, DecodeError> {
        Ok((element.name == "tag").then(|| IdnLanguage { tag: read::token(element) }))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::IdnLang, "tag");
        out.text(&self.tag, Facet::LANGUAGE)?;
        Ok(out.done())
    }
}
