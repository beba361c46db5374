//! Who was erased: nothing that names them can be read, their key opens nothing, and nobody wrote to them since (RET-14).

use std::collections::{BTreeSet, HashMap};

use model::{ContactId, Timestamp};
use registrar::Registrar;
use store::notices::{self, NoticeFilter};
use store::{contacts, custody};

use super::PAGE_ROWS;
use crate::failure::Failure;
use crate::instance::store_failure;

/// What was looked at.
#[derive(Clone, Debug, Default)]
pub struct Erasures {
    /// People who are erased, and since when.
    pub erased: HashMap<String, Timestamp>,
    /// Checks made.
    pub checks: u64,
    /// Who is not erased although no name, no hold and no clock needs their data.
    pub waiting: Vec<ContactId>,
}

/// Checks everybody who asked to be erased, and that nobody wrote to one who is.
pub(super) fn check(registrar: &Registrar, forgotten: &BTreeSet<ContactId>, findings: &mut Vec<String>) -> Result<Erasures, Failure> {
    let mut found = check_people(registrar, forgotten, findings)?;
    if !found.erased.is_empty() {
        found.checks += check_letters(registrar, &found.erased, findings)?;
    }
    Ok(found)
}

/// Checks everybody who asked to be erased.
pub fn check_people(registrar: &Registrar, forgotten: &BTreeSet<ContactId>, findings: &mut Vec<String>) -> Result<Erasures, Failure> {
    let (mut erased, mut waiting): (HashMap<String, Timestamp>, _) = (HashMap::new(), Vec::new());
    for id in forgotten {
        let standing = registrar.store().read(|tx| custody::find(tx, *id)).map_err(store_failure)?;
        let Some(standing) = standing else {
            findings.push(format!("contact `{id}` asked to be erased, and there is no such contact"));
            continue;
        };
        let is_named = registrar.store().read(|tx| custody::find_open_name(tx, *id)).map_err(store_failure)?.is_some();
        let Some(erased_at) = standing.erased_at else {
            let is_ordered = standing.ordered.is_some();
            if is_ordered && !is_named && registrar.store().read(|tx| custody::list_clocks(tx, *id)).map_err(store_failure)?.is_empty() {
                waiting.push(*id);
            }
            continue;
        };
        erased.insert(id.to_string(), erased_at);
        let row = registrar.store().read(|tx| contacts::find(tx, *id)).map_err(store_failure)?;
        if row.is_some_and(|row| !row.sealed.is_empty()) {
            findings.push(format!("contact `{id}` was erased at {erased_at}, and something sealed is left of it"));
        }
        if is_named {
            findings.push(format!("contact `{id}` was erased at {erased_at}, and a name in our care names it"));
        }
    }
    if !erased.is_empty() {
        let unswept = registrar.count_unswept_keys()?;
        if unswept > 0 {
            findings.push(format!("{unswept} keys are destroyed in the database or in the key file, and not in both"));
        }
    }
    Ok(Erasures { erased, checks: forgotten.len() as u64, waiting })
}

/// Checks every notice that left; gives how many.
fn check_letters(registrar: &Registrar, erased: &HashMap<String, Timestamp>, findings: &mut Vec<String>) -> Result<u64, Failure> {
    let (mut before, mut count) = (None, 0);
    loop {
        let page = registrar.store().read(|tx| notices::list(tx, NoticeFilter::All, before, PAGE_ROWS)).map_err(store_failure)?;
        let Some(last) = page.last() else { return Ok(count) };
        before = Some(last.order.id);
        count += page.len() as u64;
        for notice in &page {
            let (Some(carried_at), Some(owners)) = (notice.carried_at, &notice.key_owner) else { continue };
            // The first is whom it was for; another is who is named in it.
            let late = owners.split(' ').filter_map(|owner| Some((owner, erased.get(owner)?))).find(|(_, at)| **at < carried_at);
            if let Some((owner, erased_at)) = late {
                let word = notice.order.kind.word();
                findings.push(format!(
                    "the notice `{word}` was sent to or about contact `{owner}` at {carried_at}, who was erased at {erased_at}"
                ));
            }
        }
    }
}
