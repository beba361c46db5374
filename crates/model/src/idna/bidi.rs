//! The Bidi rule: how right-to-left labels may be composed (RFC 5893 section 2).

use unicode_bidi::{BidiClass, bidi_class};

use crate::name::LabelFault;

/// Whether a label is right-to-left: it has a character of class R, AL or AN (RFC 5893 section 1.4).
pub(crate) fn is_right_to_left(label: &str) -> bool {
    label.chars().any(|c| matches!(bidi_class(c), BidiClass::R | BidiClass::AL | BidiClass::AN))
}

/// The six conditions, for a label of a name that has a right-to-left label somewhere.
pub(crate) fn check_bidi(label: &str) -> Result<(), LabelFault> {
    use BidiClass::{AL, AN, BN, CS, EN, ES, ET, L, NSM, ON, R};
    let classes: Vec<BidiClass> = label.chars().map(bidi_class).collect();
    let fault = |at: usize, rule| Err(LabelFault::Bidi { position: at + 1, rule });
    let Some(first) = classes.first() else { return Ok(()) };
    let is_rtl = match first {
        L => false,
        R | AL => true,
        _ => return fault(0, "the first character has to be a letter, not a digit or mark (condition 1)"),
    };
    let strays = |allowed: fn(BidiClass) -> bool| classes.iter().position(|&class| !allowed(class));
    let last = classes.iter().rposition(|&class| class != NSM).unwrap_or(0);
    if is_rtl {
        if let Some(at) = strays(|class| matches!(class, R | AL | AN | EN | ES | CS | ET | ON | BN | NSM)) {
            return fault(at, "a left-to-right letter cannot stand in a right-to-left label (condition 2)");
        }
        if !matches!(classes[last], R | AL | EN | AN) {
            return fault(last, "a right-to-left label ends with a letter or digit (condition 3)");
        }
        if let (Some(european), Some(arabic)) = (position(&classes, EN), position(&classes, AN)) {
            return fault(european.max(arabic), "European and Arabic digits cannot stand in one label (condition 4)");
        }
    } else {
        if let Some(at) = strays(|class| matches!(class, L | EN | ES | CS | ET | ON | BN | NSM)) {
            return fault(at, "a right-to-left character cannot stand in a left-to-right label (condition 5)");
        }
        if !matches!(classes[last], L | EN) {
            return fault(last, "a left-to-right label ends with a letter or digit (condition 6)");
        }
    }
    Ok(())
}

fn position(classes: &[BidiClass], wanted: BidiClass) -> Option<usize> {
    classes.iter().position(|&class| class == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The condition of RFC 5893 section 2 that each label breaks, and the position it is told at.
    #[test]
    fn each_condition_is_met_and_broken() {
        for (label, broken) in [
            ("אב", None),
            ("אב1", None),
            ("א-ב", None),
            ("ab", None),
            ("a1", None),
            ("بت١", None),
            ("אב\u{5B8}", None), // a mark may follow the last letter
            ("1א", Some((1, "condition 1"))),
            ("1a", Some((1, "condition 1"))),
            ("١ب", Some((1, "condition 1"))),
            ("אaב", Some((2, "condition 2"))),
            ("א+", Some((2, "condition 3"))),
            ("ب1١", Some((3, "condition 4"))),
            ("aא", Some((2, "condition 5"))),
            ("a+", Some((2, "condition 6"))),
        ] {
            let got = check_bidi(label).err().map(|fault| match fault {
                LabelFault::Bidi { position, rule } => (position, rule),
                other => panic!("{label}: {other}"),
            });
            match (got, broken) {
                (None, None) => {}
                (Some((at, rule)), Some((want_at, want))) => assert!(at == want_at && rule.contains(want), "{label}: {at} {rule}"),
                (got, want) => panic!("{label}: {got:?}, wanted {want:?}"),
            }
        }
    }
}
