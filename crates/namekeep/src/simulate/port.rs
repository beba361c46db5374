//! Our wire to a registry: in process, with everything that can go wrong on a wire, as the seed has it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use epp::{ClientMessage, Command, Response, VerbClass, decode_client_frame, encode_response};
use jiff::SignedDuration;
use model::{RegistrarHandle, Timestamp};
use registrar::gate::{Answered, BoxFuture, Exchange, NotSent, PortRequest, RegistryPort, Unknown};
use registrar::{Clock as _, ManualClock};
use sandbox::Fault;

use super::chance::Chance;
use super::death::Power;
use super::world::{Link, World};

/// How late a command arrives that its sender gave up: less than the 20 seconds that the profiles allow a transform.
const LATE_ARRIVAL: SignedDuration = SignedDuration::from_secs(15);

/// How long an exchange takes at least.
const EXCHANGE_TIME: SignedDuration = SignedDuration::from_micros(1);

/// What becomes of one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is answered.
    Well,
    /// No connection: not a byte leaves.
    NotSent,
    /// The connection ends in the request.
    CutBefore,
    /// It is carried out and the answer is lost, or comes after the deadline.
    CutAfter,
    /// The sender gives up, and it arrives all the same.
    Late,
    /// The registry itself goes wrong.
    Registry(Fault),
    /// Our process dies before it leaves.
    CrashBefore,
    /// Our process dies while the registry carries it out.
    CrashAfter,
}

/// Fates of commands that change something, in parts of a thousand.
const TRANSFORM_FATES: [(u64, Fate); 9] = [
    (12, Fate::CutBefore),
    (20, Fate::CutAfter),
    (8, Fate::Late),
    (8, Fate::Registry(Fault::CommandFailed)),
    (4, Fate::Registry(Fault::FailedBeforeExecution)),
    (8, Fate::Registry(Fault::FailedAfterExecution)),
    (6, Fate::NotSent),
    (3, Fate::CrashBefore),
    (3, Fate::CrashAfter),
];

/// Fates of questions and of poll commands.
const QUERY_FATES: [(u64, Fate); 5] =
    [(8, Fate::CutBefore), (8, Fate::CutAfter), (4, Fate::NotSent), (1, Fate::CrashBefore), (2, Fate::CrashAfter)];

/// What went wrong so far, over all lives of the process.
#[derive(Debug, Default)]
pub struct Weather {
    /// How often each command was seen, so that its next fate is its own.
    seen: Mutex<HashMap<String, u64>>,
    lost: AtomicU64,
    /// Whether the weather is fair, so that nothing goes wrong any more.
    is_fair: AtomicBool,
}

impl Weather {
    /// Makes the weather fair, so that what is open can end and questions are answered; or as the seed has it again.
    pub fn set_fair(&self, is_fair: bool) {
        self.is_fair.store(is_fair, Ordering::Relaxed);
    }

    /// Whether nothing goes wrong.
    pub fn is_fair(&self) -> bool {
        self.is_fair.load(Ordering::Relaxed)
    }

    /// Commands that change something and whose answer was lost.
    pub fn lost_answers(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    fn next(&self, key: String) -> u64 {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let count = seen.entry(key).or_default();
        *count += 1;
        *count
    }
}

/// The wire of one start of our process; the weather outlives it.
pub struct InProcessPort {
    link: Arc<Link>,
    us: RegistrarHandle,
    /// Our clock.
    clock: Arc<ManualClock>,
    /// The registry's, which does not share our errors.
    truth: Arc<ManualClock>,
    chance: Chance,
    weather: Arc<Weather>,
    power: Arc<Power>,
}

impl InProcessPort {
    /// Our wire to the registry behind `link`.
    pub fn new(world: &World, link: &Arc<Link>, chance: Chance, weather: &Arc<Weather>, power: &Arc<Power>) -> Self {
        Self {
            link: Arc::clone(link),
            us: world.ours.clone(),
            clock: Arc::clone(&world.clock),
            truth: Arc::clone(&world.truth),
            chance,
            weather: Arc::clone(weather),
            power: Arc::clone(power),
        }
    }

    async fn carry(&self, request: PortRequest) -> Exchange {
        if self.power.is_cut() {
            return self.die().await;
        }
        let now = self.clock.now();
        let bytes = request.prepared.frame().expose();
        let command = match decode_client_frame(bytes) {
            Ok(ClientMessage::Command(command)) => *command,
            Ok(_) => return Exchange::NotSent(NotSent::passing("a frame of ours is no command")),
            Err(refusal) => return Exchange::NotSent(NotSent::passing(format!("a frame of ours cannot be read: {refusal}"))),
        };
        let class = command.body.class();
        let fate = self.fate(&command, class, request.object.as_deref());
        let unknown = |reason: &str| {
            if class == VerbClass::Transform {
                self.weather.lost.fetch_add(1, Ordering::Relaxed);
            }
            Exchange::Unknown(Unknown { reason: reason.to_owned(), sent_at: Some(now) })
        };
        match fate {
            Fate::Well => self.answer(&command, None).unwrap_or_else(|| unknown("the registry closed the connection")),
            Fate::Registry(fault) => self.answer(&command, Some(fault)).unwrap_or_else(|| unknown("the registry closed the connection")),
            Fate::NotSent => Exchange::NotSent(NotSent::passing("no connection could be opened")),
            Fate::CutBefore => unknown("the connection ended in the request"),
            Fate::CutAfter => {
                self.answer(&command, None);
                unknown("the connection ended before the answer")
            }
            Fate::Late => {
                let left_at = self.truth.now();
                let at = left_at.saturating_add(LATE_ARRIVAL).unwrap_or(left_at);
                self.link.exchange_later(&self.us, command, at);
                unknown("no answer within the deadline")
            }
            Fate::CrashBefore => self.die().await,
            Fate::CrashAfter => {
                self.answer(&command, None);
                self.die().await
            }
        }
    }

    /// The answer; none where the connection ended.
    fn answer(&self, command: &Command, fault: Option<Fault>) -> Option<Exchange> {
        // Time never stands still between two exchanges: which answer is the newer one can always be told.
        self.clock.advance(EXCHANGE_TIME);
        self.truth.advance(EXCHANGE_TIME);
        match self.link.exchange(&self.us, command, self.truth.now(), fault) {
            sandbox::Exchange::Answered(response) => answered(&response, self.clock.now()),
            sandbox::Exchange::CutBefore | sandbox::Exchange::CutAfterExecuted => None,
        }
    }

    /// The power is cut: nothing of this process ever goes on.
    async fn die(&self) -> Exchange {
        self.power.cut();
        std::future::pending().await
    }

    fn fate(&self, command: &Command, class: VerbClass, object: Option<&str>) -> Fate {
        if self.weather.is_fair() || class == VerbClass::Session {
            return Fate::Well;
        }
        let key = format!("{:?} {}", command.body.verb(), object.unwrap_or("-"));
        let number = self.weather.next(key.clone());
        let fates: &[(u64, Fate)] = if class == VerbClass::Transform { &TRANSFORM_FATES } else { &QUERY_FATES };
        let mut draw = self.chance.below(&key, number, 1000);
        for (part, fate) in fates {
            if draw < *part {
                return *fate;
            }
            draw -= part;
        }
        Fate::Well
    }
}

fn answered(response: &Response, now: Timestamp) -> Option<Exchange> {
    let frame = encode_response(response).ok()?;
    Answered::decode(&frame, now, now).ok().map(|answered| Exchange::Answered(Box::new(answered)))
}

impl RegistryPort for InProcessPort {
    fn exchange(&self, request: PortRequest) -> BoxFuture<'_, Exchange> {
        Box::pin(self.carry(request))
    }
}
