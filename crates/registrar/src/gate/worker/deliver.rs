//! One attempt: the exchange, and the questions that its answer calls for.

use epp::pool::Lane as PortLane;
use model::Timestamp;
use policy::{Lane, ObjectKey, Operation};

use super::claim::Claimed;
use super::note;
use super::record::Ended;
use super::ruling::Case;
use crate::gate::frame::Query;
use crate::gate::line::{Asked, Line};
use crate::gate::port::{Answered, Exchange, NotSent, PortRequest};
use crate::gate::prove::{Evidence, Finding, Proof, prove, questions};
use crate::gate::settle::{Reaction, Settled, settle};

/// Sends what was claimed, unless the lease grew too old meanwhile, and gives what is to be put on record.
pub(super) async fn deliver(line: &Line, claimed: Claimed, begin_until: Timestamp) -> Ended {
    let cltrid = Some(claimed.cltrid().clone());
    let exchange = if line.registrar.now() < begin_until {
        let request = PortRequest {
            lane: port_lane(claimed.row.intent.lane),
            tenant: claimed.tenant.clone(),
            object: Some(claimed.row.intent.object.to_string()),
            prepared: claimed.prepared.clone(),
        };
        line.port.exchange(request).await
    } else {
        Exchange::NotSent(NotSent::passing("the gate's lease is too old for a command to begin"))
    };
    match exchange {
        Exchange::NotSent(not_sent) => {
            let ruling = case(line, &claimed).not_sent(&not_sent);
            Ended { row: claimed.row, cltrid, answered: None, asked: Vec::new(), ruling }
        }
        Exchange::Unknown(unknown) => {
            tracing::info!(intent = %claimed.row.intent.id, reason = unknown.reason, "the outcome of a command is unknown");
            let ruling = case(line, &claimed).lost(&unknown);
            Ended { row: claimed.row, cltrid, answered: None, asked: Vec::new(), ruling }
        }
        Exchange::Answered(answered) => concluded(line, claimed, answered).await,
    }
}

async fn concluded(line: &Line, claimed: Claimed, answered: Box<Answered>) -> Ended {
    let had_unknown = claimed.earlier.iter().any(note::was_lost);
    let settled = settle(&claimed.operation, &answered.response, had_unknown);
    let (asked, findings) = ask_about(line, &claimed, &settled).await;
    let proof = matches!(settled, Settled::NeedsFacts | Settled::Doubtful { .. }).then(|| {
        let evidence = evidence(line, &claimed);
        prove(&claimed.row.intent.operation, &claimed.row.intent.object, &evidence, &findings)
    });
    let svtrid = answered.response.svtrid.as_ref().map(|id| id.as_str().to_owned());
    let shown = if proof.is_none() { findings.first() } else { None };
    let ruling = case(line, &claimed).answered(settled, svtrid, proof, shown);
    Ended { cltrid: Some(claimed.cltrid().clone()), row: claimed.row, answered: Some(answered), asked, ruling }
}

/// The questions that an answer calls for: where it led, whether it is an echo, or how the name stands after a refusal.
async fn ask_about(line: &Line, claimed: &Claimed, settled: &Settled) -> (Vec<Asked>, Vec<Finding>) {
    let intent = &claimed.row.intent;
    let queries = match settled {
        Settled::NeedsFacts | Settled::Doubtful { .. } => questions(&intent.operation, &intent.object),
        Settled::Outcome { reaction: Reaction::ObjectState, .. } | Settled::Again { .. } => state_of(&intent.object, &intent.operation),
        _ => Vec::new(),
    };
    ask_all(line, queries, port_lane(intent.lane)).await
}

/// How a name of ours stands after a refusal. One that is not ours yet has no state to take over.
fn state_of(object: &ObjectKey, operation: &Operation) -> Vec<Query> {
    match (object, operation) {
        (_, Operation::CreateDomain { .. } | Operation::RequestTransfer { .. } | Operation::CancelTransfer) => Vec::new(),
        (ObjectKey::Domain(name), _) => vec![Query::Domain(name.clone())],
        _ => Vec::new(),
    }
}

/// Asks one after the other, so that a later answer is not older than an earlier one.
pub(super) async fn ask_all(line: &Line, queries: Vec<Query>, lane: PortLane) -> (Vec<Asked>, Vec<Finding>) {
    let mut asked = Vec::with_capacity(queries.len());
    for query in queries {
        asked.push(line.ask(query, lane).await);
    }
    let findings = asked.iter().map(Asked::finding).collect();
    (asked, findings)
}

/// The answer came, and every earlier attempt was settled before this one: nothing is under way any more.
fn evidence<'e>(line: &'e Line, claimed: &'e Claimed) -> Evidence<'e> {
    let now = line.registrar.now();
    let left = claimed.earlier.iter().filter(|attempt| note::has_left(attempt)).map(|attempt| attempt.sent_at);
    Evidence {
        us: &line.us,
        first_sent_at: left.chain([claimed.sent_at]).min().unwrap_or(claimed.sent_at),
        settled_from: now,
        now,
        contact: claimed.contact.as_ref(),
    }
}

fn case<'c>(line: &'c Line, claimed: &'c Claimed) -> Case<'c> {
    Case {
        row: &claimed.row,
        registry: line.registry(),
        deadline: line.transform_deadline(),
        failures: claimed.earlier.iter().filter(|attempt| note::has_failed(attempt)).count(),
        now: line.registrar.now(),
    }
}

/// The pool's lane of an intent's lane.
pub(super) fn port_lane(lane: Lane) -> PortLane {
    match lane {
        Lane::Interactive => PortLane::Interactive,
        Lane::Bulk => PortLane::Bulk,
    }
}

/// What proof of an earlier attempt says, for the prover of this worker.
pub(super) fn proof_of(
    line: &Line,
    row: &store::intents::IntentRow,
    attempts: &[store::intents::Attempt],
    contact: Option<&model::Contact>,
    settled_from: Timestamp,
    findings: &[Finding],
) -> Proof {
    let left = attempts.iter().filter(|attempt| note::has_left(attempt)).map(|attempt| attempt.sent_at);
    let first_sent_at = left.min().or(row.sent_at).unwrap_or(row.ready_at);
    let evidence = Evidence { us: &line.us, first_sent_at, settled_from, now: line.registrar.now(), contact };
    prove(&row.intent.operation, &row.intent.object, &evidence, findings)
}
