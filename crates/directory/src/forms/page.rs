//! What stands around a form, and the pages without one. One style sheet in the page, no script, nothing from elsewhere.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::HeaderValue;
use maud::{Markup, PreEscaped, html};
use model::ReceiptId;
use policy::desk::FormKind;

use super::FormSettings;
use super::field::Filled;
use crate::document::document;

/// The style sheet.
const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}\
label,legend{display:block;font-weight:600;margin-top:1rem}fieldset{border:1px solid #767676;margin:1rem 0}\
fieldset label{font-weight:400;margin:.25rem 0}input[type=text],input[type=email],select,textarea{width:100%;box-sizing:border-box;\
font:inherit;padding:.4rem;border:1px solid #595959}.hint{color:#444;margin:0}.fault{color:#a40000;margin:.2rem 0}\
button{font:inherit;margin:1.5rem 0;padding:.5rem 1.5rem}";

/// The Content-Security-Policy of every page: the style sheet by its hash, forms to ourselves, and nothing else.
pub static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = STANDARD.encode(store::sha256(&[STYLE.as_bytes()]));
    let policy = format!("default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    // It is plain ASCII; were it not, nothing at all would be loaded.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

fn shell(settings: &FormSettings, title: &str, content: &Markup) -> String {
    let style = html! { style { (PreEscaped(STYLE)) } };
    let body = html! {
        main {
            h1 { (title) }
            (content)
        }
        footer { p { a href=(settings.url) { (settings.registrar) } } }
    };
    document(&format!("{title} - {}", settings.registrar), &style, &body)
}

/// A page with a form.
pub(super) fn form(settings: &FormSettings, title: &str, action: &str, filled: &Filled<'_>, body: &Markup) -> String {
    let content = html! {
        (filled.summary())
        form method="post" action=(action) accept-charset="utf-8" {
            (body)
            button type="submit" { "Send" }
        }
    };
    shell(settings, title, &content)
}

/// What a sender is told, whatever becomes of it: the same for every name.
pub(super) fn received(settings: &FormSettings, kind: FormKind, receipt: ReceiptId) -> String {
    let next = match kind {
        FormKind::Contact => {
            "If we sponsor this name, your message is sent to its contact together with your address. Whether it is answered is up to them; we do \
             not tell who they are."
        }
        FormKind::Inaccuracy => "If we sponsor this name, we look into your report and tell you at your address that we have it.",
        FormKind::Disclosure => {
            "If we sponsor this name, we acknowledge your request at your address and answer it within the time stated before."
        }
        FormKind::Verification => {
            "If the code is valid, your data is confirmed within a minute, and a domain name that was suspended for want of it works again soon \
             after. We write to you again only if it is not."
        }
    };
    let content = html! {
        p role="status" { "Your form is received. Your receipt number is " strong { code { (receipt.to_string()) } } "." }
        p { (next) }
    };
    shell(settings, "Received", &content)
}

/// A page that says one thing.
pub(super) fn note(settings: &FormSettings, title: &str, sentence: &str) -> String {
    shell(settings, title, &html! { p role="alert" { (sentence) } })
}
