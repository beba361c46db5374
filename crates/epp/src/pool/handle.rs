//! The callers' side of a pool.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::config::SessionIds;
use super::dispatcher::Dispatcher;
use super::event::{Event, Order, Submission};
use super::{Lane, MaintenanceWindow, PoolConfig, PoolStatus};
use crate::conn::{Exchange, NotSent, Prepared};
use crate::wire::TransactionId;

/// The sessions of one account at one registry. Clones share them; when the last one is dropped, they are closed.
#[derive(Clone)]
pub struct Pool(Arc<Handle>);

struct Handle {
    account: String,
    events: mpsc::UnboundedSender<Event>,
    ids: SessionIds,
}

impl Drop for Handle {
    fn drop(&mut self) {
        let (nobody, _) = oneshot::channel();
        // The pool may have been shut down before.
        let _ = self.events.send(Event::Order(Order::Shutdown(nobody)));
    }
}

/// A command and what decides its turn.
#[derive(Clone, Debug)]
pub struct Request {
    /// What it is for.
    pub lane: Lane,
    /// On whose behalf; in the bulk lane each tenant gets an even share.
    pub tenant: Arc<str>,
    /// The object it is about: commands on one object go one after the other, in the order they were submitted, over all lanes.
    /// `None` for commands that need no order.
    pub object: Option<Arc<str>>,
    /// The command.
    pub prepared: Prepared,
}

impl Pool {
    /// Starts a pool. Sessions are opened when commands need them. Must be called inside a tokio runtime.
    pub fn start(config: PoolConfig) -> Pool {
        let (events, inbox) = mpsc::unbounded_channel();
        let ids = SessionIds::new(&config);
        let account = config.account.clone();
        let dispatcher = Dispatcher::new(Arc::new(config), ids.clone(), events.clone(), inbox);
        tokio::spawn(dispatcher.run());
        Pool(Arc::new(Handle { account, events, ids }))
    }

    /// Sends a command when its turn comes and waits for its end.
    ///
    /// Dropping the future before the command's turn withdraws the command; dropping it later changes nothing for anybody else. After a transform
    /// with unknown outcome, transforms that wait for the same object end as [`NotSent::PredecessorUnknown`]; queries go through.
    pub async fn exchange(&self, request: Request) -> Exchange {
        let (reply, answer) = oneshot::channel();
        let Request { lane, tenant, object, prepared } = request;
        let (cltrid, frame) = (prepared.cltrid().clone(), prepared.frame().clone());
        let submission = Box::new(Submission { lane, tenant, object, prepared, reply });
        if self.0.events.send(Event::Submitted(submission)).is_err() {
            return Exchange::NotSent(NotSent::ShuttingDown);
        }
        match answer.await {
            Ok(exchange) => exchange,
            Err(_) => Exchange::aborted(cltrid, frame),
        }
    }

    /// A transaction identifier for a command that belongs to no intent; never given twice.
    pub fn session_cltrid(&self) -> TransactionId {
        self.0.ids.next()
    }

    /// How the pool stands; `None` when it has been shut down.
    pub async fn status(&self) -> Option<PoolStatus> {
        let (reply, status) = oneshot::channel();
        self.order(Order::Status(reply));
        status.await.ok()
    }

    /// Lets logins be tried again after a lock-out.
    pub fn allow_logins(&self) {
        self.order(Order::AllowLogins);
    }

    /// Replaces all sessions by new logins, which take up a new certificate or a pending password.
    pub fn renew_sessions(&self) {
        self.order(Order::RenewSessions);
    }

    /// Replaces the announced outages: during one, interactive commands wait, all others are refused at once.
    pub fn set_maintenance(&self, windows: Vec<MaintenanceWindow>) {
        self.order(Order::Maintenance(windows));
    }

    /// Refuses what waits, lets what is on the wire finish, logs out and closes every session.
    pub async fn shutdown(&self) {
        let (done, wait) = oneshot::channel();
        self.order(Order::Shutdown(done));
        // An error means that it has been shut down before.
        let _ = wait.await;
    }

    /// A pool that is gone takes no orders.
    fn order(&self, order: Order) {
        let _ = self.0.events.send(Event::Order(order));
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("account", &self.0.account).finish_non_exhaustive()
    }
}
