//! Bytes as a frame to be logged.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| epp::fuzz::fuzz_target_redact(bytes));
