//! Bytes to element tree, within limits.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::errors::{IllFormedError, SyntaxError};
use quick_xml::escape::unescape;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use super::{Attribute, Element, Node, is_ncname, is_xml_char};
use crate::namespace::{Namespace, Ns};

/// Deepest nesting of elements accepted. EPP needs about 12; signed marks a few more.
pub const MAX_DEPTH: usize = 64;
/// Most nodes (elements, text pieces, comments, attributes) in one document.
pub const MAX_NODES: usize = 100_000;
/// Most attributes, namespace declarations included, on one element.
pub const MAX_ATTRIBUTES: usize = 64;
/// Longest start tag, in bytes; its attributes share it.
pub const MAX_ATTRIBUTE_BYTES: usize = 64 * 1024;
/// Most foreign namespace names whose text is shared between elements; a search through more would cost more than it saves.
const MAX_SHARED_NAMESPACES: usize = 16;

/// Why bytes are not a document we read. The sentences never quote the document, which may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// The bytes are in an encoding we do not read.
    #[error("the document is not UTF-8 (or declared UTF-16): {0}")]
    Encoding(String),
    /// A construct EPP has no use for and we refuse to process.
    #[error("the document holds {what} at byte {offset}, which EPP does not need and this software refuses")]
    Forbidden {
        /// The construct, such as "a document type declaration".
        what: &'static str,
        /// Position in the document, after any conversion to UTF-8.
        offset: u64,
    },
    /// A limit of this parser was passed.
    #[error("the document has more than {limit} {what} (at byte {offset})")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
        /// Position in the document.
        offset: u64,
    },
    /// Not well-formed XML.
    #[error("the document is not well-formed XML at byte {offset}: {detail}")]
    Syntax {
        /// What is wrong.
        detail: &'static str,
        /// Position in the document.
        offset: u64,
    },
}

/// How the document was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, declared or by default.
    Utf8,
    /// Declared US-ASCII (and truly ASCII).
    Ascii,
    /// UTF-16 with a byte order mark or a declaration.
    Utf16,
}

/// Things about the text of a document that the tree no longer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentNotes {
    /// An XML declaration was present.
    pub has_declaration: bool,
    /// White space came before the declaration or root.
    pub has_leading_space: bool,
    /// A CDATA section was used.
    pub has_cdata: bool,
    /// The encoding found.
    pub encoding: Encoding,
}

/// A parsed document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The root element.
    pub root: Element,
    /// What the tree does not show.
    pub notes: DocumentNotes,
}

/// Parses one document; trailing white space is accepted, anything else after the root refused.
///
/// # Errors
/// [`XmlError`] when the bytes are not well-formed, not in an accepted encoding, or beyond a limit.
pub fn parse(bytes: &[u8]) -> Result<Document, XmlError> {
    let (text, encoding) = decode_text(bytes)?;
    if let Some((offset, _)) = text.char_indices().find(|(_, c)| !is_xml_char(*c)) {
        return Err(XmlError::Syntax { detail: "a control character that XML does not allow", offset: offset as u64 });
    }
    let trimmed = text.trim_start_matches([' ', '\t', '\r', '\n']);
    let mut builder = Builder {
        open: Vec::new(),
        root: None,
        nodes: 0,
        notes: DocumentNotes { has_declaration: false, has_leading_space: trimmed.len() != text.len(), has_cdata: false, encoding },
        foreign: Vec::new(),
    };
    let mut reader = NsReader::from_str(trimmed);
    reader.config_mut().check_comments = true;
    let mut is_first = true;
    loop {
        let offset = reader.buffer_position();
        let (resolved, event) = reader.read_resolved_event().map_err(|error| syntax(&error, offset))?;
        match event {
            Event::Decl(decl) if is_first => builder.declaration(&decl, offset)?,
            Event::Decl(_) => return Err(XmlError::Syntax { detail: "an XML declaration that is not at the start", offset }),
            Event::Start(start) => {
                let ns = builder.namespace(resolved, offset)?;
                let element = builder.element(ns, &start, &reader, offset)?;
                builder.open(element, offset)?;
            }
            Event::Empty(start) => {
                let ns = builder.namespace(resolved, offset)?;
                let element = builder.element(ns, &start, &reader, offset)?;
                builder.open(element, offset)?;
                builder.close(offset)?;
            }
            Event::End(_) => builder.close(offset)?,
            Event::Text(text) => builder.text(&text.xml10_content(), offset)?,
            Event::CData(data) => {
                builder.notes.has_cdata = true;
                builder.character_data(&data.xml10_content(), offset)?;
            }
            Event::GeneralRef(reference) => {
                let c = resolve(&reference, offset)?;
                builder.character_data(c.encode_utf8(&mut [0; 4]), offset)?;
            }
            Event::Comment(_) => builder.count(offset)?,
            Event::PI(_) => return Err(XmlError::Forbidden { what: "a processing instruction", offset }),
            Event::DocType(_) => return Err(XmlError::Forbidden { what: "a document type declaration", offset }),
            Event::Eof => return builder.finish(offset),
        }
        is_first = false;
    }
}

/// The state of one parse: the elements still open, innermost last.
struct Builder {
    open: Vec<Element>,
    root: Option<Element>,
    nodes: usize,
    notes: DocumentNotes,
    /// The first foreign namespace names seen, so that a long list of elements shares one string.
    foreign: Vec<Ns>,
}

impl Builder {
    fn declaration(&mut self, decl: &BytesDecl<'_>, offset: u64) -> Result<(), XmlError> {
        self.notes.has_declaration = true;
        match decl.version() {
            Ok(version) if version.as_ref() == "1.0" => {}
            _ => return Err(XmlError::Syntax { detail: "only XML version 1.0 is accepted", offset }),
        }
        let Some(declared) = decl.encoding() else {
            self.assume_utf8();
            return Ok(());
        };
        let declared =
            declared.map_err(|_| XmlError::Syntax { detail: "the XML declaration cannot be read", offset })?.to_ascii_lowercase();
        if matches!(declared.as_str(), "utf-8" | "utf8") {
            self.assume_utf8();
        }
        match (declared.as_str(), self.notes.encoding) {
            ("utf-8" | "utf8", Encoding::Utf8) | ("utf-16" | "utf-16le" | "utf-16be", Encoding::Utf16) => Ok(()),
            ("us-ascii" | "ascii", Encoding::Ascii) => Ok(()),
            ("us-ascii" | "ascii", Encoding::Utf8) => Err(XmlError::Encoding("it declares US-ASCII but holds other characters".into())),
            (_, Encoding::Utf16) => Err(XmlError::Encoding("it is UTF-16 but declares another encoding".into())),
            _ => Err(XmlError::Encoding("it declares another encoding".into())),
        }
    }

    /// ASCII text that does not call itself ASCII is UTF-8.
    fn assume_utf8(&mut self) {
        if self.notes.encoding == Encoding::Ascii {
            self.notes.encoding = Encoding::Utf8;
        }
    }

    fn count(&mut self, offset: u64) -> Result<(), XmlError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(XmlError::Limit { what: "nodes", limit: MAX_NODES, offset });
        }
        Ok(())
    }

    fn namespace(&mut self, resolved: ResolveResult<'_>, offset: u64) -> Result<Ns, XmlError> {
        match resolved {
            ResolveResult::Unbound => Ok(Ns::None),
            ResolveResult::Unknown(_) => Err(XmlError::Syntax { detail: "a prefix that is not declared", offset }),
            ResolveResult::Bound(name) => {
                let urn = namespace_name(name.as_ref(), offset)?;
                if let Some(known) = Namespace::from_urn(&urn) {
                    return Ok(Ns::Known(known));
                }
                if let Some(seen) = self.foreign.iter().find(|seen| seen.urn() == urn) {
                    return Ok(seen.clone());
                }
                let ns = Ns::from(&*urn);
                if self.foreign.len() < MAX_SHARED_NAMESPACES {
                    self.foreign.push(ns.clone());
                }
                Ok(ns)
            }
        }
    }

    fn element(&mut self, ns: Ns, start: &BytesStart<'_>, reader: &NsReader<&[u8]>, offset: u64) -> Result<Element, XmlError> {
        self.count(offset)?;
        if start.len() > MAX_ATTRIBUTE_BYTES {
            return Err(XmlError::Limit { what: "bytes in one start tag", limit: MAX_ATTRIBUTE_BYTES, offset });
        }
        let name = start.local_name();
        let mut element = Element::new(ns, checked_name(name.as_ref(), offset)?);
        for (index, attribute) in start.attributes().enumerate() {
            if index >= MAX_ATTRIBUTES {
                return Err(XmlError::Limit { what: "attributes on one element", limit: MAX_ATTRIBUTES, offset });
            }
            self.count(offset)?;
            let malformed = XmlError::Syntax { detail: "an attribute that cannot be read", offset };
            let attribute = attribute.map_err(|_| malformed.clone())?;
            if attribute.value.contains('<') {
                return Err(malformed);
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| malformed.clone())?;
            if !value.chars().all(is_xml_char) {
                return Err(malformed);
            }
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let (resolved, local) = reader.resolver().resolve_attribute(attribute.key);
            let ns = self.namespace(resolved, offset)?;
            element.attrs.push(Attribute { ns, name: checked_name(local.as_ref(), offset)?, value: value.into_owned() });
        }
        Ok(element)
    }

    fn open(&mut self, element: Element, offset: u64) -> Result<(), XmlError> {
        if self.open.is_empty() && self.root.is_some() {
            return Err(XmlError::Syntax { detail: "more than one root element", offset });
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(XmlError::Limit { what: "levels of nesting", limit: MAX_DEPTH, offset });
        }
        self.open.push(element);
        Ok(())
    }

    fn close(&mut self, offset: u64) -> Result<(), XmlError> {
        let Some(mut element) = self.open.pop() else {
            return Err(XmlError::Syntax { detail: "an end tag without a start tag", offset });
        };
        if element.elements().next().is_some() {
            element.children.retain(|node| !matches!(node, Node::Text(text) if is_white_space(text)));
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str, offset: u64) -> Result<(), XmlError> {
        if self.open.is_empty() {
            if is_white_space(text) {
                return Ok(());
            }
            let detail = if self.root.is_some() { "data after the end of the document" } else { "text before the root element" };
            return Err(XmlError::Syntax { detail, offset });
        }
        self.character_data(text, offset)
    }

    fn character_data(&mut self, text: &str, offset: u64) -> Result<(), XmlError> {
        self.count(offset)?;
        let Some(parent) = self.open.last_mut() else {
            return Err(XmlError::Syntax { detail: "character data outside the root element", offset });
        };
        match parent.children.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            _ if text.is_empty() => {}
            _ => parent.children.push(Node::Text(text.to_owned())),
        }
        Ok(())
    }

    fn finish(mut self, offset: u64) -> Result<Document, XmlError> {
        if !self.notes.has_declaration {
            self.assume_utf8();
        }
        match self.root {
            Some(root) if self.open.is_empty() => Ok(Document { root, notes: self.notes }),
            _ => Err(XmlError::Syntax { detail: "the document ends before its root element does", offset }),
        }
    }
}

fn is_white_space(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
}

fn checked_name(name: &str, offset: u64) -> Result<Cow<'static, str>, XmlError> {
    if !is_ncname(name) {
        return Err(XmlError::Syntax { detail: "a name that XML does not allow", offset });
    }
    Ok(Cow::Owned(name.to_owned()))
}

/// The resolver gives the text of the attribute as it stands; this is its value as XML normalises it.
fn namespace_name(raw: &str, offset: u64) -> Result<Cow<'_, str>, XmlError> {
    if !raw.contains(['&', '\t', '\n', '\r']) {
        return Ok(Cow::Borrowed(raw));
    }
    let illegal = XmlError::Syntax { detail: "a namespace name that cannot be read", offset };
    let spaced = raw.replace("\r\n", " ").replace(['\t', '\n', '\r'], " ");
    let name = unescape(&spaced).map_err(|_| illegal.clone())?.into_owned();
    if name.chars().all(is_xml_char) { Ok(Cow::Owned(name)) } else { Err(illegal) }
}

/// The five entities of XML itself and character references; every other entity is refused.
fn resolve(reference: &BytesRef<'_>, offset: u64) -> Result<char, XmlError> {
    let illegal = XmlError::Syntax { detail: "a character reference that XML does not allow", offset };
    if reference.is_char_ref() {
        return match reference.resolve_char_ref() {
            Ok(Some(c)) if is_xml_char(c) => Ok(c),
            _ => Err(illegal),
        };
    }
    match reference.as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(XmlError::Forbidden { what: "an entity that XML does not define itself", offset }),
    }
}

/// Turns bytes into text: UTF-8 by default, UTF-16 when the first bytes say so.
fn decode_text(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), XmlError> {
    match bytes {
        [0xFE, 0xFF, body @ ..] => decode_utf16(body, u16::from_be_bytes),
        [0xFF, 0xFE, body @ ..] => decode_utf16(body, u16::from_le_bytes),
        [0x00, b'<', ..] => decode_utf16(bytes, u16::from_be_bytes),
        [b'<', 0x00, ..] => decode_utf16(bytes, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, body @ ..] => decode_utf8(body),
        _ => decode_utf8(bytes),
    }
}

fn decode_utf8(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), XmlError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| XmlError::Encoding(format!("the byte at {} does not belong to UTF-8", error.valid_up_to())))?;
    let encoding = if text.is_ascii() { Encoding::Ascii } else { Encoding::Utf8 };
    Ok((Cow::Borrowed(text), encoding))
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<(Cow<'static, str>, Encoding), XmlError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(XmlError::Encoding("it is UTF-16 with an odd number of bytes".into()));
    }
    let text: String = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<_, _>>()
        .map_err(|_| XmlError::Encoding("it is UTF-16 with an unpaired surrogate".into()))?;
    Ok((Cow::Owned(text), Encoding::Utf16))
}

/// Our own words for what the pull parser found; its messages may quote the document.
fn syntax(error: &quick_xml::Error, offset: u64) -> XmlError {
    let detail = match error {
        quick_xml::Error::Syntax(SyntaxError::UnclosedDoctype | SyntaxError::InvalidBangMarkup) => "broken markup after `<!`",
        quick_xml::Error::Syntax(_) => "markup that does not end",
        quick_xml::Error::IllFormed(IllFormedError::MismatchedEndTag { .. }) => "an end tag that does not match its start tag",
        quick_xml::Error::IllFormed(IllFormedError::UnmatchedEndTag(_)) => "an end tag without a start tag",
        quick_xml::Error::IllFormed(IllFormedError::DoubleHyphenInComment) => "`--` inside a comment",
        quick_xml::Error::IllFormed(IllFormedError::UnclosedReference) => "`&` that does not begin a reference",
        quick_xml::Error::Namespace(_) => "a namespace declaration that is not allowed",
        _ => "markup that cannot be read",
    };
    XmlError::Syntax { detail, offset }
}
