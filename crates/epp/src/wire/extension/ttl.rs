//! Time to live of delegation records at the parent (ttl-1.0, RFC 9803).

use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, DeviationKind, EncodeError};
use crate::wire::fields::Fields;
use crate::wire::out::{Facet, Out, count};
use crate::wire::read;
use crate::wire::verb::words;
use crate::xml::Element;

const NS: Namespace = Namespace::Ttl;
/// Largest TTL (RFC 2181 section 8), in seconds.
const MAX_TTL_SECONDS: u32 = i32::MAX as u32;

words! {
    /// A type of record whose TTL may be set.
    RecordType {
        /// Name servers.
        Ns = "NS",
        /// Delegation signer.
        Ds = "DS",
        /// Redirection of a subtree.
        Dname = "DNAME",
        /// IPv4 glue.
        A = "A",
        /// IPv6 glue.
        Aaaa = "AAAA",
        /// One named in `custom`.
        Custom = "custom",
    }
}

/// An element of ttl-1.0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ttl {
    /// With a create.
    Create(Vec<TtlValue>),
    /// With an update.
    Update(Vec<TtlValue>),
    /// With an info: ask for values, and for the server's policy.
    Info {
        /// Ask for minimum, default and maximum too.
        wants_policy: bool,
    },
    /// With the answer to an info.
    InfoData(Vec<TtlValue>),
}

/// `ttl:ttl`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TtlValue {
    /// For which records.
    pub record: RecordType,
    /// The record type's name, for custom ones.
    pub custom: Option<String>,
    /// The value in seconds; `None` is the server's default.
    pub seconds: Option<u32>,
    /// The server's minimum, in answers only.
    pub min: Option<u32>,
    /// The server's default, in answers only.
    pub default: Option<u32>,
    /// The server's maximum, in answers only.
    pub max: Option<u32>,
}

impl TtlValue {
    /// A value for records of this type.
    pub fn new(record: RecordType, seconds: Option<u32>) -> TtlValue {
        TtlValue { record, custom: None, seconds, min: None, default: None, max: None }
    }

    fn read_all(cx: &mut Cx, element: &Element, is_answer: bool) -> Result<Vec<TtlValue>, DecodeError> {
        let mut fields = Fields::of(element);
        let mut values: Vec<TtlValue> = Vec::new();
        for ttl in fields.some(cx, "ttl")? {
            let number = |name| read::attr(ttl, name).map(|text| read::parse_number("ttl:ttl", &text)).transpose();
            let text = read::token(ttl);
            let value = TtlValue {
                record: read::word("ttl:ttl@for", &read::req_attr(ttl, "for")?, RecordType::from_word)?,
                custom: read::attr(ttl, "custom"),
                seconds: if text.is_empty() { None } else { Some(read::parse_number("ttl:ttl", &text)?) },
                min: number("min")?,
                default: number("default")?,
                max: number("max")?,
            };
            if !is_answer && (value.min, value.default, value.max) != (None, None, None) {
                cx.deviate(DeviationKind::UnknownElement, "ttl:ttl", "the server's policy does not belong in a command")?;
            }
            if values.iter().any(|earlier| earlier.record == value.record) {
                cx.deviate(DeviationKind::Value, "ttl:ttl", "two values for one record type")?;
            }
            values.push(value);
        }
        fields.finish(cx)?;
        Ok(values)
    }

    fn write_all(values: &[TtlValue], name: &'static str) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, name);
        count("ttl:ttl", values.len(), 1, usize::MAX)?;
        for (index, value) in values.iter().enumerate() {
            if values[..index].iter().any(|earlier| earlier.record == value.record) {
                return Err(EncodeError::form("ttl:ttl", "is given twice for one record type"));
            }
            out.push(value.write(name == "infData")?);
        }
        Ok(out.done())
    }

    fn write(&self, is_answer: bool) -> Result<Element, EncodeError> {
        let policy = [("min", self.min), ("default", self.default), ("max", self.max)];
        if !is_answer && policy.iter().any(|(_, value)| value.is_some()) {
            return Err(EncodeError::form("ttl:ttl", "carries the server's policy, which only answers do"));
        }
        if self.custom.as_deref().is_some_and(|name| !is_record_type(name)) {
            return Err(EncodeError::form("ttl:ttl@custom", "is not the name of a record type"));
        }
        let numbers = policy.iter().filter_map(|(_, value)| *value).chain(self.seconds);
        if numbers.into_iter().any(|seconds| seconds > MAX_TTL_SECONDS) {
            return Err(EncodeError::range("ttl:ttl", format!("is more than {MAX_TTL_SECONDS} seconds")));
        }
        let mut out = Out::new(NS, "ttl");
        out.attr("for", self.record.as_str(), Facet::TOKEN)?.opt_attr("custom", self.custom.as_deref(), Facet::TOKEN)?;
        for (name, value) in policy {
            out.opt_attr(name, value.map(|seconds| seconds.to_string()).as_deref(), Facet::TOKEN)?;
        }
        out.text(&self.seconds.map(|seconds| seconds.to_string()).unwrap_or_default(), Facet::TOKEN)?;
        Ok(out.done())
    }
}

/// `A|[A-Z][A-Z0-9\-]*[A-Z0-9]`.
fn is_record_type(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    match name.as_bytes() {
        b"A" => true,
        [first, middle @ .., last] => first.is_ascii_uppercase() && fits(*last) && middle.iter().all(|b| fits(*b) || *b == b'-'),
        _ => false,
    }
}

impl Ttl {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Option<Ttl>, DecodeError> {
        Ok(Some(match element.name.as_ref() {
            "create" => Ttl::Create(TtlValue::read_all(cx, element, false)?),
            "update" => Ttl::Update(TtlValue::read_all(cx, element, false)?),
            "infData" => Ttl::InfoData(TtlValue::read_all(cx, element, true)?),
            "info" => Ttl::Info { wants_policy: read::flag(element, "policy", false)? },
            _ => return Ok(None),
        }))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
            Ttl::Create(values) => TtlValue::write_all(values, "create"),
            Ttl::Update(values) => TtlValue::write_all(values, "update"),
            Ttl::InfoData(values) => TtlValue::write_all(values, "infData"),
            Ttl::Info { wants_policy } => {
                let mut out = Out::new(NS, "info");
                out.flag("policy", *wants_policy);
                Ok(out.done())
            }
        }
    }
}
