//! Reach the holder of a name without learning who it is (RDP-12). The request is one of a few fixed sentences (ICANN's advisory of 25 May
//! 2026); words of one's own may be added.

use maud::{Markup, html};
use policy::desk::RelayReason;

use super::field::Filled;

pub(super) fn page(filled: &Filled<'_>) -> (&'static str, Markup) {
    let is_technical = filled.value("role") == "technical";
    let reasons: Vec<(&str, &str)> = RelayReason::ALL.into_iter().map(|reason| (reason.word(), reason.sentence())).collect();
    let body = html! {
        p {
            "We pass this message on to the " (if is_technical { "technical contact" } else { "registrant" })
            " of a domain name, with your name and address so that you can be answered. You are not told who it is."
        }
        (filled.line("domain", "Domain name", "text", "off", true))
        @if is_technical { input type="hidden" name="role" value="technical"; }
        (filled.line("name", "Your name", "text", "name", true))
        (filled.line("email", "Your e-mail address", "email", "email", true))
        (filled.choice("reason", "Your request", &reasons))
        (filled.text("message", "Anything to add (optional)", false))
    };
    ("Contact the holder of a domain name", body)
}
