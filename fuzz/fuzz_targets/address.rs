//! Bytes as a postal address.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| policy::accuracy::fuzz::address(bytes));
