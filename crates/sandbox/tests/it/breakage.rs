//! Faults on demand over TLS: what the client sees, and what the registry's ledger says.

use std::time::{Duration, Instant};

use epp::{ServerMessage, encode_command, frame};
use sandbox::{Fault, FaultPlan, Position, Scope, Trigger};

use crate::link::*;
use crate::rig::*;

fn plan(fault: Fault) -> FaultPlan {
    FaultPlan::one(7, Trigger::Nth(1), Scope::Transforms, fault)
}

/// No answer to a transform is shorter, header included.
const LEAST_ANSWER_BYTES: u32 = 200;
/// How long a connection is watched that is to stay open.
const WATCH: Duration = Duration::from_millis(150);

/// What a client sees of one host create under a fault.
#[derive(Debug, PartialEq)]
enum Seen {
    Code(u16),
    Cut,
}

async fn struck(fault: Fault) -> (Seen, usize, bool, Duration) {
    let stage = stage().await;
    let mut link = stage.session(A).await;
    let control = stage.control().await;
    control.set_faults(Some(&thick()), plan(fault)).await.unwrap();
    let began = Instant::now();
    let seen = match link.send(host_create("ns1.elsewhere.example", &[])).await {
        Some(response) => Seen::Code(response.code().get()),
        None => Seen::Cut,
    };
    let took = began.elapsed();
    let executed = control.ledger(&thick(), 0).await.unwrap().len();
    control.clear_faults().await.unwrap();
    let lives = link.code(check(&["free.thick"])).await == 1000;
    (seen, executed, lives, took)
}

#[tokio::test]
async fn each_fault_does_what_it_says() {
    use Fault::*;
    #[rustfmt::skip]
    let table = [
        // fault                                   seen              executed  session lives
        (CutRequest(Position::Bytes(0)),           Seen::Cut,               0, false),
        (CutRequest(Position::Bytes(200)),         Seen::Cut,               0, false),
        (CutRequest(Position::Bytes(u32::MAX)),    Seen::Cut,               0, false),
        (CutRequest(Position::Random),             Seen::Cut,               0, false),
        (CutResponse(Position::Bytes(0)),          Seen::Cut,               1, false),
        (CutResponse(Position::Bytes(3)),          Seen::Cut,               1, false),
        (CutResponse(Position::Bytes(60)),         Seen::Cut,               1, false),
        (CutResponse(Position::Random),            Seen::Cut,               1, false),
        (OversizeFrame,                            Seen::Cut,               1, false),
        (DelayMs(30),                              Seen::Code(1000),        1, true),
        (SlowBytes(1),                             Seen::Code(1000),        1, true),
        (Reordered,                                Seen::Code(1000),        1, true),
        (CommandFailed,                            Seen::Code(2400),        0, true),
        (FailedBeforeExecution,                    Seen::Code(2500),        0, false),
        (FailedAfterExecution,                     Seen::Code(2500),        1, false),
        (SessionLimit,                             Seen::Code(2502),        0, false),
        (UnknownCode,                              Seen::Code(2309),        0, true),
        (SeveralResults,                           Seen::Code(2306),        0, true),
    ];
    for (fault, seen, executed, lives) in table {
        let (saw, ran, lived, took) = struck(fault).await;
        assert_eq!((saw, ran, lived), (seen, executed, lives), "{fault:?}");
        let least = match fault {
            DelayMs(ms) => Duration::from_millis(ms.into()),
            SlowBytes(ms) => Duration::from_millis(ms.into()) * LEAST_ANSWER_BYTES,
            _ => Duration::ZERO,
        };
        assert!(took >= least, "{fault:?} took {took:?}");
    }
}

/// A request that is cut ends with its nth byte: not before, and without waiting for the rest. What falls before the verb's tag
/// falls on the end of it.
#[tokio::test]
async fn a_request_is_cut_at_its_byte() {
    let stage = stage().await;
    let control = stage.control().await;
    for (asked, cut_at) in [(3, None), (60, None), (200, Some(200)), (250, Some(250))] {
        let mut link = stage.session(A).await;
        control.set_faults(None, plan(Fault::CutRequest(Position::Bytes(asked)))).await.unwrap();
        let command = link.command(host_create("ns1.elsewhere.example", &[]));
        let unit = frame::encode(&encode_command(&command).unwrap(), frame::CLIENT_MAX_FRAME_BYTES).unwrap();
        let tag_end = unit.windows(8).position(|window| window == b"<create>").unwrap() + 8;
        let cut_at = cut_at.unwrap_or(tag_end);
        assert!(tag_end <= cut_at && cut_at < unit.len(), "{tag_end} {cut_at} {}", unit.len());
        link.write(&unit[..cut_at - 1]).await;
        assert!(tokio::time::timeout(WATCH, link.frame()).await.is_err(), "ended before byte {cut_at}");
        link.write(&unit[cut_at - 1..cut_at]).await;
        assert_eq!(link.frame().await, None, "went on after byte {cut_at}");
    }
    assert_eq!(control.ledger(&thick(), 0).await.unwrap(), vec![]);
}

#[tokio::test]
async fn a_duplicate_answer_comes_twice_and_the_command_ran_once() {
    let stage = stage().await;
    let mut link = stage.session(A).await;
    let control = stage.control().await;
    control.set_faults(None, plan(Fault::Duplicate)).await.unwrap();
    let first = link.send(host_create("ns1.elsewhere.example", &[])).await.unwrap();
    assert_eq!(link.response().await.unwrap(), first);
    assert_eq!(control.ledger(&thick(), 0).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_delay_delays_and_others_go_on() {
    let stage = stage().await;
    let (mut slow, mut quick) = (stage.session(A).await, stage.session(B).await);
    stage.control().await.set_faults(None, plan(Fault::DelayMs(400))).await.unwrap();
    let command = slow.command(host_create("ns1.elsewhere.example", &[]));
    let sent_at = Instant::now();
    slow.write_frame(&encode_command(&command).unwrap()).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(quick.code(host_info("ns1.elsewhere.example")).await, 1000, "executed, and nobody else waits");
    assert!(matches!(slow.message().await, Some(ServerMessage::Response(_))));
    assert!(sent_at.elapsed() >= Duration::from_millis(400), "the answer was not late: {:?}", sent_at.elapsed());
}

#[tokio::test]
async fn random_cuts_replay_from_their_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let stage = stage().await;
        let control = stage.control().await;
        control.set_faults(None, FaultPlan::random_cuts(42, 500_000)).await.unwrap();
        let mut link = stage.session(A).await;
        let mut seen = Vec::new();
        for number in 0..12 {
            let host = format!("ns{number}.elsewhere.example");
            let response = link.send(host_create(&host, &[])).await;
            if response.is_none() {
                link = stage.session(A).await;
            }
            seen.push(response.is_some());
        }
        let executed: Vec<String> = control.ledger(&thick(), 0).await.unwrap().into_iter().map(|entry| entry.object).collect();
        runs.push((seen, executed));
    }
    assert_eq!(runs[0], runs[1]);
    let (seen, executed) = &runs[0];
    assert!(seen.contains(&false) && seen.contains(&true), "{seen:?}");
    assert!(executed.len() >= seen.iter().filter(|seen| **seen).count());
}
