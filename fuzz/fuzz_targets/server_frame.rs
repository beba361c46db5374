//! Bytes as a frame of a registry.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| epp::fuzz::fuzz_target_server_frame(bytes));
