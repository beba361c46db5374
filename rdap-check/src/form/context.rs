//! The CONTEXTO rules of RFC 5892 appendix A.3 to A.9, which UTS 46 leaves out: characters that are fine in some company only.

use unicode_script::{Script, UnicodeScript};

/// Whether every character of a U-label stands where it may.
pub(crate) fn stands_in_context(label: &str) -> bool {
    let characters: Vec<char> = label.chars().collect();
    characters.iter().enumerate().all(|(index, &character)| {
        let before = index.checked_sub(1).and_then(|index| characters.get(index)).copied();
        let after = characters.get(index + 1).copied();
        match character {
            '\u{b7}' => before == Some('l') && after == Some('l'),
            '\u{375}' => after.is_some_and(|next| next.script() == Script::Greek),
            '\u{5f3}' | '\u{5f4}' => before.is_some_and(|last| last.script() == Script::Hebrew),
            '\u{30fb}' => characters.iter().any(|other| matches!(other.script(), Script::Hiragana | Script::Katakana | Script::Han)),
            '\u{660}'..='\u{669}' => !characters.iter().any(|other| ('\u{6f0}'..='\u{6f9}').contains(other)),
            '\u{6f0}'..='\u{6f9}' => !characters.iter().any(|other| ('\u{660}'..='\u{669}').contains(other)),
            _ => true,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn company() {
        let cases = [
            ("l·l", true),
            ("a·b", false),
            ("͵α", true),
            ("͵a", false),
            ("ש׳", true),
            ("a׳", false),
            ("ア・イ", true),
            ("a・b", false),
            ("ب٠١", true),
            ("ب٠۱", false),
        ];
        for (label, stands) in cases {
            assert_eq!(stands_in_context(label), stands, "{label}");
        }
    }
}
