//! What an order presents to the registry besides its words: a signed mark (sunrise) and an allocation token. Both are sealed under the
//! registration's own key in the transaction that orders, read when the frame is built, and dropped once the order is settled: a
//! token is a secret, and a mark tells of people.

use epp::extension::launch::{EncodedSignedMark, SignedMark};
use model::{AllocationToken, DomainId, Secret};
use policy::Operation;
use store::{Place, Tx, sealed_values};

use crate::failure::{Failure, Fault};
use crate::registrar::Registrar;
use crate::use_case::Work;

/// The class of a sealed mark.
const MARK: &str = "signed-mark";
/// The class of a sealed token.
const TOKEN: &str = "allocation-token";

/// What goes into the frame of an order.
#[derive(Clone, Debug, Default)]
pub(crate) struct LaunchPapers {
    /// The signed mark, as it travels.
    pub(crate) mark: Option<EncodedSignedMark>,
    /// The allocation token.
    pub(crate) token: Option<AllocationToken>,
}

/// Where a sealed value belongs.
fn place<'p>(class: &'p str, row: &'p str) -> Place<'p> {
    Place { table: "sealed_value", column: class, row, version: 0 }
}

/// Keeps what the order of a registration presents.
pub(crate) fn keep(
    work: &mut Work<'_, '_>,
    domain: DomainId,
    mark: Option<&SignedMark>,
    token: Option<&AllocationToken>,
) -> Result<(), Failure> {
    let owner = domain.to_string();
    for (class, secret) in [(MARK, mark.map(|mark| &mark.encoded.data)), (TOKEN, token.map(AllocationToken::secret))] {
        if let Some(secret) = secret {
            let sealed = work.registrar.vault().seal_bytes(work.tx, &owner, &place(class, &owner), secret.expose().as_bytes())?;
            sealed_values::put(work.tx, class, &owner, &sealed, work.now)?;
        }
    }
    Ok(())
}

/// What the operation presents, for the gate that builds the frame.
pub(crate) fn find(tx: &mut Tx<'_>, registrar: &Registrar, domain: DomainId, operation: &Operation) -> Result<LaunchPapers, Failure> {
    let mut papers = LaunchPapers::default();
    if operation.presents_mark() {
        papers.mark = open(tx, registrar, MARK, domain)?.map(|data| EncodedSignedMark { data, encoding: None });
    }
    if operation.presents_token() {
        papers.token = open(tx, registrar, TOKEN, domain)?.map(AllocationToken::from_vault);
    }
    Ok(papers)
}

/// Forgets what the order of a registration presented. Not an error if it presented nothing.
pub(crate) fn remove(tx: &mut Tx<'_>, domain: DomainId) -> Result<(), Failure> {
    let owner = domain.to_string();
    sealed_values::remove(tx, MARK, &owner)?;
    Ok(sealed_values::remove(tx, TOKEN, &owner)?)
}

fn open(tx: &mut Tx<'_>, registrar: &Registrar, class: &str, domain: DomainId) -> Result<Option<Secret>, Failure> {
    let owner = domain.to_string();
    let Some(sealed) = sealed_values::find(tx, class, &owner)? else {
        return Ok(None);
    };
    let plain = registrar.vault().open_bytes(tx, &owner, &place(class, &owner), &sealed)?;
    let text = std::str::from_utf8(&plain).map_err(|_| Fault::words(format!("the {class} of {domain} in the vault is not text")))?;
    Ok(Some(Secret::new(text)))
}
