use super::domains::{info_data, transaction, transfer_data};
use super::{Samples, done, now, response};
use crate::namespace::Namespace;
use crate::wire::domain::Data;
use crate::wire::{EppResult, LangText, MessageQueue, PendingData, ResponseData, ResultCode, ResultValue};
use crate::xml::Element;

/// A message as `poll req` shows it.
pub(super) fn queue() -> MessageQueue {
    let message = LangText { text: "Transfer requested.\nPlease act.".into(), lang: Some("en".into()) };
    MessageQueue { count: 5, id: "12345".into(), queued: Some(now()), message: Some(message) }
}

fn cause() -> Element {
    Element::new(Namespace::Domain, "name").with_text("-bad-.alpha")
}

pub(super) fn add(samples: &mut Samples) {
    for code in ResultCode::ALL {
        samples.response(&format!("result-{code}"), response(*code));
    }
    let mut several = response(ResultCode::PARAMETER_SYNTAX);
    several.results[0].values.push(ResultValue::element(cause()));
    let second = EppResult::new(ResultCode::PARAMETER_RANGE).because(cause(), LangText { text: "Zu lang".into(), lang: Some("de".into()) });
    several.results.push(second.because(cause(), "Also not a name"));
    samples.response("result-several", several);
    let mut anonymous = done();
    anonymous.cltrid = None;
    samples.response("result-without-cltrid", anonymous);
    polls(samples);
}

fn polls(samples: &mut Samples) {
    samples.response("poll-empty", response(ResultCode::NO_MESSAGES));
    let mut acknowledged = done();
    acknowledged.queue = Some(MessageQueue { count: 4, id: "-12345".into(), queued: None, message: None });
    samples.response("poll-acknowledged", acknowledged);
    let pending = PendingData { name: "example.alpha".into(), is_approved: true, transaction: transaction(), decided: now() };
    let payloads: [(&str, Option<ResponseData>); 4] = [
        ("text-only", None),
        ("transfer", Some(transfer_data().into())),
        ("domain", Some(Data::Info(Box::new(info_data())).into())),
        ("pending", Some(Data::Pending(pending).into())),
    ];
    for (name, payload) in payloads {
        let mut message = response(ResultCode::ACK_TO_DEQUEUE);
        message.queue = Some(queue());
        message.data.extend(payload);
        samples.response(&format!("poll-message-{name}"), message);
    }
}
