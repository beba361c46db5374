//! Our own checks.

use super::{Mode, Row, row};

const fn ours(id: i32, asserts: &'static str) -> Row {
    row(Mode::Ours, id, "own", asserts)
}

pub(super) const ROWS: &[Row] = &[
    ours(101, "where a phone number is redacted, no jCard of that role has one, whatever form its `type` has and whatever the path finds"),
    ours(102, "where a fax number is redacted, no jCard of that role has one"),
    ours(103, "no value of a jCard is a placeholder such as REDACTED FOR PRIVACY (RFC 9537 section 3)"),
    ours(104, "`registrant` and `technical` are the first role of their entity, where the profile's paths look"),
    ours(105, "there is an event `expiration` (RP 2.3.1.2; ICANN's tool asks registries only)"),
    ours(106, "an error leads to the terms of service too (TIG 1.2, 3.3; ICANN's tool doesn't ask)"),
];
