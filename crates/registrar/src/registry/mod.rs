//! Registry accounts: credentials, alarms, the stop of paid operations, availability of names, and how it all stands.

pub(crate) mod alarm;
pub(crate) mod balance;

pub use alarm::{Alarm, ClearAlarm, ListAlarms};
pub use balance::ResumePaidOperations;
