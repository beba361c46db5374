//! What is judged: an answer, the question it answers, and the registrar that gave it.

use crate::form::domain_name::percent_decoded;

/// One HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, in order, names as sent.
    pub headers: Vec<(String, String)>,
    /// The body, undecoded.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer with the headers every RDAP answer should have: for judging a body that was never sent.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let headers = [("content-type", "application/rdap+json"), ("access-control-allow-origin", "*")];
        Self { status, headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(), body: body.into() }
    }

    /// The value of a header, whatever the case of its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether the status sends the client elsewhere.
    #[must_use]
    pub fn is_redirect(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryKind {
    /// `/domain/NAME`.
    Domain,
    /// `/help`.
    Help,
    /// `/domain/not-a-domain.invalid`, which must be unknown.
    UnknownName,
}

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The URL exactly as it was asked: four links of the answer must repeat it character for character.
    pub url: String,
    /// What was asked for.
    pub kind: QueryKind,
    /// The handles of contacts that the registry's own RDAP shows for this name. A contact's handle must be a ROID only then (a thin
    /// registry has none, and the registrar's own number stands instead). `None`: the registry wasn't asked, so every handle must be one.
    pub handles_at_registry: Option<Vec<String>>,
}

impl Query {
    /// A domain lookup by its URL.
    #[must_use]
    pub fn domain(url: impl Into<String>) -> Self {
        Self { url: url.into(), kind: QueryKind::Domain, handles_at_registry: None }
    }

    /// Another question at a URL.
    #[must_use]
    pub fn of(kind: QueryKind, url: impl Into<String>) -> Self {
        Self { url: url.into(), kind, handles_at_registry: None }
    }

    /// The name asked for: the last part of the path, percent-decoded.
    #[must_use]
    pub fn name(&self) -> String {
        let path = self.url.split(['?', '#']).next().unwrap_or_default();
        percent_decoded(path.rsplit('/').next().unwrap_or_default())
    }

    /// Whether the name was asked for with a U-label in it.
    #[must_use]
    pub fn is_by_u_label(&self) -> bool {
        !self.name().is_ascii()
    }

    /// Whether the registry could know a contact by this handle.
    pub(crate) fn is_known_to_registry(&self, handle: &str) -> bool {
        self.handles_at_registry.as_ref().is_none_or(|handles| handles.iter().any(|known| known == handle))
    }
}

/// The registrar's row in the IANA Registrar IDs registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registrar {
    /// Its number.
    pub iana_id: u32,
    /// Its RDAP base URL, byte for byte as IANA lists it.
    pub base_url: String,
}
