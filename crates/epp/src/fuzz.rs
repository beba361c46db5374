//! Every parser that meets the network as a plain function over bytes, for fuzzers and for the replay of their finds.
//!
//! A target must return for any input: no panic, no endless loop, no memory beyond the limits. Where a message was understood, it also
//! holds what was understood against the encoder: what is written again must be read as the same.

use crate::frame::{FrameReader, SERVER_MAX_FRAME_BYTES};
use crate::redact::redact;
use crate::wire::{
    ClientMessage, Command, Response, ServerMessage, decode_client_frame, decode_response, decode_server_frame, encode_command,
    encode_response,
};
use crate::xml;

/// Bytes as a stream of data units.
pub fn fuzz_target_frames(bytes: &[u8]) {
    let mut reader = FrameReader::new(SERVER_MAX_FRAME_BYTES);
    let mut input = bytes;
    while !input.is_empty() {
        if reader.push(&mut input).is_err() {
            return;
        }
    }
}

/// Bytes as an XML document; what is accepted can be written and is read back as the same tree.
pub fn fuzz_target_xml(bytes: &[u8]) {
    let Ok(document) = xml::parse(bytes) else { return };
    let Ok(written) = xml::to_document(&document.root) else { return };
    let again = xml::parse(&written).map(|document| document.root);
    assert_eq!(again.as_ref(), Ok(&document.root), "a written document is read back as it was");
}

/// Bytes as a frame of a registry.
pub fn fuzz_target_server_frame(bytes: &[u8]) {
    let Ok(decoded) = decode_server_frame(bytes) else { return };
    if let ServerMessage::Response(response) = decoded.value {
        same_response(&response);
    }
}

/// Bytes as a frame of a registrar; what is accepted can always be written.
pub fn fuzz_target_client_frame(bytes: &[u8]) {
    let Ok(ClientMessage::Command(command)) = decode_client_frame(bytes) else { return };
    same_command(&command);
}

/// Bytes as a frame to be logged.
pub fn fuzz_target_redact(bytes: &[u8]) {
    let text = redact(bytes);
    assert!(text.len() <= bytes.len().saturating_mul(64) + 1024, "a redacted frame stays in proportion");
}

/// All targets over the same bytes.
pub fn fuzz_target_all(bytes: &[u8]) {
    fuzz_target_frames(bytes);
    fuzz_target_xml(bytes);
    fuzz_target_server_frame(bytes);
    fuzz_target_client_frame(bytes);
    fuzz_target_redact(bytes);
}

fn same_command(command: &Command) {
    match encode_command(command) {
        Ok(frame) => assert_eq!(crate::wire::decode_command(&frame).as_ref(), Ok(command), "an accepted command is read back as it was"),
        // Raw subtrees may hold names we accept and do not write; everything typed was written once already.
        Err(error) => assert!(error.at == "the document", "an accepted command cannot be written: {error}"),
    }
}

fn same_response(response: &Response) {
    let Ok(frame) = encode_response(response) else { return };
    let again = decode_response(&frame).map(|decoded| decoded.value);
    assert_eq!(again.as_ref(), Ok(response), "a response that can be written is read back as it was");
}
