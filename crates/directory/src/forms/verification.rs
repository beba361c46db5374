//! Confirm the data of a registration with the code from our letter (ACY-3). The page may come with the code; it counts when it is sent,
//! not when it is opened.

use maud::{Markup, html};

use super::field::Filled;

pub(super) fn page(filled: &Filled<'_>) -> (&'static str, Markup) {
    let body = html! {
        p {
            "If we wrote to you and asked you to confirm that we can reach you, send the code from our newest letter. It counts for every domain \
             name that you hold with us under the same data."
        }
        (filled.line("code", "The code from our letter", "text", "one-time-code", true))
    };
    ("Confirm your contact data", body)
}
