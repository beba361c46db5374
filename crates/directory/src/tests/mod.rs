//! Tests of the whole directory, judged by software that shares no code with it.

mod conformance;
mod over_http;
mod probed;
#[cfg(feature = "plain")]
mod posted;
mod same_facts;
mod same_page;
mod served;
mod specimen;
