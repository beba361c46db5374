//! Every rule this room decides by: its id, its clause, its dates, and what it says (design rule 5).
//!
//! A refusal names one of these ids, a duty is opened under one of them; tests hold both against this table.

use jiff::civil::{Date, date};

/// A rule with its source and its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The id that refusals and duties carry.
    pub id: &'static str,
    /// The clause of the contract, policy or standard.
    pub clause: &'static str,
    /// First day (UTC) on which it holds.
    pub effective_from: Date,
    /// First day on which it no longer holds; none while no end is known.
    pub effective_to: Option<Date>,
    /// What it says, in one sentence.
    pub sentence: &'static str,
}

impl Rule {
    /// Whether the rule holds on that day.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|end| day < end)
    }
}

/// The rule with this id.
#[must_use]
pub fn find_rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// The clause of a rule; the id itself where the table lacks it, which a test rules out.
pub(crate) fn clause_of(id: &'static str) -> &'static str {
    find_rule(id).map_or(id, |rule| rule.clause)
}

/// The 2013 agreement in its text of 21 January 2024.
const RAA: Date = date(2024, 1, 21);
/// The consensus policies in their versions of 21 February 2024, mandatory since this day.
const POLICIES: Date = date(2025, 8, 21);
/// The Trademark Clearinghouse's rules for registries and registrars of 30 September 2013.
const CLEARINGHOUSE: Date = date(2013, 9, 30);
/// The EPP standards of 2009; RFC 3915 of 2004 is older and holds with them.
const EPP: Date = date(2009, 8, 1);

/// Published, and not in force until ICANN says when.
const NOT_YET: Date = date(9999, 12, 31);

const fn rule(id: &'static str, clause: &'static str, effective_from: Date, sentence: &'static str) -> Rule {
    Rule { id, clause, effective_from, effective_to: None, sentence }
}

/// Every rule, grouped by source.
pub const RULES: &[Rule] = &[
    // Expiry.
    rule("EXP-1", "ERRP 2.1.1", POLICIES, "The registrant is told about a month before expiry."),
    rule("EXP-2", "ERRP 2.1.1", POLICIES, "The registrant is told again about a week before expiry."),
    rule("EXP-3", "ERRP 2.1.2", POLICIES, "Within five days after expiry the registrant is told how to renew."),
    rule("EXP-5", "ERRP 1.1, 1.2", POLICIES, "The right to renew belongs to the registrant at expiration."),
    rule("EXP-6", "ERRP 2.2.1", POLICIES, "An expired name may be deleted at any time."),
    rule("EXP-7", "ERRP 2.2.2", POLICIES, "A name deleted within eight days of expiry is interrupted from expiry on."),
    rule("EXP-8", "ERRP 2.2.3", POLICIES, "DNS is interrupted for at least the last eight days in which the name can be renewed."),
    rule("EXP-10", "ERRP 2.2.5, 2.2.6", POLICIES, "After a late renewal DNS is restored at once."),
    rule("EXP-11", "ERRP 3.1-3.3", POLICIES, "The registrant at expiration may redeem a deleted name."),
    rule(
        "EXP-14",
        "RAA 3.7.5, 3.7.5.1",
        RAA,
        "An unrenewed name is deleted by the end of the auto-renew grace, but for listed circumstances.",
    ),
    rule("EXP-16", "RAA 3.7.5.4-3.7.5.6", RAA, "Each new registrant is told the deletion and auto-renewal policy."),
    rule("EXP-17", "RAA 3.7.5.7", RAA, "A name kept for a dispute is deleted within 45 days after the dispute failed."),
    // The desk.
    rule("ACY-9", "RAA 3.7.8", RAA, "A report of inaccurate data is looked into, whoever makes it."),
    rule("RDP-12", "Registration Data Policy 9.2.3", POLICIES, "A holder can be reached without being revealed."),
    rule("RDP-15", "Registration Data Policy 11", POLICIES, "That a message was passed on is logged for 180 days, without its text."),
    rule("DSC-2", "Registration Data Policy 10.2", POLICIES, "A request to disclose data says who asks, for whom, for what and why."),
    rule("DSC-3", "Registration Data Policy 10.5", POLICIES, "A request is acknowledged within two business days."),
    rule("DSC-4", "Registration Data Policy 10.5", POLICIES, "A request is answered within 30 calendar days from its acknowledgement."),
    rule(
        "DSC-5",
        "Registration Data Policy 10.3, 10.4, 10.6",
        POLICIES,
        "A request is decided on its merits, and a refusal can be understood.",
    ),
    rule("DSC-7", "Registration Data Policy 10.7", NOT_YET, "An urgent request is acknowledged within 2 hours and answered within 24."),
    rule("DSC-8", "Registration Data Request Service", POLICIES, "A request that arrives elsewhere has the same clocks."),
    rule("EUL-4", "NIS2 28(5)", date(2024, 10, 18), "A lawful and substantiated request is replied to within 72 hours."),
    // Registration.
    rule(
        "ACY-1",
        "RAA RDDS Accuracy Program Specification 1(a)-(d)",
        RAA,
        "Registration data is validated field by field before it is used.",
    ),
    rule(
        "ACY-3",
        "RAA RDDS Accuracy Program Specification 1(f)",
        RAA,
        "Within 15 days of a create, a transfer in or a change of registrant the holder is verified by e-mail or telephone.",
    ),
    rule(
        "ACY-4",
        "RAA RDDS Accuracy Program Specification 1",
        RAA,
        "A name whose holder does not answer is verified by hand or suspended until the holder is verified.",
    ),
    rule(
        "ACY-5",
        "RAA RDDS Accuracy Program Specification 2",
        RAA,
        "Changed data of a holder is validated and verified within 15 days of the change.",
    ),
    rule("ACY-7", "RAA RDDS Accuracy Program Specification 4", RAA, "Data that facts speak against is verified anew within 15 days."),
    rule(
        "ACY-8",
        "RAA RDDS Accuracy Program Specification 5",
        RAA,
        "A name whose holder leaves an inquiry about accuracy unanswered for more than 15 days is suspended or ended.",
    ),
    rule(
        "ACY-10",
        "Registration Data Reminder Policy",
        POLICIES,
        "Every year before the anniversary of creation the holder is shown the data on record.",
    ),
    rule("RDP-1", "Registration Data Policy 6.1", POLICIES, "A name has a holder whose data we collected, whatever its registry takes."),
    rule(
        "ACY-11",
        "Restored Name Accuracy Policy",
        POLICIES,
        "A name deleted for inaccurate data is on hold after restore until the data is right.",
    ),
    rule(
        "REG-18",
        "RA Specification 7; TMCH rights protection requirements; RFC 9361",
        CLEARINGHOUSE,
        "In sunrise a name needs a signed mark; in a claims phase the buyer of a claimed label accepts its claims notice first.",
    ),
    rule(
        "RDP-CONTACTS",
        "Registration Data Policy 7; registry profile",
        POLICIES,
        "A registry is sent the contacts it takes on that date, and no others.",
    ),
    rule(
        "END-5",
        "De-Accredited Registrar Transition Procedure",
        RAA,
        "Names and holders survive the loss of our records, and nothing acts on a record before its registry was asked.",
    ),
    // Transfers.
    rule("TRF-1", "Transfer Policy I.A.1.1", POLICIES, "Only the registrant approves or denies a transfer."),
    rule("TRF-4", "Transfer Policy I.A.2.2", POLICIES, "A transfer is requested only on a fresh authorisation."),
    rule("TRF-5", "Transfer Policy I.A.3.1-3.4", POLICIES, "Within 24 hours the registrant is told of a pending transfer away."),
    rule("TRF-6", "Transfer Policy I.A.3.5, 3.6, 6.2", POLICIES, "An unanswered transfer passes after five days."),
    rule("TRF-7", "Transfer Policy I.A.3.7", POLICIES, "A transfer may be denied for the listed reasons only."),
    rule("TRF-8", "Transfer Policy I.A.3.8", POLICIES, "A transfer must be denied for the listed reasons."),
    rule(
        "TRF-9",
        "Transfer Policy I.A.3.9",
        POLICIES,
        "A transfer must not be denied for payment, silence or a lock that could not be lifted.",
    ),
    rule("TRF-10", "Transfer Policy I.A.3.7", POLICIES, "The reason of a denial is given to the registrant and the gaining registrar."),
    rule("TRF-11", "Transfer Policy I.A.3.10", POLICIES, "Transfers are not used to collect debts."),
    rule(
        "TRF-12",
        "Transfer Policy I.A.5.1",
        POLICIES,
        "clientTransferProhibited needs the registrant's consent and is lifted within five days of a request.",
    ),
    rule("TRF-13", "Transfer Policy I.A.5.2", POLICIES, "The authInfo is given within five days of a request."),
    rule("TRF-20", "Transfer Policy, effect on term", POLICIES, "A completed transfer adds a year, ten years ahead at most."),
    // Change of registrant.
    rule(
        "COR-1",
        "Transfer Policy II.A.1",
        POLICIES,
        "Another name or organisation of the registrant, or any other e-mail address, is a change of registrant; a correction is not.",
    ),
    rule("COR-2", "Transfer Policy II.B", POLICIES, "The registrant of a name in dispute does not change."),
    rule("COR-6", "Transfer Policy II.C.1.6", POLICIES, "Within a day both registrants are told of the change and of the lock."),
    rule(
        "COR-7",
        "Transfer Policy II.C.2",
        POLICIES,
        "After a change of registrant the name does not move for 60 days, unless the registrant opted out beforehand.",
    ),
    rule("RET-2", "Data Retention Specification 1.1", RAA, "Registrants' data is kept for two years after sponsorship ends."),
    rule("RET-3", "Registration Data Policy 12", POLICIES, "What a dispute about a transfer needs is kept for fifteen months."),
    rule("RET-4", "Data Retention Specification 1.2", RAA, "Records of interactions are kept for 180 days."),
    rule("RET-6", "RAA 3.4.2.2", RAA, "Correspondence with registrants is kept."),
    rule("RET-8", "RAA 3.4.4", RAA, "Two years after a name was deleted or left, nothing need be kept of it."),
    rule("RET-14", "design 8", RAA, "What no clock, law or hold requires is let go, and the purge logged without personal data."),
    rule("COR-10", "Registration Data Policy 12", POLICIES, "The prior registrant's data is kept for 15 months."),
    // The guards.
    rule("GUARD-1", "RFC 5731 2.3, 3.2; RFC 3915 2", EPP, "A registry's pending state or prohibition stops a change."),
    rule(
        "GUARD-2",
        "UDRP 8; Transfer Policy I.A.3.8",
        POLICIES,
        "A dispute or a court stops holder change, transfer and deletion; renewal stays possible.",
    ),
    rule(
        "GUARD-3",
        "RAA Registration Data Accuracy 5",
        RAA,
        "A name suspended for its data keeps the suspension until the data is verified.",
    ),
    rule("GUARD-4", "RAA 3.18", date(2024, 4, 5), "An abuse measure stays until the abuse desk lifts it."),
    rule("GUARD-5", "Transfer Policy II.C.2", POLICIES, "After a change of registrant the name does not move for 60 days."),
    rule("GUARD-6", "Transfer Policy I.A.5.1", POLICIES, "The registrant's own lock is lifted by the registrant only."),
    rule("GUARD-7", "Transfer Policy I.A.3.9, I.A.5.4", POLICIES, "Payment is asked about last, and never of a transfer."),
    // EPP.
    rule("RFC 5731 2.1", "RFC 5731 2.1", EPP, "A name is registered directly below a TLD that the registry runs."),
    rule("RFC 5731 2.3", "RFC 5731 2.3", EPP, "Client statuses are the registrar's, server statuses the registry's."),
    rule("RFC 5731 3.2.1", "RFC 5731 3.2.1", EPP, "A create names a free name, its term and its delegation within the registry's limits."),
    rule("RFC 5731 3.2.2", "RFC 5731 3.2.2; RFC 9874", EPP, "A name with subordinate hosts in use elsewhere is not deleted under them."),
    rule(
        "RFC 5731 3.2.3",
        "RFC 5731 3.2.3",
        EPP,
        "A renewal names the current expiry, so that a repeat cannot add a second term; ten years ahead at most.",
    ),
    rule("RFC 5731 3.2.4", "RFC 5731 3.2.4", EPP, "A transfer is requested by one registrar and answered by the other, once."),
    rule("RFC 5731 3.2.5", "RFC 5731 3.2.5", EPP, "An update brings the registry from what it has to what is wanted."),
    rule("RFC 5910 5.2", "RFC 5910 5.2", date(2010, 5, 1), "DS records are changed within the registry's limit."),
    rule("RFC 3915 3.1", "RFC 3915 3.1", EPP, "A deleted name can be restored during redemption, by a request and a report."),
    rule("RFC 8334 3.3.1", "RFC 8334 3.3.1", date(2018, 3, 1), "A sunrise create carries a signed mark that is in force for its label."),
    rule(
        "RFC 8334 3.3.2",
        "RFC 8334 3.3.2",
        date(2018, 3, 1),
        "A claims create carries the notice that was accepted, in the claims phase only.",
    ),
    rule(
        "RFC 8495 3.2",
        "RFC 8495 3.2",
        date(2018, 11, 1),
        "An allocation token goes with a create or transfer where the registry takes tokens.",
    ),
    rule("RFC 8748", "RFC 8748 3.1", date(2020, 3, 1), "A fee other than the usual one is agreed to before it is charged."),
    rule("DRIFT", "design rule 4", RAA, "What differs at the registry is shown, and changed only when a person says so."),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Every source file below `folder`, tests and this table aside.
    fn sources(folder: &Path, texts: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, texts);
            } else if path.file_name().is_some_and(|name| name != "rules.rs") {
                texts.push(fs::read_to_string(&path).unwrap());
            }
        }
    }

    /// The string literal at `index` after each `mark`, where a literal follows it at once.
    fn literals_after<'t>(text: &'t str, mark: &'t str, index: usize) -> impl Iterator<Item = &'t str> {
        let calls = text.split(mark).skip(1).filter(|rest| rest.trim_start().starts_with('"'));
        calls.filter_map(move |rest| rest.split('"').nth(index * 2 + 1))
    }

    #[test]
    fn every_rule_is_named_once_and_says_something() {
        let ids: BTreeSet<_> = RULES.iter().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), RULES.len());
        assert!(RULES.iter().all(|rule| rule.sentence.ends_with('.') && !rule.clause.is_empty()));
    }

    #[test]
    fn every_refusal_and_every_duty_names_a_rule_of_the_table() {
        let mut texts = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut texts);
        let mut refusals = 0;
        for text in &texts {
            for id in literals_after(text, "Refusal::new(", 1).chain(literals_after(text, "obligation: ", 0)) {
                assert!(find_rule(id).is_some(), "`{id}` is not in the table");
                refusals += 1;
            }
        }
        assert!(refusals > 60, "only {refusals} were found: the search is broken");
    }

    #[test]
    fn rules_are_dated() {
        let rule = find_rule("TRF-7").unwrap();
        assert!(!rule.holds_on(date(2025, 8, 20)) && rule.holds_on(date(2025, 8, 21)));
    }
}
