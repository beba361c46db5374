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
