//! The other registrar: names come from it and go to it. It speaks EPP over TLS through the same fire, so whatever it wants done it
//! asks for until the registry has said so.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use epp::conn::Prepared;
use epp::contact::Person;
use epp::pool::{CredentialFault, CredentialSource, Credentials, InForce, Lane, Unrecorded};
use epp::tls::{IdentityFiles, Trust};
use epp::{AuthChange, AuthValue, Command, CommandBody, ResultCode, TransferOp, contact, domain};
use model::{AuthInfo, ContactId, DomainName, RegistrarHandle, Secret, SeededEntropy};
use registrar::command::TransferDomainIn;
use registrar::gate::{EppPort, EppPortSettings, Exchange, PortRequest, RegistryPort};
use registrar::{Clock as _, SystemClock, SystemEntropy};

use super::desk::somebody;
use crate::scene::{OTHER, Scene};

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(100);
/// Attempts after which the registry is not going to answer.
const ATTEMPTS_MAX: usize = 300;
/// Its contact at the thick registry.
const CONTACT: &str = "OTHER-HOLDER";

/// The other registrar.
pub struct Stranger {
    ports: BTreeMap<String, EppPort>,
    /// The code of each name that its holder wants to bring to us.
    codes: BTreeMap<DomainName, AuthInfo>,
    sent: AtomicU64,
}

/// A password that never changes.
struct Fixed(Secret);

impl CredentialSource for Fixed {
    fn credentials(&self) -> Result<Credentials, CredentialFault> {
        Ok(Credentials { client_id: RegistrarHandle::parse(OTHER).unwrap(), password: self.0.clone(), pending: None })
    }

    fn begin_change(&self) -> Result<(), CredentialFault> {
        Ok(())
    }

    fn settle(&self, _: InForce) -> Result<(), CredentialFault> {
        Ok(())
    }
}

impl Stranger {
    /// Connects at every registry of the scene.
    pub fn connect(scene: &Scene) -> Self {
        let sandbox = scene.path("sandbox");
        let file = |ending: &str| sandbox.join(format!("clients/{OTHER}.{ending}"));
        let password = Secret::new(std::fs::read_to_string(file("password")).unwrap().trim());
        let port = |ready: &sandbox::ReadyRegistry| {
            let profile = scene.world.look(&ready.id, |registry| registry.profile().clone()).unwrap();
            let settings = EppPortSettings {
                profile: &profile,
                endpoint: Some((ready.addr.ip().to_string(), ready.addr.port())),
                trust: Trust::PrivateCa(vec![sandbox.join("ca.pem")]),
                identities: vec![IdentityFiles { chain: file("pem"), key: file("key") }],
                source_address: None,
                credentials: Arc::new(Fixed(password.clone())),
                journal: Arc::new(Unrecorded),
                clock: Arc::new(SystemClock),
                entropy: Arc::new(SystemEntropy),
            };
            let tlds = profile.tlds.iter().map(|tld| tld.name.to_string());
            let port = EppPort::connect(settings).unwrap();
            tlds.map(|tld| (tld, port.clone())).collect::<Vec<_>>()
        };
        let ports = scene.world.ready().registries.iter().flat_map(port).collect();
        Self { ports, codes: BTreeMap::new(), sent: AtomicU64::new(0) }
    }

    /// Registers a name and releases its code to the holder.
    pub async fn hold(&mut self, name: &DomainName, entropy: &mut SeededEntropy) {
        let mut create = domain::Create::new(name, Some(epp::Period::years(1)), AuthValue::empty());
        if name.tld() == "alpha" {
            let contact = contact::Create {
                id: CONTACT.into(),
                person: Person::from_contact(&somebody(0)),
                auth: AuthValue::empty(),
                disclose: None,
            };
            self.insist(name, contact::Command::Create(contact), &[1000, 2302]).await;
            create.registrant = Some(epp::Handle::new(CONTACT));
        }
        self.insist(name, domain::Command::Create(create), &[1000, 2302]).await;
        let code = AuthInfo::generate(entropy);
        let mut update = domain::Update::new(name);
        update.change.auth = Some(AuthChange::Set(AuthValue::from(&code)));
        self.insist(name, domain::Command::Update(update), &[1000]).await;
        self.codes.insert(name.clone(), code);
    }

    /// The order that brings one of its names to us.
    pub fn transfer_of(&self, name: &DomainName, registrant: ContactId) -> TransferDomainIn {
        let contacts = BTreeMap::new();
        let auth_info = self.codes[name].clone();
        TransferDomainIn {
            name: name.clone(),
            auth_info,
            registrant: Some(registrant),
            contacts,
            authorised_at: SystemClock.now(),
            fee: None,
            token: None,
        }
    }

    /// Asks for a name of ours, until it is pending.
    pub async fn request(&self, name: &DomainName, code: &AuthInfo) {
        let mut transfer = domain::Transfer::new(TransferOp::Request, name);
        transfer.auth = Some(AuthValue::from(code));
        self.insist(name, domain::Command::Transfer(transfer), &[1001, 2300]).await;
    }

    /// Lets a name go that we asked for. Not yet, where our request has not arrived (2301); that it is gone already is told by 2201.
    pub async fn approves(&self, name: &DomainName) -> bool {
        let transfer = domain::Transfer::new(TransferOp::Approve, name);
        self.insist(name, domain::Command::Transfer(transfer), &[1000, 2201, 2301]).await != ResultCode::NOT_PENDING_TRANSFER
    }

    /// Sends a command until the registry answers it, which must be with one of `codes`.
    async fn insist(&self, name: &DomainName, body: impl Into<CommandBody>, codes: &[u16]) -> ResultCode {
        let body = body.into();
        for _ in 0..ATTEMPTS_MAX {
            if let Some(code) = self.try_once(name, body.clone()).await {
                assert!(codes.contains(&code.get()), "the registry answered the other registrar {code} about {name}: {body:?}");
                return code;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("the registry never answered the other registrar about {name}");
    }

    async fn try_once(&self, name: &DomainName, body: CommandBody) -> Option<ResultCode> {
        let cltrid = format!("OTHER-{:08}", self.sent.fetch_add(1, Ordering::Relaxed));
        let prepared = Prepared::new(&Command::new(body, cltrid.as_str())).unwrap();
        let request = PortRequest { lane: Lane::Interactive, tenant: OTHER.to_owned(), object: Some(name.to_string()), prepared };
        match self.ports[name.tld()].exchange(request).await {
            Exchange::Answered(answered) => Some(answered.response.code()),
            Exchange::NotSent(_) | Exchange::Unknown(_) => None,
        }
    }
}
