//! An operation on a host or contact object that the life of a name does not call for by itself: somebody asked for it.

use model::IntentId;
use policy::{Event, Intent, Lane, ObjectKey, Operation, Registration, Verdict};

use super::{Subject, commit};
use crate::failure::Failure;
use crate::order::Receipt;
use crate::use_case::Work;

/// Writes down the intent on behalf of `registration` and notes it there, so that its settlement is followed like every other.
/// The business key holds `occasion`: two askings on one occasion are one operation. It waits until all of `after` are confirmed.
pub(crate) fn intend(
    work: &mut Work<'_, '_>,
    registration: Registration,
    object: ObjectKey,
    operation: Operation,
    occasion: &str,
    after: Vec<IntentId>,
) -> Result<Receipt, Failure> {
    let id = IntentId::new(work.now, &mut work.draw());
    let intent = Intent {
        id,
        registry: registration.registry.clone(),
        object: object.clone(),
        domain: registration.id,
        business_key: format!("{}:{occasion}", operation.word()),
        operation: operation.clone(),
        lane: Lane::Interactive,
        after,
        decided_at: work.now,
    };
    let decided = Event::IntentDecided { intent: id, object, operation };
    let verdict = Verdict { events: vec![decided], intents: vec![intent], ..Verdict::default() };
    let subject = Subject::of(work.registrar, registration)?;
    commit(work.tx, work.registrar, work.actor, subject, &verdict, work.now)
}
