//! Bytes as a message that came to a return path.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mail::fuzz::bounce(bytes));
