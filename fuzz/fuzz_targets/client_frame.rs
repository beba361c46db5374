//! Bytes as a frame of a registrar.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| epp::fuzz::fuzz_target_client_frame(bytes));
