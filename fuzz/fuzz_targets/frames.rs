//! Bytes as a stream of data units (RFC 5734 section 4).
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| epp::fuzz::fuzz_target_frames(bytes));
