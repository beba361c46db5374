//! Our side of a far registry: the pool of one account, and many commands through it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use epp::conn::{ConnectTarget, DEFAULT_WINDOW, Exchange, Jitter, Prepared};
use epp::pool::{
    CredentialFault, CredentialSource, Credentials, InForce, Lane, Pool, PoolConfig, PoolLimits, Request, Unrecorded, WantedService,
    WantedServices,
};
use epp::tls::ClientTlsSlot;
use epp::{Command, Namespace, Response};
use model::Timestamp;
use registrar::{Clock, SystemClock};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::far_registry::{FarRegistry, handle};
use super::names;

/// Sessions that a pool keeps for people and for poll messages as soon as it has enough of them, so that `n` bulk sessions
/// are a pool of `n` and these.
const KEPT_SESSIONS: usize = 2;

/// Longest wait for all sessions of a pool to be logged in.
const WARM_UP_LIMIT: Duration = Duration::from_secs(60);

/// A runtime as the program's own.
pub fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

/// The size of a pool with so many sessions for bulk work.
pub fn pool_size(bulk_sessions: usize) -> usize {
    if bulk_sessions == 1 { 1 } else { bulk_sessions + KEPT_SESSIONS }
}

/// The pool of our account at `registry`, connected to `address`. Call inside a runtime.
pub fn open_pool(registry: &FarRegistry, address: SocketAddr, limits: PoolLimits) -> Result<Pool> {
    let credentials = Credentials { client_id: handle()?, password: registry.password()?, pending: None };
    let tls = Arc::new(ClientTlsSlot::new(registry.tls()?));
    Ok(Pool::start(PoolConfig {
        account: "bench".to_owned(),
        target: Arc::new(ConnectTarget {
            host: address.ip().to_string(),
            port: address.port(),
            source_address: None,
            server_name: None,
            tls,
        }),
        limits,
        services: WantedServices {
            objects: vec![WantedService::required(Namespace::Domain.urn())],
            extensions: vec![WantedService::required(Namespace::ChangePoll.urn())],
        },
        credentials: Arc::new(Fixed(credentials)),
        journal: Arc::new(Unrecorded),
        clock: Arc::new(WireClock),
        jitter: Arc::new(Middle),
    }))
}

/// Opens every session that the lane may use, so that a benchmark counts no login.
pub async fn open_sessions(pool: &Pool, lane: Lane, sessions: usize) -> Result<()> {
    warm_up(pool, lane, sessions, sessions * 2 * DEFAULT_WINDOW, names::check).await
}

/// Lets commands through until every session that the lane may use is logged in.
pub async fn warm_up(pool: &Pool, lane: Lane, sessions: usize, under_way: usize, command: fn(usize) -> Result<Command>) -> Result<()> {
    let warming = async {
        loop {
            let status = pool.status().await.context("the pool is gone")?;
            if status.sessions.iter().filter(|session| session.lanes.contains(&lane)).count() >= sessions {
                return Ok(());
            }
            exchange_all(pool, lane, (0..under_way).map(command), under_way).await?;
        }
    };
    tokio::time::timeout(WARM_UP_LIMIT, warming).await.context("the sessions were not opened in time")?
}

/// Sends every command with so many under way at a time; each must succeed. Gives the answers in no order.
pub async fn exchange_all<I>(pool: &Pool, lane: Lane, commands: I, under_way: usize) -> Result<Vec<Response>>
where
    I: IntoIterator<Item = Result<Command>>,
    I::IntoIter: Send + 'static,
{
    let commands = Arc::new(Mutex::new(commands.into_iter()));
    let mut tasks = JoinSet::new();
    for _ in 0..under_way {
        let (pool, commands) = (pool.clone(), Arc::clone(&commands));
        tasks.spawn(async move {
            let mut responses = Vec::new();
            loop {
                let next = commands.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(command) = next else { return Ok::<_, anyhow::Error>(responses) };
                responses.push(exchange(&pool, lane, &command?).await?);
            }
        });
    }
    let mut responses = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        responses.extend(ended??);
    }
    Ok(responses)
}

/// Sends one command, which must succeed.
pub async fn exchange(pool: &Pool, lane: Lane, command: &Command) -> Result<Response> {
    let request = Request { lane, tenant: "bench".into(), object: None, prepared: Prepared::new(command)? };
    match pool.exchange(request).await {
        Exchange::Answered(answer) if answer.response.is_success() => Ok(answer.response),
        Exchange::Answered(answer) => bail!("the registry answered {}", answer.response.code()),
        Exchange::NotSent(reason) => bail!("a command was not sent: {reason}"),
        Exchange::Unknown(unknown) => bail!("an answer was lost: {}", unknown.reason),
    }
}

/// A password that nobody changes.
struct Fixed(Credentials);

impl CredentialSource for Fixed {
    fn credentials(&self) -> Result<Credentials, CredentialFault> {
        Ok(self.0.clone())
    }

    fn begin_change(&self) -> Result<(), CredentialFault> {
        Ok(())
    }

    fn settle(&self, _: InForce) -> Result<(), CredentialFault> {
        Ok(())
    }
}

/// The machine's clock.
struct WireClock;

impl epp::conn::Clock for WireClock {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }
}

/// No chance: a run is to be like the one before.
struct Middle;

impl Jitter for Middle {
    fn fraction(&self) -> f64 {
        0.5
    }
}
