//! How long records are kept: one table of classes, each with its clock and the rule it follows (RAA 3.4, Data Retention Specification,
//! Registration Data Policy 12). What no clock, law or hold requires any longer is let go (RET-14).
//!
//! Where two clocks run, the later one counts. A legal hold stops every class that it is about.

use model::{Timestamp, expiry};

use crate::calendar::{add_days, add_months};

/// How long a class is kept from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// Days.
    Days(i32),
    /// Months of the calendar.
    Months(i32),
    /// Years of the calendar.
    Years(u8),
}

/// A class of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordClass {
    /// The word used for it in reports.
    pub word: &'static str,
    /// The rule it follows.
    pub rule: &'static str,
    /// What is in it.
    pub holds: &'static str,
    /// What starts its clock.
    pub begins: &'static str,
    /// How long the clock runs.
    pub term: Term,
}

impl RecordClass {
    /// The end of a clock that began at `begun_at`.
    #[must_use]
    pub fn keep_until(&self, begun_at: Timestamp) -> Timestamp {
        match self.term {
            Term::Days(days) => add_days(begun_at, days),
            Term::Months(months) => add_months(begun_at, months),
            Term::Years(years) => expiry::add_years(begun_at, years),
        }
    }

    /// Of what is let go at `now`, the latest beginning.
    #[must_use]
    pub fn begun_before(&self, now: Timestamp) -> Timestamp {
        match self.term {
            Term::Days(days) => add_days(now, -days),
            Term::Months(months) => add_months(now, -months),
            Term::Years(years) => crate::calendar::subtract_years(now, years),
        }
    }
}

/// The data of whoever holds a name or has a role in it.
pub const CONTACT: RecordClass = RecordClass {
    word: "contact",
    rule: "RET-2",
    holds: "the data of a registrant or other contact, with what it agreed to",
    begins: "the last name that named the contact ended: deleted, or transferred away",
    term: Term::Years(2),
};

/// The data of whoever held a name before a change of registrant, or was replaced in a role.
pub const PRIOR_CONTACT: RecordClass = RecordClass {
    word: "prior-contact",
    rule: "RET-3",
    holds: "the data of a contact that a name no longer names, and of a holder before a change of registrant (COR-10)",
    begins: "the change",
    term: Term::Months(15),
};

/// What only asks, logs in or out.
pub const INTERACTION: RecordClass = RecordClass {
    word: "interaction",
    rule: "RET-4",
    holds: "queries and sessions at registries",
    begins: "the interaction",
    term: Term::Days(180),
};

/// What was submitted to a registry.
pub const SUBMISSION: RecordClass = RecordClass {
    word: "submission",
    rule: "RET-8",
    holds: "commands to registries with their answers, and the intents and attempts they carried out (RET-5)",
    begins: "the name ended",
    term: Term::Years(2),
};

/// What was written to people.
pub const CORRESPONDENCE: RecordClass = RecordClass {
    word: "correspondence",
    rule: "RET-6",
    holds: "notices about a name, as they left",
    begins: "the name ended",
    term: Term::Years(2),
};

/// What is said of a name that is not answered for any more.
pub const PUBLICATION: RecordClass = RecordClass {
    word: "publication",
    rule: "RET-14",
    holds: "the word to followers that a name is gone",
    begins: "the name was gone",
    term: Term::Days(30),
};

/// Every class.
pub const CLASSES: &[RecordClass] = &[CONTACT, PRIOR_CONTACT, INTERACTION, SUBMISSION, CORRESPONDENCE, PUBLICATION];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::find_rule;

    #[test]
    fn every_class_follows_a_rule_of_the_table() {
        for class in CLASSES {
            assert!(find_rule(class.rule).is_some(), "{}", class.word);
        }
    }

    #[test]
    fn clocks_end_when_the_rules_say() {
        let begun: Timestamp = "2024-02-29T12:00:00Z".parse().unwrap();
        for (class, want) in [
            (CONTACT, "2026-02-28T12:00:00Z"),
            (PRIOR_CONTACT, "2025-05-29T12:00:00Z"),
            (INTERACTION, "2024-08-27T12:00:00Z"),
            (SUBMISSION, "2026-02-28T12:00:00Z"),
            (PUBLICATION, "2024-03-30T12:00:00Z"),
        ] {
            assert_eq!(class.keep_until(begun).to_string(), want, "{}", class.word);
        }
    }

    /// What is let go is never younger than its clock says.
    #[test]
    fn both_directions_agree() {
        for class in CLASSES {
            for day in 0..800 {
                let now = add_days("2026-01-01T00:00:00Z".parse().unwrap(), day);
                assert!(class.keep_until(class.begun_before(now)) <= add_days(now, 3), "{} on day {day}", class.word);
            }
        }
    }
}
