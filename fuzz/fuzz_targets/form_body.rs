//! Bytes as the body of each form.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| directory::fuzz::form_body(bytes));
