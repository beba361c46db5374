//! Internationalised labels by IDNA2008: which characters (RFC 5892), in which order (RFC 5893), in which form (RFC 5891).

mod bidi;
mod context;
mod label;
mod property;

pub(crate) use bidi::{check_bidi, is_right_to_left};
pub(crate) use label::{is_a_label, ldh_label, to_ascii, to_unicode};
