//! The key under which return paths and Message-IDs are sealed.

use mail::ReturnKey;
use store::Tx;

use crate::failure::Failure;
use crate::house_key::HouseKey;
use crate::registrar::Registrar;

const KEY: HouseKey = HouseKey { class: "return-key", subject: "mail", owner: "mail" };

/// The key, if one was made: without one nothing has left, and no bounce is ours.
pub(crate) fn find(tx: &mut Tx<'_>, registrar: &Registrar) -> Result<Option<ReturnKey>, Failure> {
    Ok(KEY.find(tx, registrar)?.map(|bytes| ReturnKey::new(&bytes)))
}

/// The key, made where there is none.
pub(crate) fn obtain(registrar: &Registrar) -> Result<ReturnKey, Failure> {
    if let Some(key) = registrar.store().read(|tx| find(tx, registrar))? {
        return Ok(key);
    }
    let shared = registrar.clone();
    registrar.store().write(move |tx| {
        let bytes = KEY.obtain(tx, &shared)?;
        Ok(ReturnKey::new(&bytes))
    })
}
