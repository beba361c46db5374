//! A pool against a registry in memory, on paused time.

mod exactly_once;
mod limits;
mod logins;
mod order;
mod password;
mod trouble;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::{RegistrarHandle, Secret};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::*;
use crate::conn::{Exchange, NotSent, Prepared};
use crate::namespace::Namespace;
use crate::testing::{Even, Registry, TestClock, check, delete};

const PASSWORD: &str = "old-secret";

/// Credentials in memory, and what was done with them.
struct TestCredentials(Mutex<Kept>);

struct Kept {
    password: String,
    pending: Option<(String, bool)>,
    log: Vec<&'static str>,
    is_settling_broken: bool,
}

impl TestCredentials {
    fn new(password: &str, pending: Option<(&str, bool)>) -> Arc<TestCredentials> {
        let pending = pending.map(|(password, is_attempted)| (password.to_owned(), is_attempted));
        Arc::new(TestCredentials(Mutex::new(Kept { password: password.to_owned(), pending, log: Vec::new(), is_settling_broken: false })))
    }

    fn kept<T>(&self, look: impl FnOnce(&mut Kept) -> T) -> T {
        look(&mut self.0.lock().unwrap())
    }
}

impl CredentialSource for TestCredentials {
    fn credentials(&self) -> Result<Credentials, CredentialFault> {
        self.kept(|kept| {
            Ok(Credentials {
                client_id: RegistrarHandle::parse("NAMEKEEP-1").unwrap(),
                password: Secret::new(kept.password.as_str()),
                pending: kept.pending.as_ref().map(|(password, is_attempted)| PendingPassword {
                    password: Secret::new(password.as_str()),
                    is_attempted: *is_attempted,
                }),
            })
        })
    }

    fn begin_change(&self) -> Result<(), CredentialFault> {
        self.kept(|kept| {
            kept.log.push("begin");
            kept.pending.as_mut().unwrap().1 = true;
        });
        Ok(())
    }

    fn settle(&self, in_force: InForce) -> Result<(), CredentialFault> {
        self.kept(|kept| {
            if kept.is_settling_broken {
                return Err(CredentialFault { action: "settled", what: "disk full".to_owned() });
            }
            let (pending, _) = kept.pending.take().unwrap();
            match in_force {
                InForce::Pending => {
                    kept.log.push("settle pending");
                    kept.password = pending;
                }
                InForce::Current => kept.log.push("settle current"),
            }
            Ok(())
        })
    }
}

fn config(registry: &Registry, limits: PoolLimits) -> PoolConfig {
    let wanted = |namespaces: &[Namespace]| namespaces.iter().map(|ns| WantedService::required(ns.urn())).collect();
    PoolConfig {
        account: "alpha".to_owned(),
        target: Arc::new(registry.clone()),
        limits,
        services: WantedServices { objects: wanted(&[Namespace::Domain]), extensions: wanted(&[Namespace::LoginSec]) },
        credentials: TestCredentials::new(PASSWORD, None),
        journal: Arc::new(Unrecorded),
        clock: TestClock::new(),
        jitter: Arc::new(Even),
    }
}

/// A registry and a pool for it.
fn start(limits: PoolLimits) -> (Registry, Pool) {
    let registry = Registry::new(PASSWORD);
    let pool = Pool::start(config(&registry, limits));
    (registry, pool)
}

fn sessions(max_sessions: usize) -> PoolLimits {
    PoolLimits { max_sessions, ..PoolLimits::default() }
}

fn request(lane: Lane, tenant: &str, object: Option<&str>, prepared: Prepared) -> Request {
    Request { lane, tenant: tenant.into(), object: object.map(Into::into), prepared }
}

/// Submits a command; the order of calls is the order of submission.
fn submit(pool: &Pool, request: Request) -> JoinHandle<Exchange> {
    let pool = pool.clone();
    tokio::spawn(async move { pool.exchange(request).await })
}

/// A bulk command without object.
fn bulk(pool: &Pool, prepared: Prepared) -> JoinHandle<Exchange> {
    submit(pool, request(Lane::Bulk, "tenant", None, prepared))
}

fn interactive(pool: &Pool, prepared: Prepared) -> JoinHandle<Exchange> {
    submit(pool, request(Lane::Interactive, "person", None, prepared))
}

/// The end of a command in one word, or the code of its answer.
async fn end(call: JoinHandle<Exchange>) -> String {
    match call.await.unwrap() {
        Exchange::Answered(answer) => answer.response.code().to_string(),
        Exchange::Unknown(_) => "unknown".to_owned(),
        Exchange::NotSent(why) => match why {
            NotSent::Closed(_) => "closed",
            NotSent::Withdrawn => "withdrawn",
            NotSent::ShuttingDown => "shutting down",
            NotSent::QueueFull { .. } => "queue full",
            NotSent::WaitedTooLong { .. } => "waited too long",
            NotSent::CircuitOpen { .. } => "circuit open",
            NotSent::LockedOut { .. } => "locked out",
            NotSent::Maintenance { .. } => "maintenance",
            NotSent::PredecessorUnknown => "predecessor unknown",
        }
        .to_owned(),
    }
}

async fn ends(calls: Vec<JoinHandle<Exchange>>) -> Vec<String> {
    let mut all = Vec::new();
    for call in calls {
        all.push(end(call).await);
    }
    all
}

/// Lets everything happen that happens at once.
async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
