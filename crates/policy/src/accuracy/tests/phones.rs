//! Numbers of real plans that are nobody's own: kept for fiction by a regulator, the usual examples of a freephone range (which no private
//! person holds), or not given out.

use super::*;

fn check(number: &str, want: &str) {
    let contact = Contact { phone: Some(Phone::parse(number, None).unwrap()), ..ada() };
    let got = validate(&contact).finding(Field::Phone).map(|finding| (finding.level, finding.code.trim_start_matches("accuracy.")));
    let want = match want {
        "" => None,
        want @ ("phone-fiction" | "phone-range") => Some((Level::Doubt, want)),
        want => Some((Level::Fault, want)),
    };
    assert_eq!(got, want, "{number}");
}

#[test]
fn freephone_numbers_of_the_plans_pass() {
    for number in [
        "+1.8002345678",
        "+7.8001234567",
        "+20.8001234567",
        "+27.801234567",
        "+30.8001234567",
        "+31.8001234",
        "+32.80012345",
        "+33.801234567",
        "+34.800123456",
        "+36.80123456",
        "+39.800123456",
        "+40.800123456",
        "+41.800123456",
        "+43.800123456",
        "+44.8081234567",
        "+45.80123456",
        "+46.20123456",
        "+47.80012345",
        "+48.800123456",
        "+49.8001234567",
        "+52.8001234567",
        "+54.8001234567",
        "+55.800123456",
        "+56.800123456",
        "+57.18001234567",
        "+60.1300123456",
        "+61.1800123456",
        "+62.8001234567",
        "+63.180012345678",
        "+64.800123456",
        "+65.18001234567",
        "+66.1800123456",
        "+81.120123456",
        "+82.801234567",
        "+84.1800123456",
        "+86.8001234567",
        "+90.8001234567",
        "+91.1800123456",
        "+254.800223456",
        "+351.800123456",
        "+352.80012345",
        "+353.1800123456",
        "+354.8001234",
        "+358.800123456",
        "+359.80012345",
        "+380.800123456",
        "+420.800123456",
        "+800.12345678",
        "+852.800123456",
        "+886.800123456",
        "+966.8001234567",
        "+971.800123456",
        "+972.1800123456",
    ] {
        check(number, "");
    }
}

#[test]
fn numbers_kept_for_fiction_are_doubtful() {
    for number in [
        "+1.2025550101",
        "+1.6135550199",
        "+1.2125550142",
        "+33.199001234",
        "+33.261911234",
        "+33.639981234",
        "+44.2079460000",
        "+44.1632960123",
        "+44.7700900461",
        "+44.1214960999",
        "+44.2896496042",
        "+46.846500412",
        "+46.701740640",
        "+46.313900612",
        "+49.3023125042",
        "+49.6990009123",
        "+49.1713920042",
        "+61.255501234",
        "+61.870101234",
        "+61.491570006",
    ] {
        check(number, "phone-fiction");
    }
}

/// The house's own examples: in use for lack of better ones, and no doubt of the plan's.
#[test]
fn the_numbers_of_our_examples_are_not_refused() {
    for number in ["+44.2071234567", "+354.5550100", "+354.5551234", "+1.7035555555", "+49.3012345678"] {
        check(number, "");
    }
}

#[test]
fn numbers_that_no_plan_has() {
    for (number, want) in [
        // No such country code.
        ("+0.12345678", "phone-code"),
        ("+10.2025550101", "phone-code"),
        ("+4.2079460000", "phone-code"),
        ("+210.12345678", "phone-code"),
        ("+999.12345678", "phone-code"),
        ("+44.2", "phone-length"),
        // Too short, too long.
        ("+1.202555010", "phone-length"),
        ("+1.20255501011", "phone-length"),
        ("+1.5550101", "phone-length"),
        ("+1.0000000", "phone-length"),
        ("+44.1234567", "phone-length"),
        ("+33.19900123", "phone-length"),
        ("+33.1990012345", "phone-length"),
        ("+34.80012345", "phone-length"),
        ("+45.8012345", "phone-length"),
        ("+47.800123456", "phone-length"),
        ("+65.1234567", "phone-length"),
        ("+91.987654321", "phone-length"),
        ("+91.98765432101", "phone-length"),
        ("+86.1381234567", "phone-length"),
        ("+55.1191234", "phone-length"),
        ("+351.80012345", "phone-length"),
        // The 0 that is dialled within the country only.
        ("+44.02079460000", "phone-length"),
        ("+33.0199001234", "phone-length"),
        ("+353.01800123456", "phone-length"),
        // As long as others, but not given out.
        ("+1.0005551234", "phone-range"),
        ("+1.1115551234", "phone-range"),
        ("+1.5555550123", "phone-fiction"),
        ("+1.2115551234", "phone-range"),
        ("+34.000000000", "phone-range"),
        ("+44.0000000000", "phone-range"),
        ("+45.00000000", "phone-range"),
        ("+351.000000000", "phone-range"),
        ("+420.000000000", "phone-range"),
    ] {
        check(number, want);
    }
}

#[test]
fn hints_name_the_usual_mistake() {
    let hint = |number: &str| {
        let contact = Contact { phone: Some(Phone::parse(number, None).unwrap()), ..ada() };
        validate(&contact).finding(Field::Phone).unwrap().hint.clone()
    };
    assert_eq!(hint("+44.02079460000"), "leave out the 0 that is dialled only within the country");
    assert_eq!(hint("+44.20794600"), "write the country code, a full stop and the whole number with its area code");
}

/// In Italy the 0 belongs to the number.
#[test]
fn a_leading_nought_may_belong() {
    check("+39.0669", "phone-length");
    check("+39.0600000000", "");
}

#[test]
fn the_number_may_be_of_another_country() {
    check("+81.120123456", "");
}
