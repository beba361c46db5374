//! What stands around every page for people: nothing from elsewhere, and nothing for search engines.

use maud::{DOCTYPE, Markup, html};

/// A whole document; `style` is the style sheet, in the page or as a link to ours.
pub(crate) fn document(title: &str, style: &Markup, body: &Markup) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) }
                (style)
            }
            body { (body) }
        }
    };
    markup.into_string()
}
