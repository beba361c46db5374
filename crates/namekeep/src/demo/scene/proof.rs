//! Everything that happened can be proven to a stranger.

use registrar::ledger_subject;
use store::VerifierKey;
use store::ledger::{self, Folder};

use super::super::tour::Tour;
use crate::demo::stage::NameOf;
use crate::failure::Failure;
use crate::instance::store_failure;
use crate::progress::Progress;

/// Plays the scene.
pub async fn play(tour: &mut Tour) -> Result<(), Failure> {
    tour.scene("Every step can be proven afterwards");
    let instance = &tour.ours().instance;
    let store = instance.registrar.store();
    let folder = Folder::new(&instance.path(&instance.config.instance.ledger));
    let progress = Progress::waiting("every row of the ledger is recomputed and compared");
    let verification = ledger::verify_store_against(store, &folder, &instance.ledger_key).map_err(store_failure)?;
    drop(progress);
    let view = tour.ours().view(&NameOf::thick("first-light")?)?;
    let subject = ledger_subject(view.registration.id, &view.registration.name);
    let proof = store.read(|tx| ledger::prove(tx, &subject)).map_err(store_failure)?;
    // A stranger has the printed key and the file, nothing else.
    let key = VerifierKey::parse(&instance.ledger_key.to_string()).map_err(store_failure)?;
    let held = ledger::verify_proof(&proof, &key).map(|report| report.entries.len());
    let forged = ledger::verify_proof(&proof.replacen("domain-renewed", "domain-deleted", 1), &key);
    let (entries, finding) = (verification.verified, verification.finding);
    tour.claim("the ledger holds, row by row, under its signature", finding.is_none(), format!("{entries} entries"));
    tour.claim(
        "a proof of one name's entries checks with the public key alone",
        held.is_ok(),
        format!("{} entries of {}", held.unwrap_or_default(), view.registration.name),
    );
    tour.claim("a changed word in the proof is found", forged.is_err(), String::new());
    let bills = tour.stage().charges().await?;
    let agree = bills.iter().all(|bill| bill.booked == bill.billed);
    let detail: Vec<String> = bills.iter().map(|bill| format!("{}: {} and {}", bill.registry, bill.booked, bill.billed)).collect();
    tour.claim("our charges and the registries' bills agree to the cent", agree, detail.join(", "));
    Ok(())
}
