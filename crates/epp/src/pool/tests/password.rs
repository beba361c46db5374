//! A password change survives the loss of its answer at either side of the registry's decision.

use super::*;
use crate::testing::Reaction;

const NEW: &str = "new-secret";

struct Change {
    registry: Registry,
    credentials: Arc<TestCredentials>,
    pool: Pool,
}

/// A pool that has a password to change, and the registry's reactions to its logins.
fn start_change(is_attempted: bool, logins: impl IntoIterator<Item = Reaction>) -> Change {
    let registry = Registry::new(PASSWORD);
    registry.set(|state| state.logins.extend(logins));
    let credentials = TestCredentials::new(PASSWORD, Some((NEW, is_attempted)));
    let pool = Pool::start(PoolConfig { credentials: credentials.clone(), ..config(&registry, sessions(1)) });
    Change { registry, credentials, pool }
}

impl Change {
    /// The logins the registry saw, as `password` or `password>new password`.
    fn logins(&self) -> Vec<String> {
        let shown = |(password, new): (String, Option<String>)| new.map_or(password.clone(), |new| format!("{password}>{new}"));
        self.registry.seen("login").into_iter().filter_map(|seen| seen.passwords).map(shown).collect()
    }

    fn log(&self) -> Vec<&'static str> {
        self.credentials.kept(|kept| kept.log.clone())
    }

    /// Whether registry and store agree, with nothing pending.
    fn is_settled_on(&self, password: &str) -> bool {
        self.credentials.kept(|kept| kept.password == password && kept.pending.is_none())
            && self.registry.set(|state| state.password == password)
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_stored_before_it_is_sent_and_confirmed_after() {
    let change = start_change(false, []);
    assert_eq!(end(bulk(&change.pool, check("ONE"))).await, "1000");
    assert_eq!(change.logins(), ["old-secret>new-secret"]);
    assert_eq!(change.log(), ["begin", "settle pending"]);
    assert!(change.is_settled_on(NEW));
}

#[tokio::test(start_paused = true)]
async fn the_answer_is_lost_after_the_registry_changed_it() {
    let change = start_change(false, [Reaction::Cut]);
    assert_eq!(end(bulk(&change.pool, check("ONE"))).await, "1000");
    assert_eq!(change.logins(), ["old-secret>new-secret", "new-secret"]);
    assert!(change.is_settled_on(NEW));
}

#[tokio::test(start_paused = true)]
async fn the_line_is_lost_before_the_registry_changed_it() {
    let change = start_change(false, [Reaction::Refuse]);
    assert_eq!(end(bulk(&change.pool, check("ONE"))).await, "1000");
    assert_eq!(change.logins(), ["old-secret>new-secret", "new-secret", "old-secret"]);
    assert_eq!(change.log(), ["begin", "settle current"]);
    assert!(change.is_settled_on(PASSWORD));
    let status = change.pool.status().await.unwrap();
    assert_eq!(status.lock_out, None, "the refusal of the new one was expected");
    assert!(status.faults.iter().any(|note| note.what.contains("the change was dropped")), "{:?}", status.faults);
}

#[tokio::test(start_paused = true)]
async fn a_crash_between_storing_and_sending_is_found_out() {
    let change = start_change(true, []);
    assert_eq!(end(bulk(&change.pool, check("ONE"))).await, "1000");
    assert_eq!(change.logins(), ["new-secret", "old-secret"]);
    assert!(change.is_settled_on(PASSWORD));
}

#[tokio::test(start_paused = true)]
async fn when_neither_works_it_is_a_lock_out_after_two_logins() {
    let change = start_change(true, []);
    change.registry.set(|state| state.password = "somebody changed it".to_owned());
    assert_eq!(end(bulk(&change.pool, check("ONE"))).await, "locked out");
    assert_eq!(change.logins(), ["new-secret", "old-secret"]);
    assert!(change.credentials.kept(|kept| kept.pending.is_some()), "nothing is known, so nothing is dropped");
}

#[tokio::test(start_paused = true)]
async fn a_new_password_the_registry_does_not_like_is_dropped() {
    let change = start_change(false, [Reaction::Answer(2306)]);
    assert_eq!(end(bulk(&change.pool, check("ONE"))).await, "1000");
    assert_eq!(change.logins(), ["old-secret>new-secret", "old-secret"]);
    assert_eq!(change.log(), ["begin", "settle current"]);
    assert!(change.is_settled_on(PASSWORD));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_to_confirm_is_made_up_for_at_the_next_login() {
    let change = start_change(false, []);
    change.credentials.kept(|kept| kept.is_settling_broken = true);
    assert_eq!(end(bulk(&change.pool, check("ONE"))).await, "1000", "the session is good");
    change.credentials.kept(|kept| kept.is_settling_broken = false);
    change.pool.renew_sessions();
    sleep(seconds(1)).await;
    assert_eq!(change.logins(), ["old-secret>new-secret", "new-secret"]);
    assert!(change.is_settled_on(NEW));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_takes_up_a_change_without_waiting_for_work() {
    let change = start_change(false, []);
    change.pool.renew_sessions();
    sleep(seconds(1)).await;
    assert!(change.is_settled_on(NEW));
}
