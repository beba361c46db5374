//! No check is dead: for every id that is checked, a good answer is changed so that exactly that id is found.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test are tests too")]

mod objects;
mod people;
mod registration;
mod response;
mod scene;
mod structures;
mod transport;

use rdap_check::table::{Mode, Place, Row, rows};
use rdap_check::{Finding, Level, table_markdown};
use scene::{Case, Scene};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn cases() -> Vec<Case> {
    [transport::cases(), structures::cases(), objects::cases(), response::cases(), registration::cases(), people::cases()].concat()
}

fn ids(findings: &[Finding]) -> BTreeSet<i32> {
    findings.iter().map(|finding| finding.id).collect()
}

#[test]
fn good_answers_have_no_findings() {
    for scene in [Scene::domain(), Scene::help(), Scene::unknown_name(), Scene::session()] {
        let findings = scene.judge();
        assert!(findings.is_empty(), "{findings:#?}");
    }
}

#[test]
fn an_address_with_a_placeholders_word_in_it_is_fine() {
    let mut scene = Scene::domain();
    scene.body["entities"][1]["vcardArray"][1][3][3] = "https://www.registrar.example/redacted-contact".into();
    assert_eq!(scene.judge(), []);
}

#[test]
fn a_good_404_of_a_domain_query_is_a_warning_only() {
    let findings = Scene::error().judge();
    assert_eq!(ids(&findings), [-13020].into());
    assert!(findings.iter().all(|finding| finding.level == Level::Warning));
}

#[test]
fn each_change_yields_exactly_the_ids_it_should() {
    let mut wrong = Vec::new();
    for case in cases() {
        let findings = case.judge();
        let expected: BTreeSet<i32> = case.expected().collect();
        if ids(&findings) != expected {
            let found: Vec<String> = findings.iter().map(ToString::to_string).collect();
            wrong.push(format!("{}: expected {expected:?}, found\n  {}", case.id, found.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases().len(), wrong.join("\n"));
}

/// Every place of the good answer holds something it shouldn't, one at a time: the judge says so or not, but keeps its head.
#[test]
fn no_value_anywhere_upsets_the_judge() {
    let golden = Scene::domain();
    for pointer in scene::pointers(&golden.body) {
        for wrong in [json!(null), json!([[]]), json!({"": {}})] {
            let mut scene = golden.clone();
            *scene.body.pointer_mut(&pointer).unwrap() = wrong;
            scene.judge();
        }
    }
}

#[test]
fn every_id_is_hit_or_left_out_for_a_reason() {
    let hit: BTreeSet<i32> = cases().iter().flat_map(|case| case.expected().collect::<Vec<_>>()).collect();
    for row in rows() {
        match row.place {
            Place::Module(module) => {
                assert!(hit.contains(&row.id), "{} is hit by no case", row.id);
                let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/{module}.rs"));
                let source = std::fs::read_to_string(&file).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
                assert!(!source.is_empty(), "{} is said to be in {module}", row.id);
            }
            Place::LeftOut(reason) => {
                assert!(!hit.contains(&row.id), "{} is left out, yet found", row.id);
                assert!(!reason.is_empty(), "{} is left out without a reason", row.id);
            }
        }
    }
    let listed: BTreeSet<i32> = rows().map(|row| row.id).collect();
    assert!(hit.is_subset(&listed), "not in the table: {:?}", hit.difference(&listed));
}

#[test]
fn the_table_lists_each_id_once_and_weighs_it() {
    let mut seen = BTreeMap::new();
    for row in rows() {
        assert!(seen.insert(row.id, row.asserts).is_none(), "{} is listed twice", row.id);
        assert_eq!(row.id > 0, row.mode == Mode::Ours, "{}", row.id);
    }
    let findings: Vec<Finding> = cases().iter().flat_map(Case::judge).collect();
    let row_of = |id: i32| -> &Row { rows().find(|row| row.id == id).unwrap() };
    assert!(findings.iter().all(|finding| finding.level == row_of(finding.id).level));
}

#[test]
fn the_table_makes_a_page() {
    let page = table_markdown();
    assert_eq!(page.lines().count(), rows().count() + 2);
    assert!(page.contains("| -13020 | everyone | warning |"));
    assert!(page.lines().all(|line| line.matches(" | ").count() == 4), "a cell has a bar in it");
}
