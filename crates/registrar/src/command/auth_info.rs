//! The one authInfo that a registration may have in the vault: the one to present (transfer in) or the one that was set (transfer
//! away). It is sealed under the registration's own key and dropped when it has served.

use model::{AuthInfo, DomainId, Secret};
use store::vault::Place;
use store::{Tx, auth_infos};

use crate::failure::{Failure, Fault};
use crate::registrar::Registrar;
use crate::use_case::Work;

/// Where the sealed value belongs.
fn place(row: &str) -> Place<'_> {
    Place { table: "auth_info", column: "sealed", row, version: 0 }
}

/// Keeps the authInfo of a registration, in place of the one it had.
pub(crate) fn keep(work: &mut Work<'_, '_>, domain: DomainId, auth_info: &AuthInfo) -> Result<(), Failure> {
    let owner = domain.to_string();
    let plain = auth_info.secret().expose().as_bytes();
    let sealed = work.registrar.vault().seal_bytes(work.tx, &owner, &place(&owner), plain)?;
    Ok(auth_infos::set(work.tx, domain, &sealed, work.now)?)
}

/// The authInfo of a registration, for the gate that builds the frame.
pub(crate) fn find(tx: &mut Tx<'_>, registrar: &Registrar, domain: DomainId) -> Result<Option<AuthInfo>, Failure> {
    let Some(sealed) = auth_infos::find(tx, domain)? else {
        return Ok(None);
    };
    let owner = domain.to_string();
    let plain = registrar.vault().open_bytes(tx, &owner, &place(&owner), &sealed)?;
    let text = std::str::from_utf8(&plain).map_err(|_| Fault::words(format!("the authInfo of {domain} in the vault is not text")))?;
    Ok(Some(AuthInfo::from_vault(Secret::new(text))))
}
