//! A registrar on SQLite, put together as the program does it, with one operator and one registrant.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use epp::pool::CredentialSource;
use model::{ActorId, Contact, ContactId, CountryCode, DomainName, Email, HostName, LegalKind, Period, Phone, PostalAddress};
use policy::command::RegisterDomain;
use policy::profile::RegistryProfile;
use policy::{Actor, ActorKind};
use registrar::contact::SaveContact;
use registrar::gate::{EppPort, EppPortSettings, Gate, GateParts, RegistryPort};
use registrar::registry::{VaultCredentials, VaultJournal};
use registrar::{
    Authorised, Failure, NeedsPermission, NoticeSettings, Registrar, RegistrarParts, SystemClock, SystemEntropy, UseCase, authorise,
};
use store::settings::{self, InstanceKind};
use store::{DatabaseUrl, Kek, Pending, SignerKey, Store, StoreFault, Vault, intents};
use tokio::sync::watch;

use super::far_registry::{FarRegistry, handle, profile};
use super::names::name_of;

/// The delegation of every name.
pub const NAMESERVERS: [&str; 2] = ["ns1.hosting.example", "ns2.hosting.example"];

/// Who holds the leases.
const OWNER: &str = "bench";

/// Commands that wait for their commit at a time, as many callers would.
const UNDER_WAY: usize = 1024;

/// How often the outbox is looked at.
const GLANCE: std::time::Duration = std::time::Duration::from_millis(10);

/// The registrar with what is needed to give it orders.
pub struct House {
    pub registrar: Registrar,
    pub operator: Actor,
    registrant: ContactId,
}

impl House {
    /// Opens one on the database file, with a pool of so many sessions at the far registry.
    pub fn open(file: &Path, sessions: usize) -> Result<Self> {
        let mut profile = profile()?;
        profile.limits.sessions = u16::try_from(sessions)?;
        profile.limits.transform_window = 1;
        let store = Store::open_with_signer(&DatabaseUrl::sqlite(file), SignerKey::generate("bench.namekeep.example")?)?;
        store.write::<_, StoreFault>(|tx| settings::fix_instance_kind(tx, InstanceKind::Rehearsal))?;
        Self::assemble(store, Vault::new(Kek::generate()?), profile, file.with_extension("maildrop"))
    }

    /// Opens the instance that the program made in `folder`, beside the program itself.
    pub fn beside(folder: &Path) -> Result<Self> {
        let signer = SignerKey::read(&folder.join("keys/ledger.key"))?;
        let store = Store::open_with_signer(&DatabaseUrl::sqlite(&folder.join("state/namekeep.db")), signer)?;
        Self::assemble(store, Vault::new(Kek::read(&folder.join("keys/vault.key"))?), profile()?, folder.join("maildrop"))
    }

    fn assemble(store: Store, vault: Vault, profile: RegistryProfile, maildrop: PathBuf) -> Result<Self> {
        let registrar = Registrar::open(RegistrarParts {
            store,
            vault,
            accounts: BTreeMap::from([(profile.id.clone(), handle()?)]),
            registries: vec![profile],
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            notices: NoticeSettings {
                maildrop,
                sender: Email::parse("notices@registrar.example")?,
                sender_name: "Example Registrar, Inc.".to_owned(),
                portal: "https://registrar.example/renew".to_owned(),
                verification_page: None,
            },
        })?;
        let operator = Actor { id: ActorId::from_bytes([1; 16]), kind: ActorKind::Operator { name: "Bench Operator".to_owned() } };
        let registrant = registrar.carry_out(authorise(&operator, SaveContact { id: None, contact: holder()? })?)?;
        Ok(Self { registrar, operator, registrant })
    }

    /// A command that the operator may give.
    pub fn authorised<C: NeedsPermission>(&self, command: C) -> Result<Authorised<C>> {
        Ok(authorise(&self.operator, command)?)
    }

    /// An order for a name, by its number, with a registrant and two nameservers elsewhere.
    pub fn order(&self, number: usize) -> Result<RegisterDomain> {
        let nameserver = |host: &str| Ok::<_, anyhow::Error>((HostName::parse(host)?, BTreeSet::new()));
        Ok(RegisterDomain {
            name: DomainName::parse(&name_of(number))?,
            period: Period::years(1)?,
            registrant: Some(self.registrant),
            contacts: BTreeMap::new(),
            nameservers: NAMESERVERS.into_iter().map(nameserver).collect::<Result<_>>()?,
            ds: BTreeSet::new(),
            auto_renew: true,
            lock_consent: Some("terms-2026-01".to_owned()),
            fee: None,
            launch: Default::default(),
        })
    }

    /// Gives all orders, many under way at a time, and waits until each is durable.
    pub fn submit_all<U: UseCase>(&self, orders: impl Iterator<Item = Result<U>>) -> Result<()> {
        self.answers(orders).map(drop)
    }

    /// The same, with what each answered.
    pub fn answers<U: UseCase>(&self, orders: impl Iterator<Item = Result<U>>) -> Result<Vec<U::Answer>> {
        let mut under_way: std::collections::VecDeque<Pending<U::Answer, Failure>> = std::collections::VecDeque::with_capacity(UNDER_WAY);
        let mut answers = Vec::new();
        for order in orders {
            if under_way.len() == UNDER_WAY
                && let Some(oldest) = under_way.pop_front()
            {
                answers.push(oldest.wait()?);
            }
            under_way.push_back(self.registrar.start(self.authorised(order?)?)?);
        }
        for pending in under_way {
            answers.push(pending.wait()?);
        }
        Ok(answers)
    }

    /// The port to the far registry, over whatever listens on `address`. Call inside a runtime.
    pub fn port(&self, registry: &FarRegistry, address: std::net::SocketAddr) -> Result<Arc<EppPort>> {
        let profile = self.registrar.registries().next().ok_or_else(|| anyhow::anyhow!("the house has no registry"))?;
        let credentials = VaultCredentials::open(self.registrar.clone(), &profile.id, Some(registry.password_file()?))?;
        let settings = EppPortSettings {
            profile,
            endpoint: Some((address.ip().to_string(), address.port())),
            trust: registry.trust(),
            identities: registry.identities()?,
            source_address: None,
            credentials: credentials as Arc<dyn CredentialSource>,
            journal: VaultJournal::open(self.registrar.clone(), &profile.id),
            clock: Arc::clone(self.registrar.clock()),
            entropy: Arc::new(SystemEntropy),
        };
        Ok(Arc::new(EppPort::connect(settings)?))
    }

    /// Runs a gate over the port until the outbox is empty.
    pub async fn empty_outbox(&self, registry: &FarRegistry, port: &Arc<EppPort>) -> Result<()> {
        let gate = Gate::open(GateParts {
            registrar: self.registrar.clone(),
            registry: registry.id()?,
            port: Arc::clone(port) as Arc<dyn RegistryPort>,
            owner: OWNER.to_owned(),
            concurrency: None,
        })?;
        let (shutdown, signal) = watch::channel(false);
        let running = tokio::spawn(async move { gate.run(signal).await });
        while self.has_open_intents(registry).await? {
            tokio::time::sleep(GLANCE).await;
        }
        shutdown.send_replace(true);
        Ok(running.await?)
    }

    /// A look that costs the same however much is left, so that looking is not measured.
    async fn has_open_intents(&self, registry: &FarRegistry) -> Result<bool> {
        let (registrar, id) = (self.registrar.clone(), registry.id()?);
        let look = move || registrar.store().read::<_, Failure>(|tx| Ok(intents::list_unsettled(tx, Some(&id), None, 1)?));
        Ok(!tokio::task::spawn_blocking(look).await??.is_empty())
    }
}

/// Somebody who is nobody.
pub fn holder() -> Result<Contact> {
    Ok(Contact {
        kind: LegalKind::Organisation,
        name: "Bench Holder".to_owned(),
        organisation: Some("Example Holdings Ltd".to_owned()),
        address: PostalAddress {
            street: vec!["1 Example Street".to_owned()],
            city: "Reykjavik".to_owned(),
            province: None,
            postcode: Some("101".to_owned()),
            country: CountryCode::parse("IS")?,
        },
        phone: Some(Phone::parse("+354.5550100", None)?),
        fax: None,
        email: Email::parse("holder@holdings.example")?,
    })
}
