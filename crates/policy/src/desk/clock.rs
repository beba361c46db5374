//! The clocks of cases: elapsed hours, calendar days and business days, never mixed (obligations section 0).

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use model::Timestamp;
use serde::{Deserialize, Serialize};

use super::case::{Case, CaseKind, CaseProfile, CaseState};
use crate::calendar::{add_days, add_hours, utc_date};
use crate::duty::ObligationId;

/// DSC-3: business days until the acknowledgement.
const ACKNOWLEDGE_BUSINESS_DAYS: u8 = 2;
/// DSC-4: calendar days from the acknowledgement to the answer.
const ANSWER_DAYS: i32 = 30;
/// DSC-4: days after the acknowledgement on which we are warned.
const WARN_DAYS: [i32; 2] = [15, 25];
/// DSC-7: hours until the acknowledgement of an urgent request.
const URGENT_ACKNOWLEDGE_HOURS: i64 = 2;
/// DSC-7: hours until its answer.
const URGENT_ANSWER_HOURS: i64 = 24;
/// DSC-7: hours until its answer in complex cases; EUL-4: hours until a reply.
pub(super) const THREE_DAYS_HOURS: i64 = 72;
/// ACY-8: days the holder has to answer an inquiry.
const INQUIRY_DAYS: i32 = 15;
/// ACY-9, our own target: days until a report was looked into.
const REPORT_DAYS: i32 = 5;
/// ACY-9, our own limit: "prompt" has no number in the contract, and the holder's own 15 days are the nearest.
const REPORT_LIMIT_DAYS: i32 = 15;
/// Longest stretch of days off that is looked past; a longer one is a mistake in the list of holidays.
const DAYS_OFF_LIMIT: u32 = 60;

/// DSC-7: the first day on which urgent requests are taken. Published by ICANN and not in force until requestors can be authenticated.
const URGENT_FROM: Option<Date> = None;

/// Whether urgent requests are taken on a day (DSC-7).
#[must_use]
pub fn urgent_holds_on(day: Date) -> bool {
    is_from(URGENT_FROM, day)
}

pub(super) fn is_from(from: Option<Date>, day: Date) -> bool {
    from.is_some_and(|from| from <= day)
}

/// The working days of the principal office: Monday to Friday without holidays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessCalendar {
    /// Days on which nobody works, year by year.
    pub holidays: BTreeSet<Date>,
}

impl BusinessCalendar {
    /// Whether people work on a day.
    #[must_use]
    pub fn is_business_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.holidays.contains(&day)
    }

    /// The end of the `days`th business day after the day of `at` (UTC).
    #[must_use]
    pub fn end_after(&self, at: Timestamp, days: u8) -> Timestamp {
        let (mut day, mut left, mut looked) = (utc_date(at), days, 0);
        while left > 0 && looked < DAYS_OFF_LIMIT {
            day = day.tomorrow().unwrap_or(day);
            looked += 1;
            left -= u8::from(self.is_business_day(day));
        }
        let end = day.tomorrow().unwrap_or(day).to_datetime(jiff::civil::Time::midnight());
        jiff::tz::Offset::UTC.to_timestamp(end).unwrap_or(at)
    }
}

/// What this registrar adds to the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskRules {
    /// The working days of its principal office.
    pub calendar: BusinessCalendar,
    /// Whether requests are answered by the European clock (EUL-4): established in the Union, or serving there.
    pub is_nis2: bool,
}

impl DeskRules {
    /// The profile of an ordinary request.
    #[must_use]
    pub fn profile(&self) -> CaseProfile {
        if self.is_nis2 { CaseProfile::Nis2 } else { CaseProfile::Standard }
    }

    pub(super) fn acknowledge_by(&self, profile: CaseProfile, at: Timestamp) -> Timestamp {
        match profile {
            CaseProfile::Standard => self.calendar.end_after(at, ACKNOWLEDGE_BUSINESS_DAYS),
            // The reply is due in 72 hours; the acknowledgement cannot be later.
            CaseProfile::Nis2 => self.calendar.end_after(at, ACKNOWLEDGE_BUSINESS_DAYS).min(add_hours(at, THREE_DAYS_HOURS)),
            CaseProfile::Urgent => add_hours(at, URGENT_ACKNOWLEDGE_HOURS),
        }
    }
}

/// What is owed next in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CaseDue {
    /// The obligation.
    pub obligation: ObligationId,
    /// Our own target.
    pub soft_due: Timestamp,
    /// The limit.
    pub hard_due: Timestamp,
}

/// What an operator is told about a case's clock, once each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// Half of the time is over.
    Early,
    /// Our own target has come.
    Late,
    /// The limit has passed: a breach.
    Lapsed,
}

impl Warning {
    /// The word in keys of alarms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Early => "early",
            Self::Late => "late",
            Self::Lapsed => "lapsed",
        }
    }
}

impl Case {
    /// What is owed next; none once it is closed.
    #[must_use]
    pub fn due(&self) -> Option<CaseDue> {
        let received = self.received_at;
        match (self.state, self.kind) {
            (CaseState::Closed, _) => None,
            // Our own target is at once: it is done by the machine.
            (CaseState::Received, kind) => {
                let obligation = if kind == CaseKind::Disclosure { "DSC-3" } else { "ACY-9" };
                Some(CaseDue { obligation, soft_due: received, hard_due: self.acknowledge_by })
            }
            (_, CaseKind::Disclosure) => Some(self.answer_due()),
            (CaseState::Inquired, CaseKind::Inaccuracy) => {
                let asked = self.inquired_at.unwrap_or(received);
                Some(CaseDue { obligation: "ACY-8", soft_due: add_days(asked, INQUIRY_DAYS - 5), hard_due: add_days(asked, INQUIRY_DAYS) })
            }
            (_, CaseKind::Inaccuracy) => Some(CaseDue {
                obligation: "ACY-9",
                soft_due: add_days(received, REPORT_DAYS),
                hard_due: add_days(received, REPORT_LIMIT_DAYS),
            }),
        }
    }

    fn answer_due(&self) -> CaseDue {
        let acknowledged = self.acknowledged_at.unwrap_or(self.acknowledge_by);
        let due = match self.profile {
            CaseProfile::Standard => CaseDue {
                obligation: "DSC-4",
                soft_due: add_days(acknowledged, WARN_DAYS[1]),
                hard_due: add_days(acknowledged, ANSWER_DAYS),
            },
            CaseProfile::Nis2 => CaseDue {
                obligation: "EUL-4",
                soft_due: add_hours(self.received_at, THREE_DAYS_HOURS - 24),
                hard_due: add_hours(self.received_at, THREE_DAYS_HOURS),
            },
            CaseProfile::Urgent => CaseDue {
                obligation: "DSC-7",
                soft_due: add_hours(self.received_at, URGENT_ANSWER_HOURS / 2),
                hard_due: add_hours(self.received_at, URGENT_ANSWER_HOURS),
            },
        };
        match self.extension {
            Some(extension) => CaseDue { soft_due: due.hard_due.min(extension.until), hard_due: extension.until, ..due },
            None => due,
        }
    }

    /// The next warning after `after`, and when it comes; none once it is closed or everything was said.
    #[must_use]
    pub fn next_warning(&self, after: Timestamp) -> Option<(Timestamp, Warning)> {
        let due = self.due()?;
        let early = match (self.kind, self.state, self.profile) {
            (_, CaseState::Received, _) | (CaseKind::Inaccuracy, ..) => None,
            (_, _, CaseProfile::Standard) => self.acknowledged_at.map(|at| add_days(at, WARN_DAYS[0])),
            _ => Some(add_hours(self.received_at, URGENT_ANSWER_HOURS / 2)),
        };
        // What the machine does at once is late only when the limit passes.
        let late = (self.state != CaseState::Received).then_some(due.soft_due);
        let all = [(early, Warning::Early), (late, Warning::Late), (Some(due.hard_due), Warning::Lapsed)];
        all.into_iter().filter_map(|(at, warning)| Some((at?, warning))).filter(|(at, _)| *at > after).min_by_key(|(at, _)| *at)
    }
}
