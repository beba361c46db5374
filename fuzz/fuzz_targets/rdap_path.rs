//! Bytes as the path of an RDAP question.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| directory::fuzz::rdap_path(bytes));
