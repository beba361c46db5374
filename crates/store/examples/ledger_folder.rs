//! A ledger for an outside judge: `cargo run -p store --example ledger_folder -- DIR ENTRIES` makes a database in DIR, follows
//! it into DIR/ledger, writes DIR/proof.json about one subject, and prints the public key.
//!
//! `python3 tests/judges/tlog_check.py DIR/ledger "$(cat DIR/key.pub)" DIR/proof.json`

use std::path::PathBuf;

use store::ledger::{Folder, NewEntry, append, prove};
use store::{DatabaseUrl, SignerKey, Store, StoreFault};

/// Entries in each commit.
const BATCH: u64 = 100;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(dir), Some(entries)) = (arguments.next().map(PathBuf::from), arguments.next()) else {
        return Err("usage: ledger_folder DIR ENTRIES".into());
    };
    let entries: u64 = entries.parse()?;
    std::fs::create_dir_all(&dir)?;
    let signer = SignerKey::generate("ledger.namekeep.example")?;
    let public = signer.verifier().to_string();
    let store = Store::open_with_signer(&DatabaseUrl::sqlite(&dir.join("ledger.db")), signer)?;
    let folder = Folder::new(&dir.join("ledger"));
    for first in (0..entries).step_by(BATCH as usize) {
        store.write(move |tx| {
            (first..(first + BATCH).min(entries)).try_for_each(|n| {
                let (subject, body) = (format!("dom_{}", n % 10), format!(r#"{{"n":{n}}}"#));
                let at = model::Timestamp::UNIX_EPOCH;
                append(tx, &NewEntry { at, actor: "act_example", subject: &subject, kind: "Counted", body: &body, salt: [1; 16] })?;
                Ok::<_, StoreFault>(())
            })
        })?;
        folder.follow(&store)?;
    }
    std::fs::write(dir.join("proof.json"), store.read(|tx| prove(tx, "dom_7"))?)?;
    std::fs::write(dir.join("key.pub"), &public)?;
    println!("{public}");
    Ok(())
}
