//! Bytes as a sealed file of the spool.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| directory::fuzz::spool_file(bytes));
