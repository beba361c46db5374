//! Bytes as a record of the feed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| directory::fuzz::record(bytes));
