//! Web lookup: a page for people that asks this directory and shows what RDAP would answer, in words.
//!
//! The duty fell with WHOIS (facts: January 2025), and every customer expects it all the same. The page is made from the record that RDAP
//! and WHOIS are made from, by this process; it needs no script, loads nothing from anybody else, and escapes by construction, since all
//! of it is written by [`maud`]. RDAP's own paths never look at `Accept`: who asks `domain/NAME` gets RDAP, a browser too.

mod page;
mod record;
mod route;
#[cfg(test)]
mod tests;

pub use page::Template;
use page::{FRONT_PATH, LOOKUP_PATH, STYLE_PATH};
pub(crate) use route::{Asked, may_be_page, read};

/// The media type of the pages (RFC 2854), which are UTF-8.
pub const MEDIA_TYPE: &str = "text/html; charset=utf-8";

/// The media type of the style sheet.
pub const STYLE_MEDIA_TYPE: &str = "text/css; charset=utf-8";

/// What a browser may do with a page: show it with our style sheet, send its form back to us, and nothing else.
pub const SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The one style sheet, in the program.
const STYLE: &str = include_str!("lookup.css");

/// A page with its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// [`MEDIA_TYPE`] or [`STYLE_MEDIA_TYPE`].
    pub media_type: &'static str,
    /// The text.
    pub body: String,
    /// How long to wait before asking again.
    pub retry_after: Option<std::time::Duration>,
}

/// The style sheet, as it is served.
pub(crate) fn style() -> Page {
    Page { status: 200, media_type: STYLE_MEDIA_TYPE, body: STYLE.to_owned(), retry_after: None }
}
