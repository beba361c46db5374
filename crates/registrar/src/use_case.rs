//! What a use case is: a value that says what it needs and carries itself out in one transaction.

use model::{Money, Timestamp};
use policy::Actor;
use store::Tx;

use crate::authorised::{Authorised, NeedsPermission, authorise};
use crate::entropy::Draw;
use crate::execute::execute;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt};
use crate::recovery;
use crate::registrar::Registrar;

/// A use case that may change something. One file each, in [`crate::command`], [`crate::contact`] and [`crate::host`].
pub trait UseCase: NeedsPermission + Send + Sync + 'static {
    /// What comes back once everything is durable.
    type Answer: Send + 'static;

    /// Checks what only the registrar knows and commits, all in the open transaction. May run again after a lost race,
    /// so it has no effect outside the transaction.
    ///
    /// # Errors
    /// A refusal, a denial or a fault; then nothing of it is stored.
    fn run(&self, work: &mut Work<'_, '_>) -> Result<Self::Answer, Failure>;

    /// Whether the clock may give it while the instance is frozen ([`crate::recovery`]): only where it takes in what came from outside, or
    /// notes what has happened already.
    fn goes_on_while_frozen(&self) -> bool {
        false
    }
}

/// A use case that only reads, on a consistent snapshot.
pub trait Question: NeedsPermission {
    /// What comes back.
    type Answer;

    /// Reads.
    ///
    /// # Errors
    /// A refusal (what was asked for does not exist), a denial or a fault.
    fn run(&self, work: &mut Work<'_, '_>) -> Result<Self::Answer, Failure>;
}

/// The surroundings of a use case while its transaction is open.
pub struct Work<'w, 't> {
    pub(crate) tx: &'w mut Tx<'t>,
    pub(crate) registrar: &'w Registrar,
    pub(crate) actor: &'w Actor,
    /// The instant of the transaction.
    pub(crate) now: Timestamp,
    /// The price the registry named for what is ordered, if it was asked.
    pub(crate) quoted_fee: Option<Money>,
}

impl Work<'_, '_> {
    /// Decides and commits an order by the same actor, in this transaction.
    pub(crate) fn order(&mut self, order: DomainOrder) -> Result<Receipt, Failure> {
        let quoted_fee = order.quoted_fee.or(self.quoted_fee);
        let order = authorise(self.actor, order.quoted(quoted_fee))?;
        execute(self.tx, self.registrar, &order)
    }

    /// Chance, for ids and secrets.
    pub(crate) fn draw(&self) -> Draw<'_> {
        self.registrar.draw()
    }
}

/// An order is a use case by itself: the gate, the poller and the clock give orders as they are.
impl UseCase for DomainOrder {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        work.order(self.clone())
    }
}

/// Runs a use case in `tx` at `registrar`'s instant.
pub(crate) fn run_case<U: UseCase>(tx: &mut Tx<'_>, registrar: &Registrar, case: &Authorised<U>) -> Result<U::Answer, Failure> {
    recovery::check(tx, registrar, case)?;
    let mut work = Work { tx, registrar, actor: case.actor(), now: registrar.now(), quoted_fee: None };
    case.command().run(&mut work)
}

/// Reads an answer in `tx`.
pub(crate) fn run_question<Q: Question>(tx: &mut Tx<'_>, registrar: &Registrar, question: &Authorised<Q>) -> Result<Q::Answer, Failure> {
    let mut work = Work { tx, registrar, actor: question.actor(), now: registrar.now(), quoted_fee: None };
    question.command().run(&mut work)
}
