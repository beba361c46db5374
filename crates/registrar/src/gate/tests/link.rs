//! The whole way over real TLS: pool, login with a sealed password, client certificate, pipelined queries, poll, password change.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use epp::tls::{IdentityFiles, Trust};
use model::{Period, Secret};
use policy::IntentState;
use policy::profile::RegistryProfile;
use sandbox::{RunningWorld, VirtualClock, World, WorldSetup};
use store::testing::{TestDatabase, TestDatabases};
use store::{Kek, journal};

use crate::command::RegisterDomain;
use crate::contact::SaveContact;
use crate::gate::testing::{holder, name, other, registrar, us};
use crate::gate::{EppPort, EppPortSettings, Gate, GateParts, RegistryPort};
use crate::poll::{Poller, PollerParts};
use crate::registry::{
    AskRegistry, ProposeRegistryPassword, TakeMessages, VaultCredentials, VaultJournal, certificates, check_names, registry_status,
};
use crate::testing::profile;
use crate::{Registrar, SystemClock, SystemEntropy, authorise};

struct Linked {
    registrar: Registrar,
    port: EppPort,
    operator: policy::Actor,
}

/// Opens our side of a running registry.
fn link(database: &TestDatabase, world: &RunningWorld, profile: &RegistryProfile) -> Linked {
    let kek = database.folder().join("kek");
    Kek::generate().unwrap().write_new(&kek).unwrap();
    let clock = Arc::new(SystemClock);
    let registrar = registrar(database.store().clone(), &clock, &kek, database.folder(), profile.clone(), 81);
    let operator = registrar.enrol_first_operator("Ada Lovelace").unwrap().actor;
    let ready = world.ready();
    let account = ready.registrars.iter().find(|registrar| registrar.id == us()).unwrap();
    let at = ready.registries[0].addr;
    let credentials = VaultCredentials::open(registrar.clone(), &profile.id, Some(&account.password_file)).unwrap();
    let port = EppPort::connect(EppPortSettings {
        profile,
        endpoint: Some(("localhost".to_owned(), at.port())),
        trust: Trust::PrivateCa(vec![ready.ca.clone()]),
        identities: vec![IdentityFiles { chain: account.cert.clone(), key: account.key.clone() }],
        source_address: None,
        credentials,
        journal: VaultJournal::open(registrar.clone(), &profile.id),
        clock,
        entropy: Arc::new(SystemEntropy),
    })
    .unwrap();
    Linked { registrar, port, operator }
}

#[test]
fn a_name_is_registered_over_tls() {
    let database = TestDatabases::sqlite();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let profile = profile();
        let setup = WorldSetup::new(vec![profile.clone()], vec![us(), other()], VirtualClock::real());
        let world = World::start(&database.folder().join("world"), setup).await.unwrap();
        let Linked { registrar, port, operator } = tokio::task::block_in_place(|| link(&database, &world, &profile));
        let shared: Arc<dyn RegistryPort> = Arc::new(port.clone());
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let registry = profile.id.clone();
        let gate = Gate::open(GateParts {
            registrar: registrar.clone(),
            registry: registry.clone(),
            port: shared.clone(),
            owner: "node-1".to_owned(),
            concurrency: None,
        })
        .unwrap();
        let running = tokio::spawn(async move { gate.run(stopped).await });

        let free = check_names(&authorise(&operator, AskRegistry).unwrap(), &registrar, &registry, &shared, &[name("linked.alpha")], None)
            .await
            .unwrap();
        assert!(free[0].is_available, "{free:?}");
        let settled = tokio::task::block_in_place(|| {
            let holder = registrar.carry_out(authorise(&operator, SaveContact { id: None, contact: holder() }).unwrap()).unwrap();
            let order = RegisterDomain {
                name: name("linked.alpha"),
                period: Period::ONE_YEAR,
                registrant: Some(holder),
                contacts: BTreeMap::new(),
                nameservers: BTreeMap::new(),
                ds: Default::default(),
                auto_renew: false,
                lock_consent: None,
                fee: None,
                launch: Default::default(),
            };
            let receipt = registrar.carry_out(authorise(&operator, order).unwrap()).unwrap();
            registrar.await_settled(&receipt.intents, Duration::from_secs(60)).unwrap()
        });
        assert!(settled.iter().all(|settlement| settlement.state == IntentState::Confirmed), "{settled:?}");

        // The password changes while the sessions work.
        tokio::task::block_in_place(|| {
            let proposal = ProposeRegistryPassword { registry: registry.clone(), password: Secret::new("Changed-pass-82") };
            registrar.carry_out(authorise(&operator, proposal).unwrap()).unwrap();
        });
        port.pool().renew_sessions();
        let poller = Poller::open(PollerParts {
            registrar: registrar.clone(),
            registry: registry.clone(),
            port: shared.clone(),
            owner: "node-1".to_owned(),
        })
        .unwrap();
        let round = poller.step(&authorise(&operator, TakeMessages).unwrap(), 100).await.unwrap();
        assert!(round.is_owner && round.trouble.is_none(), "{round:?}");

        let status =
            registry_status(&authorise(&operator, AskRegistry).unwrap(), &registrar, &registry, Some(shared.as_ref())).await.unwrap();
        let sessions = status.sessions.unwrap();
        assert!(sessions.lock_out.is_none() && !sessions.sessions.is_empty(), "{sessions:?}");
        assert_eq!(certificates(&port.certificates(), registrar.now()).len(), 1);
        stop.send(true).unwrap();
        running.await.unwrap();
        port.shutdown().await;
        tokio::task::block_in_place(|| session_commands_are_on_record(&registrar, &registry));
        world.stop();
    });
}

/// Every login and logout is in the journal with its answer, whole and sealed: the password is in the frame of the login that
/// changed it, and nowhere in a column.
fn session_commands_are_on_record(registrar: &Registrar, registry: &model::RegistryId) {
    let all = registrar.store().read(|tx| journal::list_of_account(tx, registry.as_str(), model::Timestamp::MAX, 1_000)).unwrap();
    let with = |verb: &str| all.iter().filter(|exchange| exchange.verb == verb).collect::<Vec<_>>();
    let (logins, logouts) = (with("login"), with("logout"));
    assert!(logins.len() >= 2 && logins.iter().all(|login| login.code == Some(1000) && login.svtrid.is_some()), "{logins:?}");
    assert!(!logouts.is_empty() && logouts.iter().all(|logout| logout.code == Some(1500)), "{logouts:?}");
    let holds_new_password = |cltrid| {
        let frames = registrar.store().read(|tx| journal::get_frames(tx, registrar.vault(), cltrid)).unwrap();
        String::from_utf8_lossy(&frames.request).contains("Changed-pass-82")
    };
    assert!(logins.iter().any(|login| holds_new_password(&login.cltrid)), "no login carried the new password");
}
