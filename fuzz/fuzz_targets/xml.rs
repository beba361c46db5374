//! Bytes as an XML document.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| epp::fuzz::fuzz_target_xml(bytes));
