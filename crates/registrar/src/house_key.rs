//! Keys of the house itself: made at first use from the system's generator, kept sealed in the vault, the same for every node.

use aws_lc_rs::rand;
use store::{Place, Tx, sealed_values};
use zeroize::Zeroizing;

use crate::failure::{Failure, Fault};
use crate::registrar::Registrar;

/// Length of such a key, in bytes.
pub(crate) const HOUSE_KEY_BYTES: usize = 32;

/// A key's bytes; they are wiped when they are let go.
pub(crate) type KeyBytes = Zeroizing<[u8; HOUSE_KEY_BYTES]>;

/// Where a key of the house lies.
pub(crate) struct HouseKey {
    /// The class of the sealed value.
    pub(crate) class: &'static str,
    /// Its subject.
    pub(crate) subject: &'static str,
    /// Under whose data key it is sealed.
    pub(crate) owner: &'static str,
}

impl HouseKey {
    /// The key, if it was made.
    ///
    /// # Errors
    /// A fault of the store or the vault, or a value of another length.
    pub(crate) fn find(&self, tx: &mut Tx<'_>, registrar: &Registrar) -> Result<Option<KeyBytes>, Failure> {
        let Some(sealed) = sealed_values::find(tx, self.class, self.subject)? else { return Ok(None) };
        let plain = registrar.vault().open_bytes(tx, self.owner, &self.place(), &sealed)?;
        let bytes = plain.as_slice().try_into().map_err(|_| Fault::words(format!("the sealed `{}` is not as expected", self.class)))?;
        Ok(Some(Zeroizing::new(bytes)))
    }

    /// The key, made where there is none: another node may have been first.
    ///
    /// # Errors
    /// As [`HouseKey::find`], or if the system gives no random bytes.
    pub(crate) fn obtain(&self, tx: &mut Tx<'_>, registrar: &Registrar) -> Result<KeyBytes, Failure> {
        if let Some(key) = self.find(tx, registrar)? {
            return Ok(key);
        }
        let mut key = Zeroizing::new([0; HOUSE_KEY_BYTES]);
        // What guards people's names is never drawn from a seed.
        rand::fill(&mut *key).map_err(|error| Fault::new("the system gave no random bytes", &error))?;
        let sealed = registrar.vault().seal_bytes(tx, self.owner, &self.place(), &*key)?;
        sealed_values::put(tx, self.class, self.subject, &sealed, registrar.now())?;
        Ok(key)
    }

    fn place(&self) -> Place<'static> {
        Place { table: "sealed_value", column: self.class, row: self.subject, version: 0 }
    }
}
