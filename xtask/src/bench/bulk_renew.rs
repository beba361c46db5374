//! A registry account renews at the speed of light: sessions x window / (round trip + service time), and no software can do more.

use std::time::{Duration, Instant};

use anyhow::Result;
use epp::conn::Deadlines;
use epp::pool::{Lane, PoolLimits};

use super::account::{exchange_all, open_pool, pool_size, runtime, warm_up};
use super::bare_client::{BareClient, unit};
use super::cost::Cost;
use super::delay_proxy::{DelayProxy, measured_round_trip};
use super::far_registry::FarRegistry;
use super::names::{self, Names};
use super::{Figure, Goal, Ratio, Setup};

/// Names that are renewed, several times each.
const NAMES: usize = 5_000;

/// How long a run is to take, in seconds, by its bound.
const RUN_S: f64 = 4.0;

/// Fewest turns of every slot in a run.
const MIN_TURNS: usize = 25;

/// Commands in the pool for every slot on the wire, so that no slot waits for this benchmark.
const QUEUE_PER_SLOT: usize = 4;

/// Renewals that the service time is the mean of.
const SERVICE_SAMPLES: usize = 500;

/// What is varied.
struct Setting {
    round_trip_ms: u64,
    sessions: usize,
    window: usize,
    is_long: bool,
}

/// One transform on the wire in a session is what every registry takes; a window of eight needs its consent.
const SETTINGS: &[Setting] = &[
    Setting { round_trip_ms: 1, sessions: 1, window: 1, is_long: false },
    Setting { round_trip_ms: 1, sessions: 4, window: 1, is_long: false },
    Setting { round_trip_ms: 20, sessions: 1, window: 1, is_long: false },
    Setting { round_trip_ms: 20, sessions: 4, window: 1, is_long: false },
    Setting { round_trip_ms: 80, sessions: 1, window: 1, is_long: false },
    Setting { round_trip_ms: 80, sessions: 4, window: 1, is_long: false },
    Setting { round_trip_ms: 80, sessions: 4, window: 8, is_long: false },
    Setting { round_trip_ms: 20, sessions: 16, window: 1, is_long: true },
    Setting { round_trip_ms: 80, sessions: 16, window: 1, is_long: true },
];

/// Renews at every setting.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let registry = FarRegistry::start(&setup.dir)?;
    let runtime = runtime()?;
    let mut names = runtime.block_on(async {
        let pool = open_pool(&registry, registry.address()?, PoolLimits::default())?;
        let names = Names::register(&pool, NAMES).await;
        pool.shutdown().await;
        names
    })?;
    let service = service_time(&registry, &mut names)?;
    let wanted = SETTINGS.iter().filter(|setting| setup.is_long || !setting.is_long);
    wanted.map(|setting| runtime.block_on(measure(&registry, &mut names, service, setting))).collect()
}

async fn measure(registry: &FarRegistry, names: &mut Names, service: Duration, setting: &Setting) -> Result<Ratio> {
    let Setting { round_trip_ms, sessions, window, .. } = *setting;
    let asked = Duration::from_millis(round_trip_ms);
    let round_trip = measured_round_trip(asked)?;
    let slots = sessions * window;
    let bound = slots as f64 / (round_trip + service).as_secs_f64();
    let turns = ((bound * RUN_S / slots as f64) as usize).max(MIN_TURNS);

    let proxy = DelayProxy::start(registry.address()?, asked)?;
    let limits = PoolLimits {
        max_sessions: pool_size(sessions),
        window,
        transform_window: window,
        deadlines: Deadlines { connect: Duration::from_secs(60), ..Deadlines::default() },
        ..PoolLimits::default()
    };
    let pool = open_pool(registry, proxy.address(), limits)?;
    let under_way = slots * QUEUE_PER_SLOT;
    warm_up(&pool, Lane::Bulk, sessions, under_way, names::check).await?;
    let renewals = names.renewals(turns * slots)?;
    let start = Instant::now();
    let done = exchange_all(&pool, Lane::Bulk, renewals, under_way).await?.len();
    let cost = Cost { wall: start.elapsed(), ..Cost::default() };
    pool.shutdown().await;
    let figure = |what, value| Figure::new(what, value, "commands/s");
    Ok(Ratio {
        setting: format!(
            "{sessions} sessions, window {window}, {round_trip_ms} ms: round trip measured {:.3} ms, service time {:.3} ms, {done} renewals",
            round_trip.as_secs_f64() * 1e3,
            service.as_secs_f64() * 1e3
        ),
        ours: figure("renewed", cost.per_second(done)),
        peer: figure("sessions x window / (RTT + service)", bound),
        besides: Vec::new(),
        goal: Goal::AtLeast(0.95),
    })
}

/// What the registry takes for a renewal over TLS beyond the way there and back: a bare client's exchange on the loopback, less a
/// bare byte's round trip on the loopback.
fn service_time(registry: &FarRegistry, names: &mut Names) -> Result<Duration> {
    let mut client = BareClient::log_in(registry, registry.address()?)?;
    let mut total = Duration::ZERO;
    for renewal in names.renewals(SERVICE_SAMPLES)? {
        let frame = unit(&epp::encode_command(&renewal?)?)?;
        let start = Instant::now();
        client.send(&frame)?;
        let answer = client.receive()?;
        total += start.elapsed();
        anyhow::ensure!(epp::decode_response(&answer)?.value.is_success(), "a renewal was refused");
    }
    let exchange = total / u32::try_from(SERVICE_SAMPLES)?;
    Ok(exchange.saturating_sub(super::delay_proxy::loopback_round_trip()?))
}
