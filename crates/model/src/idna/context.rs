//! Contextual rules: characters that may stand only in certain company (RFC 5892 appendix A).

use unicode_joining_type::{JoiningType, get_joining_type};
use unicode_normalization::char::canonical_combining_class;
use unicode_script::{Script, UnicodeScript};

/// Canonical combining class of a virama (RFC 5892 appendix A.1).
const VIRAMA: u8 = 9;

/// Whether the character at `at` may stand where it stands; otherwise the rule, as a sentence.
pub(super) fn check(label: &[char], at: usize) -> Result<(), &'static str> {
    let before = at.checked_sub(1).and_then(|at| label.get(at)).copied();
    let after = label.get(at + 1).copied();
    let is_script = |c: Option<char>, script| c.is_some_and(|c| c.script() == script);
    let has = |digits: std::ops::RangeInclusive<char>| label.iter().any(|c| digits.contains(c));
    let (allowed, rule) = match label[at] {
        '\u{200C}' => (
            follows_virama(before) || joins_both_sides(label, at),
            "it may stand only after a virama or between joining letters (RFC 5892 A.1)",
        ),
        '\u{200D}' => (follows_virama(before), "it may stand only after a virama (RFC 5892 A.2)"),
        '\u{00B7}' => (before == Some('l') && after == Some('l'), "it may stand only between two letters `l` (RFC 5892 A.3)"),
        '\u{0375}' => (is_script(after, Script::Greek), "it may stand only before a Greek letter (RFC 5892 A.4)"),
        '\u{05F3}' | '\u{05F4}' => (is_script(before, Script::Hebrew), "it may stand only after a Hebrew letter (RFC 5892 A.5, A.6)"),
        '\u{30FB}' => (
            label.iter().any(|c| matches!(c.script(), Script::Hiragana | Script::Katakana | Script::Han)),
            "it may stand only in a label with Hiragana, Katakana or Han (RFC 5892 A.7)",
        ),
        '\u{0660}'..='\u{0669}' => {
            (!has('\u{06F0}'..='\u{06F9}'), "Arabic-Indic and extended Arabic-Indic digits may not be mixed (RFC 5892 A.8)")
        }
        '\u{06F0}'..='\u{06F9}' => {
            (!has('\u{0660}'..='\u{0669}'), "Arabic-Indic and extended Arabic-Indic digits may not be mixed (RFC 5892 A.9)")
        }
        _ => (false, "no rule allows it"),
    };
    if allowed { Ok(()) } else { Err(rule) }
}

fn follows_virama(before: Option<char>) -> bool {
    before.is_some_and(|c| canonical_combining_class(c) == VIRAMA)
}

/// The regular expression of RFC 5892 appendix A.1: `(L|D) T* ZWNJ T* (R|D)`.
fn joins_both_sides(label: &[char], at: usize) -> bool {
    use JoiningType::{DualJoining, LeftJoining, RightJoining, Transparent};
    let nearest = |mut side: Box<dyn Iterator<Item = &char> + '_>| {
        side.find_map(|&c| match get_joining_type(c) {
            Transparent => None,
            kind => Some(kind),
        })
    };
    let before = nearest(Box::new(label[..at].iter().rev()));
    let after = nearest(Box::new(label[at + 1..].iter()));
    matches!(before, Some(LeftJoining | DualJoining)) && matches!(after, Some(RightJoining | DualJoining))
}

#[cfg(test)]
mod tests {
    use super::check;

    /// Every rule of RFC 5892 appendix A with company that satisfies it and company that does not. `at` is the position.
    #[test]
    fn each_contextual_rule_is_met_and_broken() {
        for (label, at, allowed) in [
            ("क\u{94D}\u{200C}ष", 2, true),              // A.1 after a virama
            ("\u{628}\u{200C}\u{628}", 1, true),         // A.1 between dual-joining letters
            ("\u{628}\u{64B}\u{200C}\u{64B}د", 2, true), // A.1 over transparent marks
            ("د\u{200C}\u{628}", 1, false),              // A.1 the left letter does not join
            ("\u{628}\u{200C}a", 1, false),              // A.1 the right letter does not join
            ("a\u{200C}b", 1, false),                    // A.1
            ("\u{200C}\u{628}", 0, false),               // A.1 nothing before
            ("\u{628}\u{200C}", 1, false),               // A.1 nothing after
            ("क\u{94D}\u{200D}", 2, true),               // A.2
            ("क\u{200D}", 1, false),                     // A.2
            ("\u{628}\u{200D}\u{628}", 1, false),        // A.2 joining does not help here
            ("l·l", 1, true),                            // A.3
            ("l·a", 1, false),                           // A.3
            ("·l", 0, false),                            // A.3
            ("l·", 1, false),                            // A.3
            ("͵α", 0, true),                             // A.4
            ("͵a", 0, false),                            // A.4
            ("α͵", 1, false),                            // A.4
            ("א׳", 1, true),                             // A.5
            ("a׳", 1, false),                            // A.5
            ("א״", 1, true),                             // A.6
            ("״א", 0, false),                            // A.6
            ("カ・カ", 1, true),                         // A.7
            ("漢・", 1, true),                           // A.7
            ("・ひ", 0, true),                           // A.7
            ("a・b", 1, false),                          // A.7
            ("\u{628}\u{661}", 1, true),                 // A.8
            ("\u{661}\u{6F1}", 0, false),                // A.8
            ("\u{628}\u{6F1}", 1, true),                 // A.9
            ("\u{661}\u{6F1}", 1, false),                // A.9
        ] {
            let chars: Vec<char> = label.chars().collect();
            assert_eq!(check(&chars, at).is_ok(), allowed, "{label} at {at}");
        }
    }
}
