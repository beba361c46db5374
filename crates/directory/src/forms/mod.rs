//! What the public sends us: four plain pages, and what becomes of a form that was filled in.
//!
//! ```text
//!  GET  --> page                                   POST --> quota --> decode --> read every field --> seal --> spool --> receipt
//!                                                              429       400          422: the page again      503
//! ```
//!
//! This process can seal and cannot open: what was posted is sealed to the registrar's public key before anything is written, nothing of it
//! is logged, and the page says the same whether a name is ours, somebody else's or nobody's. No login stands behind a form, so a request
//! that another site makes in somebody's browser (CSRF) carries no authority that its own server would not have; there is nothing to guard
//! with a token, and pages work without cookies and without script.

mod contact;
mod decode;
mod disclosure;
mod field;
mod inaccuracy;
mod page;
mod quota;
#[cfg(test)]
pub(crate) mod tests;
mod verification;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use maud::Markup;
use model::ReceiptId;
use policy::desk::{FieldFault, Fields, Form, FormKind, Posted};
use store::intake::{Spool, SpoolFault};

pub use decode::{DecodeFault, MAX_BODY_BYTES, decode};
pub use page::POLICY;
use quota::Quota;

use self::field::Filled;

/// Posts an hour from one IPv4 address or IPv6 /64, faulty ones too.
const POSTS_OF_NETWORK: u32 = 30;
/// Posts an hour from one IPv4 /24 or IPv6 /48.
const POSTS_OF_PREFIX: u32 = 300;
/// Forms an hour about one name, or with one code.
const FORMS_OF_NAME: u32 = 20;
/// When to come back after the spool was full.
const FULL: Duration = Duration::from_secs(300);

/// What the pages say of this registrar.
#[derive(Clone, Debug)]
pub struct FormSettings {
    /// Its name.
    pub registrar: String,
    /// Its web site.
    pub url: String,
    /// The path before `contact`, `inaccuracy`, `disclosure` and `verification`, from slash to slash.
    pub base_path: String,
    /// Whether requests are answered within 72 hours (EUL-4).
    pub is_nis2: bool,
}

/// Gives each form its receipt and its time: this room has neither clock nor chance of its own.
pub type Stamp = dyn Fn() -> (ReceiptId, Timestamp) + Send + Sync;

/// The forms of a directory.
pub struct Forms {
    settings: FormSettings,
    spool: Spool,
    stamp: Box<Stamp>,
    networks: Quota,
    prefixes: Quota,
    names: Quota,
    started: Instant,
}

/// An answer as a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormAnswer {
    /// The HTTP status.
    pub status: u16,
    /// HTML.
    pub body: String,
    /// How long to wait before trying again.
    pub retry_after: Option<Duration>,
}

impl Forms {
    /// The forms that put into `spool`.
    #[must_use]
    pub fn new(settings: FormSettings, spool: Spool, stamp: Box<Stamp>) -> Self {
        Self {
            settings,
            spool,
            stamp,
            networks: Quota::an_hour(POSTS_OF_NETWORK),
            prefixes: Quota::an_hour(POSTS_OF_PREFIX),
            names: Quota::an_hour(FORMS_OF_NAME),
            started: Instant::now(),
        }
    }

    /// Which form a path is that of.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<FormKind> {
        let word = path.strip_prefix(self.settings.base_path.as_str())?;
        FormKind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The page of a form, filled in with what the query names.
    #[must_use]
    pub fn show(&self, kind: FormKind, query: &str) -> FormAnswer {
        match decode(query.as_bytes()) {
            Ok(fields) => self.page(200, kind, &fields, &[]),
            Err(fault) => self.note(400, "This address cannot be read", &fault.to_string(), None),
        }
    }

    /// Whether one more post is taken from a network: asked before its body is read.
    ///
    /// # Errors
    /// The answer to give, with the time to wait.
    pub fn admit(&self, from: IpAddr) -> Result<(), FormAnswer> {
        let (network, prefix) = quota::networks_of(from);
        let now = self.started.elapsed();
        self.prefixes.take(&prefix, now).and_then(|()| self.networks.take(&network, now)).map_err(|wait| {
            let sentence = format!("Too many forms came from your network. Please try again in {} minutes.", wait.as_secs().div_ceil(60));
            self.note(429, "Too many forms", &sentence, Some(wait))
        })
    }

    /// Takes what was posted. Waits for the disk: not for an asynchronous task.
    #[must_use]
    pub fn post(&self, kind: FormKind, body: &[u8]) -> FormAnswer {
        let fields = match decode(body) {
            Ok(fields) => fields,
            Err(fault) => return self.note(400, "This form cannot be read", &fault.to_string(), None),
        };
        let form = match Form::read(kind, &fields) {
            Ok(form) => form,
            Err(faults) => return self.page(422, kind, &fields, &faults),
        };
        if let Err(wait) = self.names.take(&(kind, matter(&form)), self.started.elapsed()) {
            let sentence = format!("Too many forms about this matter. Please try again in {} minutes.", wait.as_secs().div_ceil(60));
            return self.note(429, "Too many forms", &sentence, Some(wait));
        }
        let (receipt, at) = (self.stamp)();
        match self.put(&Posted { receipt, at, form }) {
            Ok(()) => FormAnswer { status: 200, body: page::received(&self.settings, kind, receipt), retry_after: None },
            Err(fault) => {
                // Of the form nothing, of the disk everything.
                tracing::error!(form = kind.word(), %fault, "a form was not taken");
                let sentence = "Your form was not taken, because too much waits to be worked on. Please send it again in a few minutes.";
                self.note(503, "Please try again later", sentence, Some(FULL))
            }
        }
    }

    /// A page that says one thing.
    #[must_use]
    pub fn note(&self, status: u16, title: &str, sentence: &str, retry_after: Option<Duration>) -> FormAnswer {
        FormAnswer { status, body: page::note(&self.settings, title, sentence), retry_after }
    }

    fn put(&self, posted: &Posted) -> Result<(), SpoolFault> {
        let json = serde_json::to_vec(posted).map_err(std::io::Error::from)?;
        self.spool.put(posted.form.kind(), posted.receipt, &json)
    }

    fn page(&self, status: u16, kind: FormKind, fields: &Fields, faults: &[FieldFault]) -> FormAnswer {
        FormAnswer { status, body: page_of(&self.settings, kind, fields, faults), retry_after: None }
    }
}

/// What one form after another may be about.
fn matter(form: &Form) -> &str {
    match form {
        Form::Verification(answer) => &answer.code,
        form => form.outsider().map_or("", |from| from.domain.as_str()),
    }
}

fn page_of(settings: &FormSettings, kind: FormKind, fields: &Fields, faults: &[FieldFault]) -> String {
    let filled = Filled { fields, faults };
    let (title, body): (&str, Markup) = match kind {
        FormKind::Contact => contact::page(&filled),
        FormKind::Inaccuracy => inaccuracy::page(&filled),
        FormKind::Disclosure => disclosure::page(settings, &filled),
        FormKind::Verification => verification::page(&filled),
    };
    let action = format!("{}{}", settings.base_path, kind.word());
    page::form(settings, title, &action, &filled, &body)
}

/// The page of a form as some registrar would show it, for fuzzers.
pub(crate) fn render(kind: FormKind, fields: &Fields, faults: &[FieldFault]) -> String {
    let settings = FormSettings {
        registrar: "Example Registrar".to_owned(),
        url: "https://www.registrar.example/".to_owned(),
        base_path: "/".to_owned(),
        is_nis2: false,
    };
    page_of(&settings, kind, fields, faults)
}
