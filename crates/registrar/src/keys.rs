//! The second half of an erasure: what the database calls destroyed is cut out of the key file, so that no backup of the database opens it
//! again. It is done right after an erasure and again at every start and every night, so that a crash between the two halves, another node's
//! erasure, and a database that was put back to an earlier day are all seen to.

use model::ContactId;
use store::Tx;

use crate::actor;
use crate::actor::ledger_name;
use crate::contact::erase;
use crate::failure::Failure;
use crate::registrar::Registrar;

/// Keys looked at in one transaction.
const PAGE: u32 = 1000;

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Keys cut out of the key file.
    pub cut: usize,
    /// Keys that were cut before and lived in the database all the same: it was put back to a day before their erasure.
    pub erased_again: usize,
    /// Whether what was overwritten is out of the database's files too; not where a reader was in the way.
    pub is_scrubbed: bool,
}

impl Registrar {
    /// Brings the key file and the database together: what either of them calls destroyed is destroyed in both.
    ///
    /// # Errors
    /// A fault of the store, or of the key file, which is as before then.
    pub fn sweep_keys(&self) -> Result<Swept, Failure> {
        self.vault().refresh()?;
        while self.write(|tx, registrar| Ok(registrar.vault().divide(tx, PAGE)?))? > 0 {}
        let erased_again = self.erase_again()?;
        let cut = self.vault().cut(&self.destroyed_leaves()?)?;
        // Also where nothing was cut: a reader may have been in the way the last time.
        Ok(Swept { cut, erased_again, is_scrubbed: self.store().scrub()? })
    }

    /// How many keys are destroyed in one of the two and not in the other: 0 after a sweep.
    ///
    /// # Errors
    /// A fault of the store, or a key file that cannot be read.
    pub fn count_unswept_keys(&self) -> Result<usize, Failure> {
        self.vault().refresh()?;
        let uncut = self.destroyed_leaves()?.into_iter().filter(|leaf| !self.vault().is_cut(*leaf)).count();
        Ok(uncut + self.store().read::<_, Failure>(|tx| Ok(self.vault().list_cut(tx, PAGE)?))?.len())
    }

    /// The leaves of every key that the database calls destroyed.
    fn destroyed_leaves(&self) -> Result<Vec<u32>, Failure> {
        let mut leaves: Vec<u32> = Vec::new();
        loop {
            let after = leaves.last().copied();
            let page = self.store().read::<_, Failure>(|tx| Ok(self.vault().list_destroyed(tx, after, PAGE)?))?;
            leaves.extend(&page);
            if page.len() < PAGE as usize {
                return Ok(leaves);
            }
        }
    }

    /// People whose keys are cut and who are in the database as if they were not.
    fn erase_again(&self) -> Result<usize, Failure> {
        let mut count = 0;
        loop {
            let owners = self.store().read::<_, Failure>(|tx| Ok(self.vault().list_cut(tx, PAGE)?))?;
            if owners.is_empty() {
                return Ok(count);
            }
            count += owners.len();
            self.write(move |tx, registrar| owners.iter().try_for_each(|owner| destroy_again(tx, registrar, owner)))?;
        }
    }

    fn write<T: Send + 'static>(&self, work: impl Fn(&mut Tx<'_>, &Self) -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
        let registrar = self.clone();
        self.store().write(move |tx| work(tx, &registrar))
    }
}

fn destroy_again(tx: &mut Tx<'_>, registrar: &Registrar, owner: &str) -> Result<(), Failure> {
    let now = registrar.now();
    match owner.parse::<ContactId>() {
        Ok(contact) => {
            erase(tx, registrar, &ledger_name(&actor::timer()), contact, "erased before the database was put back", now).map(drop)
        }
        Err(_) => Ok(registrar.vault().destroy(tx, owner, now).map(drop)?),
    }
}
