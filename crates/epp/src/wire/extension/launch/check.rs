//! Claims check: is there a trademark notice to show? (RFC 8334 section 3.1)

use super::{NS, Phase};
use crate::wire::error::{Cx, DecodeError, EncodeError};
use crate::wire::fields::Fields;
use crate::wire::out::{Facet, Out, count};
use crate::wire::read;
use crate::wire::text::ObjectName;
use crate::wire::verb::words;
use crate::xml::Element;

words! {
    /// What a check asks.
    CheckForm {
        /// Is there a trademark notice?
        Claims = "claims",
        /// Is the name available in this phase?
        Availability = "avail",
        /// Is there a matching trademark, whatever the phase?
        Trademark = "trademark",
    }
}

/// `launch:check`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What is asked.
    pub form: CheckForm,
    /// In which phase; not with the trademark form.
    pub phase: Option<Phase>,
}

/// `launch:chkData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckData {
    /// In which phase.
    pub phase: Option<Phase>,
    /// One entry per name.
    pub names: Vec<ClaimedName>,
}

/// `launch:cd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedName {
    /// The name.
    pub name: ObjectName,
    /// Whether there is a notice.
    pub has_claims: bool,
    /// Keys to fetch the notices with.
    pub keys: Vec<ClaimKey>,
}

/// `launch:claimKey`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimKey {
    /// The key.
    pub key: String,
    /// Whose notice it is; the Trademark Clearinghouse's when absent.
    pub validator: Option<String>,
}

impl Check {
    pub(super) fn read(cx: &mut Cx, element: &Element) -> Result<Check, DecodeError> {
        let form = match read::attr(element, "type") {
            Some(word) => read::word("launch:check@type", &word, CheckForm::from_word)?,
            None => CheckForm::Claims,
        };
        let mut fields = Fields::of(element);
        let phase = fields.opt(cx, "phase")?.map(Phase::read).transpose()?;
        fields.finish(cx)?;
        Ok(Check { form, phase })
    }

    pub(super) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "check");
        out.attr("type", self.form.as_str(), Facet::TOKEN)?;
        out.opt(self.phase.as_ref().map(Phase::write).transpose()?);
        Ok(out.done())
    }
}

impl CheckData {
    pub(super) fn read(cx: &mut Cx, element: &Element) -> Result<CheckData, DecodeError> {
        let mut fields = Fields::of(element);
        let phase = fields.opt(cx, "phase")?.map(Phase::read).transpose()?;
        let mut names = Vec::new();
        for element in fields.some(cx, "cd")? {
            let mut inner = Fields::of(element);
            let name = inner.req(cx, "name")?;
            let key = |e: &Element| ClaimKey { key: read::token(e), validator: read::attr(e, "validatorID") };
            let keys = inner.many(cx, "claimKey")?.into_iter().map(key).collect();
            inner.finish(cx)?;
            names.push(ClaimedName { name: ObjectName::new(read::token(name)), has_claims: read::req_flag(name, "exists")?, keys });
        }
        fields.finish(cx)?;
        Ok(CheckData { phase, names })
    }

    pub(super) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "chkData");
        out.opt(self.phase.as_ref().map(Phase::write).transpose()?);
        count("launch:cd", self.names.len(), 1, usize::MAX)?;
        for claimed in &self.names {
            let mut name = Out::new(NS, "name");
            name.flag("exists", claimed.has_claims).text(claimed.name.as_str(), Facet::LABEL)?;
            let mut cd = Out::new(NS, "cd");
            cd.push(name.done());
            for key in &claimed.keys {
                let mut inner = Out::new(NS, "claimKey");
                inner.opt_attr("validatorID", key.validator.as_deref(), Facet::MIN_TOKEN)?.text(&key.key, Facet::TOKEN)?;
                cd.push(inner.done());
            }
            out.push(cd.done());
        }
        Ok(out.done())
    }
}
