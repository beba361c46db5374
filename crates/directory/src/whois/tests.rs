//! The text as people read it.

use super::*;
use crate::testing::{record_of, settings, shown, withheld};

#[test]
fn a_withheld_name_reads_as_the_contract_orders() {
    let mut record = record_of("example.alpha");
    record.technical = Some(withheld(false));
    insta::assert_snapshot!(write_answer(&Template::new(&settings()), &record, 1_787_306_400));
}

#[test]
fn a_consented_name_shows_everything() {
    let mut record = record_of("example.alpha");
    record.registrant = shown();
    insta::assert_snapshot!(write_answer(&Template::new(&settings()), &record, 1_787_306_400));
}
