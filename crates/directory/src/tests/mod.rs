//! Tests of the whole directory, judged by software that shares no code with it.

mod conformance;
mod same_facts;
mod served;
mod specimen;
