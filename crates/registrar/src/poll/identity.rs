//! What stays the same when a registry sends a message again: everything but the transaction ids and the number of messages waiting.

use epp::xml::{self, Element, Node};

/// The bytes by which a repeat is recognised.
pub(super) fn of_frame(frame: &[u8]) -> Vec<u8> {
    let stripped = xml::parse(frame).ok().map(|document| strip(document.root));
    // A frame that cannot be written again is its own identity: it may then be stored twice, and is never lost.
    stripped.and_then(|root| xml::to_document(&root).ok()).unwrap_or_else(|| frame.to_vec())
}

fn strip(mut element: Element) -> Element {
    if element.name == "msgQ" {
        element.attrs.retain(|attribute| attribute.name != "count");
    }
    element.children = std::mem::take(&mut element.children)
        .into_iter()
        .filter(|child| !matches!(child, Node::Element(child) if child.name == "trID" && element.name == "response"))
        .map(|child| match child {
            Node::Element(child) if matches!(child.name.as_ref(), "response" | "msgQ") => Node::Element(strip(child)),
            other => other,
        })
        .collect();
    element
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(count: u32, text: &str, trid: u32) -> String {
        format!(
            r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><response><result code="1301"><msg>ack</msg></result><msgQ count="{count}" id="7"><qDate>2026-11-23T12:00:00Z</qDate><msg>{text}</msg></msgQ><trID><clTRID>nkq-{trid}</clTRID><svTRID>sv-{trid}</svTRID></trID></response></epp>"#
        )
    }

    #[test]
    fn a_repeat_is_the_same_message_and_another_text_is_not() {
        let first = of_frame(frame(3, "Transfer requested.", 1).as_bytes());
        assert_eq!(first, of_frame(frame(2, "Transfer requested.", 2).as_bytes()));
        assert_ne!(first, of_frame(frame(3, "Transfer approved.", 1).as_bytes()));
        assert!(!String::from_utf8(first).unwrap().contains("nkq-"));
        assert_eq!(of_frame(b"no xml"), b"no xml");
    }
}
