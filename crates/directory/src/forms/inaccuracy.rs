//! Report that registration data is wrong (ACY-9).

use maud::{Markup, html};

use super::field::Filled;

pub(super) fn page(filled: &Filled<'_>) -> (&'static str, Markup) {
    let body = html! {
        p {
            "Anyone may report that the registration data of a domain name is inaccurate. We look into it with the holder, who has 15 days to \
             answer us, and correct it or suspend the name where that is called for. Abuse is reported to our abuse desk instead."
        }
        (filled.line("domain", "Domain name", "text", "off", true))
        (filled.line("name", "Your name", "text", "name", true))
        (filled.line("email", "Your e-mail address", "email", "email", true))
        (filled.elements("What is inaccurate"))
        (filled.text("explanation", "What is inaccurate, and how you know", true))
    };
    ("Report inaccurate registration data", body)
}
