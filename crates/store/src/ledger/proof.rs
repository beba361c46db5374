//! Proof for one subject: every entry about it with its audit path under one signed checkpoint, in one file.

use serde::{Deserialize, Serialize};

use crate::fault::StoreFault;
use crate::hash::Hash;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::entry::Entry;
use crate::ledger::key::VerifierKey;
use crate::ledger::note::{decode, decode_hash, encode};
use crate::ledger::read::{LedgerRow, StoreTiles, find_last_checkpoint, list_subject_entries};
use crate::ledger::tree::{Tree, verify_inclusion};
use crate::tx::Tx;

/// The form of the file; a change of the form gets a new number.
const FORM: &str = "namekeep ledger proof v1";

/// Entries read from the store at once.
const PAGE: u32 = 500;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofFile {
    form: String,
    subject: String,
    /// The signed note.
    checkpoint: String,
    entries: Vec<FileEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEntry {
    index: u64,
    /// The canonical text.
    entry: String,
    /// The event, unless erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    /// Base64, unless erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    /// Base64, bottom up.
    path: Vec<String>,
}

/// What a proof proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofReport {
    /// The subject all entries are about.
    pub subject: String,
    /// The state they are in.
    pub checkpoint: Checkpoint,
    /// The entries, in order.
    pub entries: Vec<ProvenEntry>,
}

/// An entry that is proven to be in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenEntry {
    /// What the leaf commits to.
    pub entry: Entry,
    /// The event as JSON, proven to be what the entry committed to; none if it was erased.
    pub body: Option<String>,
}

/// Writes the proof for every entry about `subject` under the newest checkpoint, as JSON text.
///
/// # Errors
/// [`StoreFault::Missing`] if the ledger has no entry about it.
pub fn prove(tx: &mut Tx<'_>, subject: &str) -> Result<String, StoreFault> {
    let missing = || StoreFault::Missing { what: format!("a ledger entry about `{subject}`") };
    let (checkpoint, note) = find_last_checkpoint(tx)?.ok_or_else(missing)?;
    let mut rows: Vec<LedgerRow> = Vec::new();
    loop {
        let from = rows.last().map_or(0, |row| row.seq + 1);
        let page = list_subject_entries(tx, subject, from, PAGE)?;
        let is_last = page.len() < PAGE as usize;
        rows.extend(page);
        if is_last {
            break;
        }
    }
    if rows.is_empty() {
        return Err(missing());
    }
    let mut tiles = StoreTiles { tx };
    let mut tree = Tree::new(&mut tiles, checkpoint.size);
    let entries = rows
        .into_iter()
        .map(|row| {
            let path = tree.inclusion(row.seq)?.iter().map(|hash| encode(hash)).collect();
            let entry = row.entry().to_text();
            Ok(FileEntry { index: row.seq, entry, body: row.body, salt: row.salt.map(|salt| encode(&salt)), path })
        })
        .collect::<Result<_, StoreFault>>()?;
    let file = ProofFile { form: FORM.to_owned(), subject: subject.to_owned(), checkpoint: note, entries };
    serde_json::to_string_pretty(&file).map_err(|error| StoreFault::ledger(error.to_string()))
}

/// Checks a proof against the log's public key, without the store.
///
/// # Errors
/// [`StoreFault::Ledger`] with the first thing that does not hold.
pub fn verify_proof(proof: &str, key: &VerifierKey) -> Result<ProofReport, StoreFault> {
    let refuse = |reason: String| StoreFault::Ledger { reason: format!("the proof does not hold: {reason}") };
    let file: ProofFile = serde_json::from_str(proof).map_err(|error| refuse(format!("it is not a proof file ({error})")))?;
    if file.form != FORM {
        return Err(refuse(format!("its form is `{}`, this program reads `{FORM}`", file.form)));
    }
    let checkpoint = Checkpoint::verify(&file.checkpoint, key)
        .ok_or_else(|| refuse(format!("its checkpoint is not signed by the key of `{}`", key.name())))?;
    let mut entries: Vec<ProvenEntry> = Vec::with_capacity(file.entries.len());
    for item in file.entries {
        let at = item.index;
        let entry = Entry::parse(&item.entry).ok_or_else(|| refuse(format!("entry {at} is not in canonical form")))?;
        if entry.seq != at || entries.last().is_some_and(|before| before.entry.seq >= at) {
            return Err(refuse(format!("entry {at} is out of its place")));
        }
        if entry.subject != file.subject {
            return Err(refuse(format!("entry {at} is about `{}`, not about `{}`", entry.subject, file.subject)));
        }
        let path: Option<Vec<Hash>> = item.path.iter().map(|hash| decode_hash(hash)).collect();
        let is_included = path.is_some_and(|path| verify_inclusion(&entry.leaf(), at, checkpoint.size, &path, &checkpoint.root));
        if !is_included {
            return Err(refuse(format!("entry {at} is not in the tree of the checkpoint")));
        }
        let body = match (item.body, item.salt) {
            (None, None) => None,
            (Some(body), Some(salt)) => {
                let holds = decode(&salt).is_some_and(|salt| Entry::commit(&salt, &body) == entry.commitment);
                Some(body).filter(|_| holds).ok_or_else(|| refuse(format!("the body of entry {at} is not the one it committed to")))?.into()
            }
            _ => return Err(refuse(format!("entry {at} has a body without a salt or a salt without a body"))),
        };
        entries.push(ProvenEntry { entry, body });
    }
    Ok(ProofReport { subject: file.subject, checkpoint, entries })
}
