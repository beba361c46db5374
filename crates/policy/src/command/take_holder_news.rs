//! What became known about the holder of a name: verified, or to be verified anew (ACY-3 to ACY-8). It is said of each of their names.

use model::ContactId;

use crate::context::Context;
use crate::decision::Decision;
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::verdict::Verdict;
use crate::verification::{HolderNews, take_news};

pub(super) fn decide(
    registration: &Registration,
    contact: ContactId,
    news: HolderNews,
    context: &mut Context<'_>,
) -> Result<Verdict, Refusal> {
    if registration.registrant != Some(contact) || !registration.phase.is_sponsored() {
        return Ok(Verdict::default());
    }
    let mut decision = Decision::on(registration, context);
    take_news(&mut decision, news);
    Ok(decision.finish())
}
