//! Tests of the whole directory, judged by software that shares no code with it.

mod conformance;
#[cfg(feature = "plain")]
mod posted;
mod same_facts;
mod served;
mod specimen;
