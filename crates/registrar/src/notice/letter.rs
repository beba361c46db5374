//! Letters as they are kept: sealed under the keys of everybody who is named in them, one around the other, so that erasing any of these
//! people erases the letter.

use model::NoticeId;
use store::notices::NoticeRow;
use store::vault::Place;
use store::{StoreFault, Tx};
use zeroize::Zeroizing;

use crate::failure::{Failure, Fault};
use crate::registrar::Registrar;

/// Seals a letter for its owners, the first innermost.
pub(super) fn seal(tx: &mut Tx<'_>, registrar: &Registrar, id: NoticeId, owners: &[String], text: &str) -> Result<Vec<u8>, StoreFault> {
    let row = id.to_string();
    let plain = Zeroizing::new(text.as_bytes().to_vec());
    owners.iter().try_fold(plain.to_vec(), |inner, owner| registrar.vault().seal_bytes(tx, owner, &place(&row), &inner))
}

/// The letter as it left; none if it never did, or somebody named in it was erased.
pub(crate) fn open_letter(tx: &mut Tx<'_>, registrar: &Registrar, notice: &NoticeRow) -> Result<Option<String>, Failure> {
    let (Some(owners), Some(sealed)) = (&notice.key_owner, &notice.sealed) else { return Ok(None) };
    let row = notice.order.id.to_string();
    let mut letter = Zeroizing::new(sealed.clone());
    for owner in owners.split(' ').rev() {
        if registrar.vault().is_destroyed(tx, owner)? {
            return Ok(None);
        }
        letter = registrar.vault().open_bytes(tx, owner, &place(&row), &letter)?;
    }
    let text = std::str::from_utf8(&letter).map_err(|_| Fault::words(format!("the letter {row} in the vault is not text")))?;
    Ok(Some(text.to_owned()))
}

fn place(row: &str) -> Place<'_> {
    Place { table: "notice", column: "sealed", row, version: 0 }
}
