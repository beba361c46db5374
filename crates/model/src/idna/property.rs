//! The derived property of a code point (RFC 5892 sections 2 and 3), computed from Unicode data.

use unicode_general_category::{GeneralCategory as G, get_general_category};
use unicode_normalization::UnicodeNormalization;

/// What IDNA2008 says of a code point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Derived {
    /// May stand in any label.
    Valid,
    /// May stand where a contextual rule allows it; joiners (RFC 5892 appendix A.1, A.2).
    ContextJ,
    /// May stand where a contextual rule allows it; others (RFC 5892 appendix A.3 to A.9).
    ContextO,
    /// Never.
    Disallowed,
    /// Not yet a character in the Unicode version of our tables.
    Unassigned,
}

/// The algorithm of RFC 5892 section 3, in its order. The set BackwardCompatible (G) is empty to this day.
pub(crate) fn derived_property(c: char) -> Derived {
    if let Some(exception) = exception(c) {
        return exception;
    }
    let category = get_general_category(c);
    if category == G::Unassigned && !is_noncharacter(c) {
        Derived::Unassigned
    } else if matches!(c, '-' | '0'..='9' | 'a'..='z') {
        Derived::Valid
    } else if matches!(c, '\u{200C}' | '\u{200D}') {
        Derived::ContextJ
    } else if is_unstable(c) || is_ignorable(c) || is_old_hangul_jamo(c) {
        Derived::Disallowed
    } else if is_letter_or_digit(category) {
        Derived::Valid
    } else {
        Derived::Disallowed
    }
}

/// Exceptions (F), RFC 5892 section 2.6.
fn exception(c: char) -> Option<Derived> {
    match c {
        '\u{00DF}' | '\u{03C2}' | '\u{06FD}' | '\u{06FE}' | '\u{0F0B}' | '\u{3007}' => Some(Derived::Valid),
        '\u{00B7}' | '\u{0375}' | '\u{05F3}' | '\u{05F4}' | '\u{30FB}' => Some(Derived::ContextO),
        '\u{0660}'..='\u{0669}' | '\u{06F0}'..='\u{06F9}' => Some(Derived::ContextO),
        '\u{0640}' | '\u{07FA}' | '\u{302E}' | '\u{302F}' | '\u{3031}'..='\u{3035}' | '\u{303B}' => Some(Derived::Disallowed),
        _ => None,
    }
}

/// LetterDigits (A), RFC 5892 section 2.1.
fn is_letter_or_digit(category: G) -> bool {
    matches!(
        category,
        G::LowercaseLetter
            | G::UppercaseLetter
            | G::OtherLetter
            | G::DecimalNumber
            | G::ModifierLetter
            | G::NonspacingMark
            | G::SpacingMark
    )
}

/// Unstable (B), RFC 5892 section 2.2: changed by NFKC, case folding and NFKC again.
fn is_unstable(c: char) -> bool {
    let mut folded = String::new();
    std::iter::once(c).nfkc().for_each(|c| fold_case(c, &mut folded));
    !folded.nfkc().eq(std::iter::once(c))
}

/// Full case folding (Unicode, `toCasefold`): the lower case of the upper case, but for the two places where the
/// Unicode tables differ from that, Cherokee (folds to capitals) and the dotless i (folds to itself).
fn fold_case(c: char, folded: &mut String) {
    match c {
        '\u{13A0}'..='\u{13FD}' | '\u{AB70}'..='\u{ABBF}' => folded.extend(c.to_uppercase()),
        '\u{0131}' => folded.push(c),
        _ => folded.extend(c.to_uppercase().flat_map(char::to_lowercase)),
    }
}

/// IgnorableProperties (C) and IgnorableBlocks (D), RFC 5892 sections 2.3 and 2.4.
///
/// Of Default_Ignorable_Code_Point only letters and marks are listed: format characters and unassigned ones are
/// refused by their category. White space has no letters.
fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0100}'..='\u{E01EF}'
    ) || matches!(c, '\u{20D0}'..='\u{20FF}' | '\u{1D100}'..='\u{1D1FF}' | '\u{1D200}'..='\u{1D24F}')
        || is_noncharacter(c)
}

/// OldHangulJamo (I), RFC 5892 section 2.9: Hangul syllable types L, V and T.
fn is_old_hangul_jamo(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{A960}'..='\u{A97C}' | '\u{D7B0}'..='\u{D7C6}' | '\u{D7CB}'..='\u{D7FB}')
}

fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{FDD0}'..='\u{FDEF}') || u32::from(c) & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line per rule of RFC 5892 section 3, and the places where case folding is odd.
    #[test]
    fn each_rule_has_its_characters() {
        for (c, want) in [
            ('a', Derived::Valid),
            ('A', Derived::Disallowed),
            ('-', Derived::Valid),
            ('_', Derived::Disallowed),
            ('.', Derived::Disallowed),
            ('ü', Derived::Valid),
            ('Ü', Derived::Disallowed),
            ('ß', Derived::Valid),
            ('ẞ', Derived::Disallowed),
            ('ς', Derived::Valid),
            ('ı', Derived::Valid),
            ('ſ', Derived::Disallowed),
            ('\u{0345}', Derived::Disallowed), // folds to a Greek iota
            ('\u{1F80}', Derived::Disallowed), // folds to two characters
            ('\u{01F0}', Derived::Valid),      // folds apart and composes again
            ('\u{13A0}', Derived::Valid),      // a Cherokee capital is the stable form
            ('\u{AB70}', Derived::Disallowed), // and the small letter is not
            ('\u{0640}', Derived::Disallowed),
            ('\u{00B7}', Derived::ContextO),
            ('\u{0660}', Derived::ContextO),
            ('\u{200C}', Derived::ContextJ),
            ('\u{200D}', Derived::ContextJ),
            ('\u{200B}', Derived::Disallowed),
            ('\u{1100}', Derived::Disallowed), // old Hangul jamo
            ('\u{FE0F}', Derived::Disallowed), // variation selector
            ('\u{FF41}', Derived::Disallowed), // full-width a
            ('\u{19DA}', Derived::Disallowed), // RFC 6452 section 4
            ('\u{0CF1}', Derived::Valid),      // RFC 6452 section 4
            ('❤', Derived::Disallowed),
            ('〇', Derived::Valid),
            ('漢', Derived::Valid),
            ('\u{FFFE}', Derived::Disallowed),
            ('\u{0378}', Derived::Unassigned),
            ('\u{E000}', Derived::Disallowed),
        ] {
            assert_eq!(derived_property(c), want, "U+{:04X}", u32::from(c));
        }
    }

    /// Count and sum of the valid code points of the basic plane in Unicode 16, taken from the tables of Python's `idna`
    /// package (an implementation that shares nothing with this one).
    #[test]
    fn the_basic_plane_agrees_with_a_foreign_table() {
        let valid = (0..0xFFFFu32).filter(|&n| char::from_u32(n).is_some_and(|c| derived_property(c) == Derived::Valid));
        let (count, sum) = valid.fold((0u32, 0u64), |(count, sum), n| (count + 1, sum + u64::from(n)));
        assert_eq!((count, sum), (47_296, 1_439_812_581));
    }
}
