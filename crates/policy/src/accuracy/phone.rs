//! Telephone numbers against the plan of their country code (E.164). The country need not be that of the address.

use model::Phone;

use super::fiction;
use super::field::Field;
use super::finding::Finding;
use super::numbering::{Plan, Standing};

/// What is to be said of a telephone or fax number: a country code or a length that no plan has is a fault, a number that was not given
/// out to anybody a doubt, since plans grow faster than tables.
pub(super) fn look_at(field: Field, phone: &Phone) -> Option<Finding> {
    let phrase = field.phrase();
    let (code, national) = phone.number().strip_prefix('+').and_then(|rest| rest.split_once('.'))?;
    let Some(plan) = Plan::find(code) else {
        let sentence = format!("the {phrase} begins with a country code that no country has");
        return Some(Finding::fault("accuracy.phone-code", sentence, "put the full stop after the country code, as in `+44.` or `+354.`"));
    };
    let standing = plan.standing(national);
    if standing == Standing::Impossible {
        let sentence = format!("the {phrase} has too many or too few digits for its country and the way it begins");
        return Some(Finding::fault("accuracy.phone-length", sentence, length_hint(plan, national)));
    }
    if fiction::is_kept(code, national) {
        let sentence = format!("the {phrase} is kept for films and novels and reaches nobody");
        return Some(Finding::doubt("accuracy.phone-fiction", sentence, "give a number at which you can be reached"));
    }
    let sentence = || format!("the {phrase} begins with digits that its country has not given out");
    (standing == Standing::Unknown).then(|| Finding::doubt("accuracy.phone-range", sentence(), "look at the first digits again"))
}

/// The most frequent mistake is the 0 that is dialled within a country.
fn length_hint(plan: Plan, national: &str) -> &'static str {
    match national.strip_prefix('0') {
        Some(rest) if plan.standing(rest) != Standing::Impossible => "leave out the 0 that is dialled only within the country",
        _ => "write the country code, a full stop and the whole number with its area code",
    }
}
