//! Which page is asked for.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use super::{FRONT_PATH, LOOKUP_PATH, STYLE_PATH};

/// The field of the form.
pub(super) const FIELD: &str = "name";

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The form alone.
    Form,
    /// A name, as it was typed; none where it is not UTF-8.
    Name(Option<String>),
    /// The style sheet.
    Style,
}

/// Whether a path may be a page at all: RDAP's own never are, and are not looked at more closely.
pub(crate) fn may_be_page(path: &str) -> bool {
    matches!(path.split('?').next(), Some(FRONT_PATH | LOOKUP_PATH | STYLE_PATH))
}

/// Reads a path with its query; nothing where it is no page. `/` is one only for who asks for HTML, since a base of RDAP may be there.
pub(crate) fn read(path: &str, accepts_html: bool) -> Option<Asked> {
    let (bare, query) = path.split_once('?').map_or((path, ""), |(bare, query)| (bare, query));
    match bare {
        FRONT_PATH if accepts_html => Some(asked(query)),
        LOOKUP_PATH => Some(asked(query)),
        STYLE_PATH => Some(Asked::Style),
        _ => None,
    }
}

/// The first field called `name` of a form (WHATWG URL, section 5.1); an empty one is none.
fn asked(query: &str) -> Asked {
    let values = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(field, _)| *field == FIELD);
    let Some((_, value)) = values.into_iter().next() else { return Asked::Form };
    let spaced: Vec<u8> = value.bytes().map(|byte| if byte == b'+' { b' ' } else { byte }).collect();
    match percent_decode(&spaced).decode_utf8().map(Cow::into_owned) {
        Ok(name) if name.trim().is_empty() => Asked::Form,
        Ok(name) => Asked::Name(Some(name.trim().to_owned())),
        Err(_) => Asked::Name(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_apart_from_rdaps_paths() {
        let name = |text: &str| Some(Asked::Name(Some(text.to_owned())));
        let cases = [
            ("/", true, Some(Asked::Form)),
            ("/", false, None),
            ("/?name=a.alpha", true, name("a.alpha")),
            ("/lookup", false, Some(Asked::Form)),
            ("/lookup?", false, Some(Asked::Form)),
            ("/lookup?name=", false, Some(Asked::Form)),
            ("/lookup?name=+%20", false, Some(Asked::Form)),
            ("/lookup?name=b%C3%BCcher.alpha", false, name("bücher.alpha")),
            ("/lookup?x=y&name=+a.alpha+&name=b.alpha", false, name("a.alpha")),
            ("/lookup?name=a%3Cb%3E", false, name("a<b>")),
            ("/lookup?name=%FF", false, Some(Asked::Name(None))),
            ("/lookup.css", false, Some(Asked::Style)),
            ("/lookup/", true, None),
            ("/domain/a.alpha", true, None),
            ("/help", true, None),
        ];
        for (path, accepts_html, want) in cases {
            assert_eq!(read(path, accepts_html), want, "{path}");
            assert!(want.is_none() || may_be_page(path), "{path}");
        }
    }
}
