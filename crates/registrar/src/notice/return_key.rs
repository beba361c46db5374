//! The key under which return paths and Message-IDs are sealed: made once, kept in the vault, the same for every node.

use aws_lc_rs::rand;
use mail::ReturnKey;
use mail::return_path::KEY_BYTES;
use store::{Place, Tx, sealed_values};
use zeroize::Zeroizing;

use crate::failure::{Failure, Fault};
use crate::registrar::Registrar;

/// The class of the sealed value; there is one.
const CLASS: &str = "return-key";
/// Its subject, and the owner of its data key.
const SUBJECT: &str = "mail";

const PLACE: Place<'static> = Place { table: "sealed_value", column: CLASS, row: SUBJECT, version: 0 };

/// The key, if one was made: without one nothing has left, and no bounce is ours.
pub(crate) fn find(tx: &mut Tx<'_>, registrar: &Registrar) -> Result<Option<ReturnKey>, Failure> {
    let Some(sealed) = sealed_values::find(tx, CLASS, SUBJECT)? else {
        return Ok(None);
    };
    let plain = registrar.vault().open_bytes(tx, SUBJECT, &PLACE, &sealed)?;
    let bytes: &[u8; KEY_BYTES] =
        plain.as_slice().try_into().map_err(|_| Fault::words("the sealed key of return paths is not as expected"))?;
    Ok(Some(ReturnKey::new(bytes)))
}

/// The key, made where there is none.
pub(crate) fn obtain(registrar: &Registrar) -> Result<ReturnKey, Failure> {
    if let Some(key) = registrar.store().read(|tx| find(tx, registrar))? {
        return Ok(key);
    }
    let shared = registrar.clone();
    registrar.store().write(move |tx| {
        // Another node may have been first.
        if let Some(key) = find(tx, &shared)? {
            return Ok(key);
        }
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        rand::fill(bytes.as_mut()).map_err(|error| Fault::new("the system gave no random bytes", &error))?;
        let sealed = shared.vault().seal_bytes(tx, SUBJECT, &PLACE, bytes.as_slice())?;
        sealed_values::put(tx, CLASS, SUBJECT, &sealed, shared.now())?;
        Ok(ReturnKey::new(&bytes))
    })
}
