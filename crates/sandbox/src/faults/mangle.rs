//! Responses as no strict encoder writes them, for clients that must cope.

use epp::xml::{self, Element, Node};
use epp::{EppResult, Namespace, Response, ResultCode, encode_response};

/// The response with `resData` before `msgQ` and `svTRID` before `clTRID`, as some registries send it.
pub(crate) fn reordered(frame: &[u8]) -> Vec<u8> {
    changed(frame, |response| {
        response.children.sort_by_key(|node| rank(node, &["result", "resData", "msgQ", "extension", "trID"]));
        for node in &mut response.children {
            if let Node::Element(ids) = node
                && ids.name == "trID"
            {
                ids.children.sort_by_key(|node| rank(node, &["svTRID", "clTRID"]));
            }
        }
    })
}

/// The response with a result code that RFC 5730 does not define.
pub(crate) fn unknown_code(frame: &[u8]) -> Vec<u8> {
    changed(frame, |response| {
        for node in &mut response.children {
            if let Node::Element(result) = node
                && result.name == "result"
                && let Some(code) = result.attrs.iter_mut().find(|attr| attr.name == "code")
            {
                code.value = "2309".to_owned();
            }
        }
    })
}

/// A failure with two results.
pub(crate) fn several_results(mut response: Response) -> Response {
    let cause = || Element::new(Namespace::Epp, "undef");
    response.results = vec![
        EppResult::new(ResultCode::POLICY_ERROR).because(cause(), "first of two"),
        EppResult::new(ResultCode::PARAMETER_RANGE).because(cause(), "second of two"),
    ];
    response.data.clear();
    response.extensions.clear();
    response
}

/// A failure with this code in place of what would have been answered.
pub(crate) fn failure(code: ResultCode, like: &Response) -> Response {
    let svtrid = like.svtrid.clone().unwrap_or_else(|| "SANDBOX-FAULT".into());
    Response::new(code, like.cltrid.clone(), svtrid)
}

fn rank(node: &Node, order: &[&str]) -> usize {
    match node {
        Node::Element(element) => order.iter().position(|name| element.name == *name).unwrap_or(order.len()),
        Node::Text(_) => order.len(),
    }
}

/// The frame with its `response` element changed; the frame itself when it holds none.
fn changed(frame: &[u8], change: impl FnOnce(&mut Element)) -> Vec<u8> {
    let rewrite = || {
        let mut root = xml::parse(frame).ok()?.root;
        let response = root.children.iter_mut().find_map(|node| match node {
            Node::Element(element) if element.name == "response" => Some(element),
            _ => None,
        })?;
        change(response);
        xml::to_document(&root).ok()
    };
    rewrite().unwrap_or_else(|| frame.to_vec())
}

/// The bytes of a response; what cannot be written becomes a 2400, since an answer there must be.
pub(crate) fn written(response: &Response) -> Vec<u8> {
    encode_response(response)
        .or_else(|error| {
            tracing::error!(%error, "a response could not be written");
            encode_response(&failure(ResultCode::COMMAND_FAILED, response))
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use epp::{DeviationKind, MessageQueue, decode_response};

    use super::*;

    fn sample() -> Response {
        let mut response = Response::new(ResultCode::ACK_TO_DEQUEUE, Some("ABC-12345".into()), "SV-1");
        response.queue = Some(MessageQueue { count: 1, id: "7".into(), queued: None, message: None });
        response.with_data(epp::ResponseData::Raw(Element::new(Namespace::Domain, "renData")))
    }

    #[test]
    fn mangled_answers_are_still_read_by_a_tolerant_client() {
        let frame = encode_response(&sample()).unwrap();
        let reordered = decode_response(&reordered(&frame)).unwrap();
        assert!(reordered.deviations.iter().filter(|found| found.kind == DeviationKind::Order).count() >= 2);
        assert_eq!(reordered.value.cltrid, sample().cltrid);
        assert_eq!(decode_response(&unknown_code(&frame)).unwrap().value.code(), ResultCode(2309));
        let twice = encode_response(&several_results(sample())).unwrap();
        assert_eq!(decode_response(&twice).unwrap().value.results.len(), 2);
    }
}
