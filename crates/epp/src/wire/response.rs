//! Responses, whole: results, message queue, data, extensions, transaction identifiers (RFC 5730 section 2.6).

use model::Timestamp;

use super::error::{Cx, DecodeError, DeviationKind, EncodeError};
use super::extension::{Extension, TypedExtension};
use super::fields::Fields;
use super::out::{Facet, Out, count};
use super::result::EppResult;
use super::result_code::ResultCode;
use super::text::{LangText, TransactionId};
use super::{contact, domain, host, maintenance, read};
use crate::namespace::{Namespace, Ns};
use crate::xml::Element;

/// `response`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// One result, or several failures.
    pub results: Vec<EppResult>,
    /// The message queue.
    pub queue: Option<MessageQueue>,
    /// What was asked for; one element as a rule.
    pub data: Vec<ResponseData>,
    /// Any number of extensions.
    pub extensions: Vec<Extension>,
    /// The client's transaction identifier, as the server echoes it.
    pub cltrid: Option<TransactionId>,
    /// The server's; absent only from servers that leave the standard.
    pub svtrid: Option<TransactionId>,
}

/// `msgQ`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageQueue {
    /// Messages waiting.
    pub count: u64,
    /// The identifier to acknowledge. A text; some registries send negative numbers.
    pub id: String,
    /// When the message was queued; only in answers to `poll req`.
    pub queued: Option<Timestamp>,
    /// The message for people; only in answers to `poll req`.
    pub message: Option<LangText>,
}

/// One element of `resData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponseData {
    /// About domains.
    Domain(domain::Data),
    /// About hosts.
    Host(host::Data),
    /// About contacts.
    Contact(contact::Data),
    /// About planned outages.
    Maintenance(maintenance::InfoData),
    /// Anything else, or what could not be read.
    Raw(Element),
}

impl Response {
    /// A response with one result of the standard's text.
    pub fn new(code: ResultCode, cltrid: Option<TransactionId>, svtrid: impl Into<TransactionId>) -> Response {
        Response {
            results: vec![EppResult::new(code)],
            queue: None,
            data: Vec::new(),
            extensions: Vec::new(),
            cltrid,
            svtrid: Some(svtrid.into()),
        }
    }

    /// Adds response data.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<ResponseData>) -> Response {
        self.data.push(data.into());
        self
    }

    /// Adds an extension.
    #[must_use]
    pub fn with(mut self, extension: impl Into<Extension>) -> Response {
        self.extensions.push(extension.into());
        self
    }

    /// The code of the first result. A decoded response always has one.
    pub fn code(&self) -> ResultCode {
        self.results.first().map_or(ResultCode::COMMAND_FAILED, |result| result.code)
    }

    /// Whether the command was carried out or accepted.
    pub fn is_success(&self) -> bool {
        self.code().is_success()
    }

    /// The first typed data about domains.
    pub fn domain(&self) -> Option<&domain::Data> {
        self.data.iter().find_map(|data| if let ResponseData::Domain(data) = data { Some(data) } else { None })
    }

    /// The first typed data about hosts.
    pub fn host(&self) -> Option<&host::Data> {
        self.data.iter().find_map(|data| if let ResponseData::Host(data) = data { Some(data) } else { None })
    }

    /// The first typed data about contacts.
    pub fn contact(&self) -> Option<&contact::Data> {
        self.data.iter().find_map(|data| if let ResponseData::Contact(data) = data { Some(data) } else { None })
    }

    /// The first extension of this type.
    pub fn extension<T: TypedExtension>(&self) -> Option<&T> {
        self.extensions.iter().find_map(T::of)
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Response, DecodeError> {
        let mut fields = Fields::of(element);
        let results = fields.some(cx, "result")?.into_iter().map(|e| EppResult::read(cx, e)).collect::<Result<_, _>>()?;
        let queue = fields.opt(cx, "msgQ")?.map(|e| MessageQueue::read(cx, e)).transpose()?;
        let data = match fields.opt(cx, "resData")? {
            Some(data) => data.elements().map(|e| ResponseData::read(cx, e)).collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        let extensions = match fields.opt(cx, "extension")? {
            Some(extension) => Extension::read_all(cx, extension)?,
            None => Vec::new(),
        };
        let (cltrid, svtrid) = match fields.wanted(cx, "trID")? {
            Some(ids) => {
                let mut inner = Fields::of(ids);
                let cltrid = inner.opt_token(cx, "clTRID")?.filter(|id| !id.is_empty()).map(TransactionId::from);
                let svtrid = inner.wanted(cx, "svTRID")?.map(|e| TransactionId::new(read::token(e)));
                inner.finish(cx)?;
                (cltrid, svtrid)
            }
            None => (None, None),
        };
        fields.finish(cx)?;
        Ok(Response { results, queue, data, extensions, cltrid, svtrid })
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Epp, "response");
        count("result", self.results.len(), 1, usize::MAX)?;
        if self.results.len() > 1 && self.results.iter().any(|result| result.code.is_success()) {
            return Err(EncodeError::form("result", "is given several times; only failures may be (RFC 5730 section 2.6)"));
        }
        for result in &self.results {
            out.push(result.write()?);
        }
        out.opt(self.queue.as_ref().map(MessageQueue::write).transpose()?);
        if !self.data.is_empty() {
            let mut data = Out::new(Namespace::Epp, "resData");
            for payload in &self.data {
                data.push(payload.write()?);
            }
            out.push(data.done());
        }
        out.opt(Extension::write_all(&self.extensions)?);
        let mut ids = Out::new(Namespace::Epp, "trID");
        ids.opt_leaf("clTRID", self.cltrid.as_ref().map(TransactionId::as_str), Facet::TRANSACTION_ID)?;
        let svtrid = self.svtrid.as_ref().ok_or_else(|| EncodeError::form("svTRID", "is missing"))?;
        ids.leaf("svTRID", svtrid.as_str(), Facet::TRANSACTION_ID)?;
        out.push(ids.done());
        Ok(out.done())
    }
}

impl MessageQueue {
    fn read(cx: &mut Cx, element: &Element) -> Result<MessageQueue, DecodeError> {
        let mut fields = Fields::of(element);
        let queued = fields.opt_date(cx, "qDate")?;
        let message = fields.opt(cx, "msg")?.map(|e| read_mixed(cx, e)).transpose()?;
        fields.finish(cx)?;
        let count = match element.attr("count") {
            Some(count) => read::parse_number("msgQ@count", &read::collapse(count))?,
            None => {
                cx.deviate(DeviationKind::Missing, "msgQ", "the attribute `count` is missing")?;
                0
            }
        };
        let id = match read::attr(element, "id") {
            Some(id) => id,
            None => {
                cx.deviate(DeviationKind::Missing, "msgQ", "the attribute `id` is missing")?;
                String::new()
            }
        };
        Ok(MessageQueue { count, id, queued, message })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Epp, "msgQ");
        out.attr("count", &self.count.to_string(), Facet::TOKEN)?.attr("id", &self.id, Facet::MIN_TOKEN)?;
        out.opt_date("qDate", self.queued)?;
        out.opt(self.message.as_ref().map(|message| message.write(Namespace::Epp, "msg", Facet::STRING)).transpose()?);
        Ok(out.done())
    }
}

/// A queue message may hold elements between its text; only the text is for people.
fn read_mixed(cx: &mut Cx, element: &Element) -> Result<LangText, DecodeError> {
    fn gather(element: &Element, text: &mut String) {
        for node in &element.children {
            match node {
                crate::xml::Node::Text(piece) => text.push_str(piece),
                crate::xml::Node::Element(child) => gather(child, text),
            }
        }
    }
    let mut text = String::new();
    gather(element, &mut text);
    Ok(LangText { text, lang: read::lang(cx, element)? })
}

impl ResponseData {
    /// Reads one payload; a tolerant reader keeps what it cannot read as a raw subtree, so that results are never lost with it.
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<ResponseData, DecodeError> {
        let typed = match element.ns {
            Ns::Known(Namespace::Domain) => domain::Data::read(cx, element).map(|data| data.map(ResponseData::Domain)),
            Ns::Known(Namespace::Host) => host::Data::read(cx, element).map(|data| data.map(ResponseData::Host)),
            Ns::Known(Namespace::Contact) => contact::Data::read(cx, element).map(|data| data.map(ResponseData::Contact)),
            Ns::Known(Namespace::Maintenance) => maintenance::InfoData::read(cx, element).map(|data| data.map(ResponseData::Maintenance)),
            _ => Ok(None),
        };
        Ok(keep_readable(cx, element, typed)?.unwrap_or_else(|| ResponseData::Raw(element.clone())))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
            ResponseData::Domain(data) => data.write(),
            ResponseData::Host(data) => data.write(),
            ResponseData::Contact(data) => data.write(),
            ResponseData::Maintenance(data) => data.write(),
            ResponseData::Raw(element) => Ok(element.clone()),
        }
    }
}

/// Turns the failure to read a payload into a deviation, unless strict.
pub(crate) fn keep_readable<T>(cx: &mut Cx, element: &Element, read: Result<Option<T>, DecodeError>) -> Result<Option<T>, DecodeError> {
    match read {
        Err(error) if !cx.is_strict() => {
            cx.deviate(DeviationKind::UnreadablePayload, element.label(), error.to_string())?;
            Ok(None)
        }
        read => read,
    }
}

macro_rules! into_data {
    ($($from:ty => $variant:ident,)*) => {
        $(impl From<$from> for ResponseData {
            fn from(data: $from) -> ResponseData {
                ResponseData::$variant(data)
            }
        })*
    };
}
into_data! {
    domain::Data => Domain,
    host::Data => Host,
    contact::Data => Contact,
    maintenance::InfoData => Maintenance,
}
