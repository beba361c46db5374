//! Tests of the whole directory, judged by software that shares no code with it.

mod conformance;
mod over_http;
#[cfg(feature = "plain")]
mod posted;
mod probed;
mod same_facts;
mod same_page;
mod served;
mod specimen;
