//! Who changed our object and why, in poll messages (changePoll-1.0, RFC 8590).

use model::Timestamp;

use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError};
use crate::wire::fields::Fields;
use crate::wire::object::{REASON, read_reason};
use crate::wire::out::{Facet, Out};
use crate::wire::read;
use crate::wire::text::{LangText, TransactionId};
use crate::wire::verb::words;
use crate::xml::Element;

const NS: Namespace = Namespace::ChangePoll;

words! {
    /// What was done to the object.
    Operation {
        /// Created.
        Create = "create",
        /// Deleted.
        Delete = "delete",
        /// Renewed.
        Renew = "renew",
        /// Transferred.
        Transfer = "transfer",
        /// Updated.
        Update = "update",
        /// Restored.
        Restore = "restore",
        /// Renewed by the registry at expiry.
        AutoRenew = "autoRenew",
        /// Deleted by the registry.
        AutoDelete = "autoDelete",
        /// Purged by the registry.
        AutoPurge = "autoPurge",
        /// One the server names itself.
        Custom = "custom",
    }
}

words! {
    /// Which kind of case led to the change.
    CaseKind {
        /// A UDRP case.
        Udrp = "udrp",
        /// A URS case.
        Urs = "urs",
        /// One the server names itself.
        Custom = "custom",
    }
}

/// `changePoll:caseId`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The identifier of the case.
    pub id: String,
    /// Its kind.
    pub kind: CaseKind,
    /// The server's own name of the kind.
    pub name: Option<String>,
}

/// `changePoll:changeData`; the object stands in `resData` beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeData {
    /// Whether the object is shown as it was before the change; after it as a rule.
    pub is_before: bool,
    /// What was done.
    pub operation: Operation,
    /// A part of the operation, such as `request` of a transfer, or the name of a custom one.
    pub sub_operation: Option<String>,
    /// When.
    pub date: Timestamp,
    /// The transaction that did it.
    pub svtrid: TransactionId,
    /// Who did it, 1 to 255 characters.
    pub who: String,
    /// The case behind it.
    pub case: Option<Case>,
    /// Why, at most 32 characters.
    pub reason: Option<LangText>,
}

impl ChangeData {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Option<ChangeData>, DecodeError> {
        if element.name != "changeData" {
            return Ok(None);
        }
        let state = read::attr(element, "state");
        let is_before = match state.as_deref() {
            Some(state) => read::word("changePoll:changeData@state", state, |word| match word {
                "before" => Some(true),
                "after" => Some(false),
                _ => None,
            })?,
            None => false,
        };
        let mut fields = Fields::of(element);
        let operation = fields.req(cx, "operation")?;
        let sub_operation = read::attr(operation, "op");
        let operation = read::word("changePoll:operation", &read::token(operation), Operation::from_word)?;
        let date = fields.date(cx, "date")?;
        let svtrid = TransactionId::from(fields.token(cx, "svTRID")?);
        let who = read::normalized(fields.req(cx, "who")?);
        let case = fields.opt(cx, "caseId")?.map(Case::read).transpose()?;
        let reason = fields.opt(cx, "reason")?.map(|e| read_reason(cx, e)).transpose()?;
        fields.finish(cx)?;
        Ok(Some(ChangeData { is_before, operation, sub_operation, date, svtrid, who, case, reason }))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "changeData");
        out.attr("state", if self.is_before { "before" } else { "after" }, Facet::TOKEN)?;
        let mut operation = Out::new(NS, "operation");
        operation.opt_attr("op", self.sub_operation.as_deref(), Facet::TOKEN)?;
        operation.text(self.operation.as_str(), Facet::TOKEN)?;
        out.push(operation.done());
        out.date("date", self.date)?.leaf("svTRID", self.svtrid.as_str(), Facet::TRANSACTION_ID)?;
        out.leaf("who", &self.who, Facet::normalized(1, 255))?;
        out.opt(self.case.as_ref().map(Case::write).transpose()?);
        out.opt(self.reason.as_ref().map(|reason| reason.write(NS, "reason", REASON)).transpose()?);
        Ok(out.done())
    }
}

impl Case {
    fn read(element: &Element) -> Result<Case, DecodeError> {
        let kind = read::word("changePoll:caseId@type", &read::req_attr(element, "type")?, CaseKind::from_word)?;
        Ok(Case { id: read::token(element), kind, name: read::attr(element, "name") })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "caseId");
        out.attr("type", self.kind.as_str(), Facet::TOKEN)?.opt_attr("name", self.name.as_deref(), Facet::TOKEN)?;
        out.text(&self.id, Facet::TOKEN)?;
        Ok(out.done())
    }
}
