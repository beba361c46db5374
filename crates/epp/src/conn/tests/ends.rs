//! How connections end, and how they stay alive.

use super::*;
use crate::conn::CloseReason;
use crate::testing::{check, delete};
use crate::wire::{ClientMessage, Command, CommandBody};

fn logout() -> super::super::Prepared {
    super::super::Prepared::new(&Command::new(CommandBody::Logout, "LOGOUT")).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_silent_registry_costs_the_connection_and_a_late_answer_meets_nobody() {
    let (connection, mut peer) = open(&settings()).await;
    let call = start(&connection, delete("ONE"));
    let one = peer.command().await;
    let exchange = call.await.unwrap();
    assert_eq!(unknown(&exchange), &CloseReason::Deadline(settings().deadlines.transform));
    peer.answer(&one, 1000).await;
    let next = connection.exchange(check("TWO")).await;
    assert!(matches!(not_sent(&next), NotSent::Closed(CloseReason::Deadline(_))), "{next:?}");
}

#[tokio::test(start_paused = true)]
async fn each_class_of_command_has_its_own_deadline() {
    for (prepared, seconds) in [(check("ONE"), 10), (delete("ONE"), 20), (logout(), 20)] {
        let (connection, mut peer) = open(&settings()).await;
        let call = start(&connection, prepared);
        let _one = peer.command().await;
        assert_eq!(unknown(&call.await.unwrap()), &CloseReason::Deadline(Duration::from_secs(seconds)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_registry_that_stops_reading_runs_into_the_deadline_too() {
    let (connection, peer) = open(&settings()).await;
    // More than the stream holds, so that a frame is stuck half written.
    let names: Vec<String> = (0..4000).map(|n| format!("a-rather-long-name-to-fill-the-pipe-{n}.example")).collect();
    let check = crate::wire::domain::Command::Check(crate::wire::Check::of(names.iter().map(String::as_str)));
    let big = super::super::Prepared::new(&Command::new(check, "BIG")).unwrap();
    let (first, second) = (start(&connection, big), start(&connection, delete("NEXT")));
    assert_eq!(unknown(&first.await.unwrap()), &CloseReason::Deadline(Duration::from_secs(10)));
    let second = second.await.unwrap();
    assert!(matches!(not_sent(&second), NotSent::Closed(_)), "no byte of it was offered to the stream: {second:?}");
    drop(peer);
}

#[tokio::test(start_paused = true)]
async fn an_idle_session_says_hello_at_half_time() {
    let (connection, mut peer) = open(&with_idle(120)).await;
    let began = tokio::time::Instant::now();
    for round in 1..=3 {
        assert!(matches!(peer.receive().await, Some(ClientMessage::Hello)));
        assert_eq!(began.elapsed().as_secs(), 60 * round);
        peer.greet().await;
    }
    let call = start(&connection, check("ONE"));
    let one = peer.command().await;
    peer.answer(&one, 1000).await;
    assert_eq!(code(&call.await.unwrap()), 1000);
    assert_eq!(connection.close_reason(), None);
}

#[tokio::test(start_paused = true)]
async fn a_hello_without_answer_ends_the_session() {
    let (connection, mut peer) = open(&with_idle(120)).await;
    assert!(matches!(peer.receive().await, Some(ClientMessage::Hello)));
    assert_eq!(connection.closed().await, CloseReason::Deadline(Duration::from_secs(20)));
}

#[tokio::test(start_paused = true)]
async fn draining_waits_for_answers_then_logs_out() {
    let (connection, mut peer) = open(&settings()).await;
    let first = start(&connection, delete("ONE"));
    let one = peer.command().await;
    let second = start(&connection, delete("TWO"));
    settle().await;
    let closing = connection.clone();
    let close = tokio::spawn(async move { closing.close(Some(logout())).await });
    settle().await;
    assert_eq!(not_sent(&second.await.unwrap()), &NotSent::ShuttingDown, "what waits is given back");
    assert_eq!(not_sent(&connection.exchange(check("THREE")).await), &NotSent::ShuttingDown);
    peer.answer(&one, 1000).await;
    assert_eq!(code(&first.await.unwrap()), 1000);
    let last = peer.command().await;
    assert_eq!(last.body, CommandBody::Logout);
    peer.answer(&last, 1500).await;
    assert_eq!(close.await.unwrap(), CloseReason::Announced { code: 1500 });
    assert!(peer.receive().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn draining_without_logout_says_goodbye_in_tls() {
    let (connection, mut peer) = open(&settings()).await;
    assert_eq!(connection.close(None).await, CloseReason::Drained);
    assert!(peer.receive().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn dropping_the_last_handle_finishes_what_is_outstanding() {
    let (connection, mut peer) = open(&settings()).await;
    let call = start(&connection, delete("ONE"));
    let one = peer.command().await;
    drop(connection);
    call.abort();
    settle().await;
    peer.answer(&one, 1000).await;
    assert!(peer.receive().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_closes_is_still_an_answer() {
    let (connection, mut peer) = open(&wide()).await;
    let (first, second) = (start(&connection, delete("ONE")), start(&connection, delete("TWO")));
    let (one, _two) = (peer.command().await, peer.command().await);
    peer.answer(&one, 2500).await;
    assert_eq!(code(&first.await.unwrap()), 2500);
    assert_eq!(unknown(&second.await.unwrap()), &CloseReason::Announced { code: 2500 });
    assert_eq!(connection.closed().await, CloseReason::Announced { code: 2500 });
}

#[tokio::test(start_paused = true)]
async fn a_connection_closed_while_idle_is_offered_no_byte() {
    let (connection, peer) = open(&settings()).await;
    peer.close().await;
    assert_eq!(connection.closed().await, CloseReason::ServerClosed);
    let exchange = connection.exchange(delete("ONE")).await;
    assert_eq!(not_sent(&exchange), &NotSent::Closed(CloseReason::ServerClosed));
}

#[tokio::test(start_paused = true)]
async fn prepared_frames_are_sent_byte_for_byte_and_never_printed() {
    let (connection, mut peer) = open(&settings()).await;
    let prepared = check("ONE");
    let stored = prepared.frame().expose().to_vec();
    let call = start(&connection, prepared.clone());
    let one = peer.command().await;
    peer.answer(&one, 1000).await;
    let exchange = call.await.unwrap();
    let Exchange::Answered(answer) = &exchange else { panic!("{exchange:?}") };
    assert_eq!(answer.request_frame.expose(), stored);
    assert!(answer.sent_at <= answer.received_at);
    assert_eq!(format!("{:?}", answer.request_frame), format!("[frame of {} bytes]", stored.len()));
    assert!(!format!("{prepared:?}").contains("one.example"));
}
