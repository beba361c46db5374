//! Frames as bad as they come.

use super::*;
use crate::conn::CloseReason;
use crate::frame::{CLIENT_MAX_FRAME_BYTES, FrameError, encode};
use crate::testing::{check, delete, response};
use crate::wire::{FailureClass, ResponseData, encode_response};

/// The response to a command as bytes, with a piece of text replaced by another.
fn doctored(command: &crate::wire::Command, code: u16, from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(encode_response(&response(command, code)).unwrap()).unwrap();
    assert!(text.contains(from), "{text}");
    text.replace(from, to).into_bytes()
}

#[tokio::test(start_paused = true)]
async fn four_gigabytes_announced_cost_nothing_and_end_the_connection() {
    let (connection, mut peer) = open(&settings()).await;
    let call = start(&connection, delete("ONE"));
    let _one = peer.command().await;
    peer.send_raw(&u32::MAX.to_be_bytes()).await;
    let exchange = call.await.unwrap();
    let expected = FrameError::TooLong { announced: u64::from(u32::MAX), limit: CLIENT_MAX_FRAME_BYTES };
    assert_eq!(unknown(&exchange), &CloseReason::Frame(expected));
}

#[tokio::test(start_paused = true)]
async fn a_header_in_four_pieces_is_a_header() {
    let (connection, mut peer) = open(&settings()).await;
    let call = start(&connection, check("ONE"));
    let one = peer.command().await;
    let unit = encode(&encode_response(&response(&one, 1000)).unwrap(), CLIENT_MAX_FRAME_BYTES).unwrap();
    for piece in unit[..4].chunks(1).chain([&unit[4..]]) {
        peer.send_raw(piece).await;
        settle().await;
    }
    assert_eq!(code(&call.await.unwrap()), 1000);
}

#[tokio::test(start_paused = true)]
async fn a_megabyte_in_pieces_of_3_kb_is_a_response() {
    let (connection, mut peer) = open(&settings()).await;
    let call = start(&connection, check("ONE"));
    let one = peer.command().await;
    let long = format!("Command completed {}", "very ".repeat(200_000));
    let unit = encode(&doctored(&one, 1000, "Command completed ", &long), CLIENT_MAX_FRAME_BYTES).unwrap();
    assert!(unit.len() > 1_000_000);
    let writer = tokio::spawn(async move {
        for piece in unit.chunks(3_000) {
            peer.send_raw(piece).await;
        }
        peer
    });
    let exchange = call.await.unwrap();
    let Exchange::Answered(answer) = &exchange else { panic!("{exchange:?}") };
    assert!(answer.response_frame.expose().len() > 1_000_000);
    writer.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn slow_bytes_do_not_stretch_the_deadline() {
    let (connection, mut peer) = open(&settings()).await;
    let began = tokio::time::Instant::now();
    let call = start(&connection, check("ONE"));
    let one = peer.command().await;
    let unit = encode(&encode_response(&response(&one, 1000)).unwrap(), CLIENT_MAX_FRAME_BYTES).unwrap();
    tokio::spawn(async move {
        for byte in unit {
            peer.send_raw(&[byte]).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    });
    let exchange = call.await.unwrap();
    let deadline = settings().deadlines.query;
    assert_eq!(unknown(&exchange), &CloseReason::Deadline(deadline));
    assert!(began.elapsed() >= deadline && began.elapsed() < deadline + Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_code_is_classified_by_its_digits() {
    for (sent, class) in [("1999", None), ("2399", Some(FailureClass::DataManagement)), ("2999", Some(FailureClass::Other))] {
        let (connection, mut peer) = open(&settings()).await;
        let call = start(&connection, check("ONE"));
        let one = peer.command().await;
        peer.send(&doctored(&one, 2400, "2400", sent)).await;
        let exchange = call.await.unwrap();
        assert_eq!(exchange.response().unwrap().code().failure_class(), class, "{sent}");
        assert_eq!(connection.close_reason(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_payload_is_kept_with_its_response() {
    let (connection, mut peer) = open(&settings()).await;
    let call = start(&connection, check("ONE"));
    let one = peer.command().await;
    let payload = "</result><msgQ count=\"7\" id=\"-42\"><qDate>2026-11-23T11:00:00.0Z</qDate><msg>Something new</msg></msgQ>\
                   <resData><n:newsData xmlns:n=\"urn:example:news-1.0\"><n:headline>Fresh</n:headline></n:newsData></resData>";
    peer.send(&doctored(&one, 1301, "</result>", payload)).await;
    let exchange = call.await.unwrap();
    let response = exchange.response().unwrap();
    assert_eq!(response.queue.as_ref().unwrap().id, "-42");
    let [ResponseData::Raw(news)] = response.data.as_slice() else { panic!("{:?}", response.data) };
    assert_eq!(news.ns.urn(), "urn:example:news-1.0");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_response_leaves_the_command_unknown() {
    let frames = [
        "<epp xmlns=\"urn:ietf:params:xml:ns:epp-1.0\"><response>",
        "<!DOCTYPE epp [<!ENTITY a \"b\">]><epp xmlns=\"urn:ietf:params:xml:ns:epp-1.0\"/>",
        "<html><body>502 Bad Gateway</body></html>",
        "not XML at all",
    ];
    for frame in frames {
        let (connection, mut peer) = open(&settings()).await;
        let call = start(&connection, delete("ONE"));
        let _one = peer.command().await;
        peer.send(frame.as_bytes()).await;
        let exchange = call.await.unwrap();
        assert!(matches!(unknown(&exchange), CloseReason::Undecodable(_)), "{frame}: {exchange:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn header_and_body_leave_in_one_record() {
    use tokio::io::AsyncReadExt;
    let (ours, mut theirs) = tokio::io::duplex(64 * 1024);
    let greeting = encode(&crate::wire::encode_greeting(&Peer::greeting()).unwrap(), CLIENT_MAX_FRAME_BYTES).unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut theirs, &greeting).await.unwrap();
    let (connection, _) = Connection::over(ours, "test", &settings()).await.unwrap();
    let prepared = check("ONE");
    let body = prepared.frame().expose().to_vec();
    let _call = start(&connection, prepared);
    settle().await;
    let mut first = vec![0; 64 * 1024];
    let got = theirs.read(&mut first).await.unwrap();
    assert_eq!(first[..got], encode(&body, CLIENT_MAX_FRAME_BYTES).unwrap());
}
