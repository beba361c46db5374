//! What is the same on every page: the form, the notices, the links.

use std::time::Duration;

use maud::{Markup, html};

use super::route::FIELD;
use super::{MEDIA_TYPE, Page, record};
use crate::document::document;
use crate::query::MAX_NAME_BYTES;
use crate::settings::Settings;
use policy::publication::PublicRecord;

/// The front page.
pub(crate) const FRONT_PATH: &str = "/";
/// The page that answers.
pub(crate) const LOOKUP_PATH: &str = "/lookup";
/// The style sheet.
pub(crate) const STYLE_PATH: &str = "/lookup.css";

/// What the status codes mean (RDAP-16, RP 2.6.3).
pub(super) const STATUS_CODES: &str = "https://icann.org/epp";
/// The form for complaints about inaccurate data (RP 2.10).
const INACCURACY_FORM: &str = "https://icann.org/wicf";
/// ICANN's way to ask for what is not public (Registration Data Request Service).
const REQUEST_SERVICE: &str = "https://rdrs.icann.org/";

/// The parts of pages that never change while the directory runs.
#[derive(Clone, Debug)]
pub struct Template {
    pub(super) settings: Settings,
    /// Our own page on how to ask for what is withheld.
    disclosure_url: Option<String>,
}

impl Template {
    /// Pages of a registrar; `disclosure_url` is its page on how to ask for withheld data, where it has one.
    #[must_use]
    pub fn new(settings: &Settings, disclosure_url: Option<&str>) -> Self {
        Self { settings: settings.clone(), disclosure_url: disclosure_url.map(str::to_owned) }
    }

    /// The form alone.
    pub(crate) fn form(&self) -> Page {
        let heading = format!("Look up a domain name of {}", self.settings.registrar.name);
        let words = html! { p { "This page shows what is public of the domain names that " (self.settings.registrar.name) " sponsors." } };
        page(200, self.frame(&heading, "", &words))
    }

    /// What is public of a name. `asked` is as it was typed, `updated_at` the store's time in seconds since 1970.
    pub(crate) fn found(&self, record: &PublicRecord<'_>, asked: &str, updated_at: i64) -> Page {
        let shown = record::displayed(record.name);
        let body = html! { (record::write(self, record, updated_at)) (self.about_withheld()) };
        page(200, self.frame(&shown, asked, &body))
    }

    /// A sentence in the place of an answer.
    pub(crate) fn sentence(&self, status: u16, heading: &str, sentence: &str, asked: &str, wait: Option<Duration>) -> Page {
        let body = html! { p role="alert" { (sentence) } };
        Page { retry_after: wait, ..page(status, self.frame(heading, asked, &body)) }
    }

    /// Why something is missing, and what to do about it.
    fn about_withheld(&self) -> Markup {
        html! {
            section aria-labelledby="withheld" {
                h2 id="withheld" { "What is missing, and why" }
                p {
                    "“" (record::WITHHELD) "” means that there is a value and that the law or our policy keeps it from the public. "
                    "“" (record::ABSENT) "” means that nobody gave one: nothing is being kept back."
                }
                p {
                    "Who has a legitimate interest in a withheld value may ask for it: through "
                    a href=(REQUEST_SERVICE) { "ICANN’s Registration Data Request Service" }
                    @if let Some(url) = &self.disclosure_url { ", or from us, as " a href=(url) { "our page on disclosure" } " says" }
                    "."
                }
                p { "Is something here wrong? Use the " a href=(INACCURACY_FORM) { "ICANN RDDS Inaccuracy Complaint Form" } "." }
            }
        }
    }

    fn frame(&self, heading: &str, asked: &str, body: &Markup) -> String {
        let registrar = &self.settings.registrar;
        let title = format!("{heading} – registration data");
        let style = html! { link rel="stylesheet" href=(STYLE_PATH); };
        let body = html! {
            header {
                form action=(LOOKUP_PATH) method="get" role="search" {
                    label for="name" { "Domain name" }
                    input id="name" name=(FIELD) type="text" value=(asked) required maxlength=(MAX_NAME_BYTES)
                        autocapitalize="none" autocomplete="off" spellcheck="false";
                    button type="submit" { "Look up" }
                }
            }
            main {
                h1 { (heading) }
                (body)
            }
            footer {
                p { (self.settings.terms) " " a href=(self.settings.terms_url) { "Terms of service" } }
                p {
                    a href=(registrar.url) { (registrar.name) } " is an ICANN-accredited registrar, IANA ID " (registrar.iana_id)
                    ". Programs ask RDAP at " code { (self.settings.base_url.as_str()) } "."
                }
            }
        };
        document(&title, &style, &body)
    }
}

fn page(status: u16, body: String) -> Page {
    Page { status, media_type: MEDIA_TYPE, body, retry_after: None }
}
