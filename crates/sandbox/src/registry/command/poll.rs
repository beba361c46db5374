//! `poll` (RFC 5730 section 2.9.2.3), with the payloads a client did not declare set aside (RFC 9038).

use epp::extension::unhandled::lift;
use epp::{MessageQueue, Namespace, Poll, Response, ResultCode};
use policy::profile::Quirk;

use super::{Call, Reply, namespace_of};
use crate::registry::poll::PollQueue;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::{Registry, SessionState};

pub(crate) fn poll(registry: &mut Registry, call: &Call<'_>, poll: &Poll) -> Outcome<Reply> {
    match poll {
        Poll::Request => Ok(request(registry, call)),
        Poll::Acknowledge { message_id } => acknowledge(registry, call, message_id),
    }
}

fn request(registry: &Registry, call: &Call<'_>) -> Reply {
    let queue = registry.queues.get(&call.registrar);
    let Some((queue, message)) = queue.and_then(|queue| queue.first().map(|message| (queue, message))) else {
        return Reply::of(ResultCode::NO_MESSAGES);
    };
    let mut reply = Reply::of(ResultCode::ACK_TO_DEQUEUE);
    reply.queue = Some(MessageQueue {
        count: queue.len() as u64,
        id: message.id.to_string(),
        queued: Some(message.queued),
        message: Some(message.text.as_str().into()),
    });
    reply.data.clone_from(&message.data);
    reply.extensions.clone_from(&message.extensions);
    reply
}

fn acknowledge(registry: &mut Registry, call: &Call<'_>, id: &str) -> Outcome<Reply> {
    let queue: &mut PollQueue = registry.queues.entry(call.registrar.clone()).or_default();
    ensure(queue.acknowledge(id), || Refusal::not_found(format!("message {id} at the head of the queue")))?;
    let next = queue.first().map(|next| (queue.len() as u64, next.id.to_string()));
    let is_odd = next.is_none() && registry.has_quirk(Quirk::AckAnswers1300);
    let mut reply = Reply::of(if is_odd { ResultCode::NO_MESSAGES } else { ResultCode::COMPLETED });
    reply.queue = next.map(|(count, id)| MessageQueue { count, id, queued: None, message: None });
    Ok(reply)
}

/// Fits a message to what the login declared: undeclared payloads stand in the `extValue` of the success result (RFC 9038 section 3);
/// a client that has not even declared that practice gets the text alone.
pub(crate) fn fit(session: &SessionState, response: &mut Response) {
    let is_declared = |ns: &epp::Ns| session.uses(ns);
    if session.services.contains(&Namespace::UnhandledNamespaces) && lift(response, is_declared).is_ok() {
        return;
    }
    response.data.retain(|data| is_declared(&namespace_of(data)));
    response.extensions.retain(|extension| is_declared(&extension.namespace()));
}
