//! Bytes as a telephone number.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| policy::accuracy::fuzz::phone(bytes));
