//! Bytes as a line of WHOIS.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| directory::fuzz::page_query(bytes));
