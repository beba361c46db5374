//! Patterns of postcodes and telephone numbers as data: `#` a digit, `@` a letter of A to Z, `*` either, anything else itself.
//!
//! Own notation instead of regular expressions: a row of the table shows the postcode as it is written, and nothing is compiled.

use unicode_normalization::UnicodeNormalization;

/// Whether the text follows the mask. Case and width do not matter, nor do blanks and hyphens on either side.
pub(super) fn follows(text: &str, mask: &str) -> bool {
    let mut mask = mask.chars().filter(|c| !is_separator(*c));
    significant(text).all(|c| mask.next().is_some_and(|wanted| fits(c, wanted))) && mask.next().is_none()
}

/// The characters that count, in capitals.
pub(super) fn significant(text: &str) -> impl Iterator<Item = char> {
    text.nfkc().filter(|c| !is_separator(*c)).map(|c| c.to_ascii_uppercase())
}

fn fits(c: char, wanted: char) -> bool {
    match wanted {
        '#' => c.is_ascii_digit(),
        '@' => c.is_ascii_uppercase(),
        '*' => c.is_ascii_digit() || c.is_ascii_uppercase(),
        itself => c == itself,
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_follow_masks() {
        for (text, mask, want) in [
            ("EC1A 1BB", "@@#* #@@", true),
            ("ec1a1bb", "@@#* #@@", true),
            ("EC1A 1B", "@@#* #@@", false),
            ("EC1A 1BBB", "@@#* #@@", false),
            ("00-950", "##-###", true),
            ("00950", "##-###", true),
            ("１５４－００２３", "###-####", true),
            ("154–0023", "###-####", true),
            ("LV-1073", "LV-####", true),
            ("LT-1073", "LV-####", false),
            ("١٢٣٤٥", "#####", false),
            ("É234", "@###", false),
            ("", "", true),
            ("", "#", false),
            ("1", "", false),
        ] {
            assert_eq!(follows(text, mask), want, "{text} {mask}");
        }
    }
}
