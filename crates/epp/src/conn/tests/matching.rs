//! Which answer belongs to which command.

use super::*;
use crate::conn::CloseReason;
use crate::testing::{check, delete, response};
use crate::wire::{DeviationKind, EppResult, ResultCode};

#[tokio::test(start_paused = true)]
async fn queries_are_pipelined_and_answered_in_order() {
    let (connection, mut peer) = open(&settings()).await;
    let calls: Vec<_> = ["ONE", "TWO", "THREE"].map(|id| start(&connection, check(id))).into();
    let mut commands = Vec::new();
    for _ in 0..3 {
        commands.push(peer.command().await);
    }
    assert_eq!(connection.load().outstanding, 3);
    assert!(connection.load().bytes_in_flight > 600);
    for (command, code) in commands.iter().zip([1000, 2303, 2306]) {
        peer.answer(command, code).await;
    }
    let mut codes = Vec::new();
    for call in calls {
        codes.push(code(&call.await.unwrap()));
    }
    assert_eq!(codes, [1000, 2303, 2306]);
    assert_eq!((connection.load().outstanding, connection.load().bytes_in_flight), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn transforms_go_one_at_a_time_unless_the_window_is_wider() {
    for (settings, on_the_wire) in [(settings(), 1), (wide(), 3)] {
        let (connection, mut peer) = open(&settings).await;
        let calls: Vec<_> = ["ONE", "TWO", "THREE"].map(|id| start(&connection, delete(id))).into();
        settle().await;
        assert_eq!(connection.load().outstanding, on_the_wire);
        for _ in 0..3 {
            let command = peer.command().await;
            peer.answer(&command, 1000).await;
        }
        for call in calls {
            assert_eq!(code(&call.await.unwrap()), 1000);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn callers_that_go_away_do_not_shift_the_answers() {
    let (connection, mut peer) = open(&settings()).await;
    let (first, second) = (start(&connection, check("ONE")), start(&connection, check("TWO")));
    let (one, two) = (peer.command().await, peer.command().await);
    first.abort();
    second.abort();
    let third = start(&connection, check("THREE"));
    let three = peer.command().await;
    for (command, code) in [(&one, 2303), (&two, 2306), (&three, 1000)] {
        peer.answer(command, code).await;
    }
    let exchange = third.await.unwrap();
    let Exchange::Answered(answer) = &exchange else { panic!("{exchange:?}") };
    assert_eq!((answer.cltrid.as_str(), answer.response.code().get()), ("THREE", 1000));
    assert_eq!(answer.response.svtrid.as_ref().unwrap().as_str(), "SV-THREE");
}

#[tokio::test(start_paused = true)]
async fn a_command_whose_caller_went_away_before_its_turn_is_not_sent() {
    let (connection, mut peer) = open(&settings()).await;
    let first = start(&connection, delete("ONE"));
    let one = peer.command().await;
    let second = start(&connection, delete("TWO"));
    settle().await;
    second.abort();
    let third = start(&connection, delete("THREE"));
    peer.answer(&one, 1000).await;
    let three = peer.command().await;
    assert_eq!(three.cltrid.as_ref().unwrap().as_str(), "THREE", "the second was withdrawn");
    peer.answer(&three, 1000).await;
    assert_eq!((code(&first.await.unwrap()), code(&third.await.unwrap())), (1000, 1000));
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_another_command_poisons_the_connection() {
    let (connection, mut peer) = open(&settings()).await;
    let (first, second) = (start(&connection, check("ONE")), start(&connection, check("TWO")));
    let (_one, two) = (peer.command().await, peer.command().await);
    peer.answer(&two, 1000).await;
    for call in [first, second] {
        let exchange = call.await.unwrap();
        assert!(matches!(unknown(&exchange), CloseReason::OutOfOrder(_)), "{exchange:?}");
    }
    insta::assert_snapshot!(connection.closed().await, @"the registry answered out of order: a response to `TWO` came where the response to `ONE` was due");
    let late = connection.exchange(check("LATE")).await;
    assert!(matches!(not_sent(&late), NotSent::Closed(CloseReason::OutOfOrder(_))), "{late:?}");
}

#[tokio::test(start_paused = true)]
async fn a_response_without_cltrid_is_believed_only_when_it_can_be_no_other() {
    let cases = [
        // (commands outstanding, code, believed)
        (1, 2001, true),
        (1, 2400, true),
        (1, 1000, false),
        (1, 2500, false),
        (2, 2001, false),
    ];
    for (outstanding, answer, is_believed) in cases {
        let (connection, mut peer) = open(&settings()).await;
        let call = start(&connection, check("ONE"));
        let one = peer.command().await;
        if outstanding == 2 {
            drop(start(&connection, check("TWO")));
            peer.command().await;
        }
        let mut response = response(&one, answer);
        response.cltrid = None;
        peer.respond(&response).await;
        let exchange = call.await.unwrap();
        match &exchange {
            Exchange::Answered(answered) if is_believed => {
                assert_eq!(answered.deviations.iter().filter(|d| d.kind == DeviationKind::Missing).count(), 1);
            }
            Exchange::Unknown(_) if !is_believed => {}
            other => panic!("{outstanding} outstanding, {answer}: {other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_nobody_asked_for_ends_the_connection() {
    let (connection, mut peer) = open(&settings()).await;
    peer.greet().await;
    assert!(matches!(connection.closed().await, CloseReason::OutOfOrder(_)));

    let (connection, mut peer) = open(&settings()).await;
    let call = start(&connection, check("ONE"));
    let _one = peer.command().await;
    peer.greet().await;
    let exchange = call.await.unwrap();
    assert!(matches!(unknown(&exchange), CloseReason::OutOfOrder(_)), "a greeting is no answer to a command: {exchange:?}");

    let (connection, mut peer) = open(&settings()).await;
    let idle_notice = crate::wire::Response::new(ResultCode(2500), None, "SV-IDLE");
    peer.respond(&idle_notice).await;
    assert_eq!(connection.closed().await, CloseReason::Announced { code: 2500 });
}

#[tokio::test(start_paused = true)]
async fn several_results_are_all_kept() {
    let (connection, mut peer) = open(&settings()).await;
    let call = start(&connection, check("ONE"));
    let one = peer.command().await;
    let mut response = response(&one, 2306);
    let cause = crate::xml::Element::new(crate::namespace::Namespace::Domain, "name").with_text("one.example");
    response.results.push(EppResult::new(ResultCode(2004)).because(cause, "is reserved"));
    peer.respond(&response).await;
    let exchange = call.await.unwrap();
    let results = &exchange.response().unwrap().results;
    assert_eq!(results.iter().map(|result| result.code.get()).collect::<Vec<_>>(), [2306, 2004]);
    assert_eq!(results[1].ext_values[0].reason.text, "is reserved");
}
