//! The carriers of one instance: for each registry account its port, gate and poller. `serve` runs them for good; a
//! command runs them only as long as its own order needs, and only where no server has the lease.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::{IntentId, RegistryId, Secret};
use policy::profile::RegistryProfile;
use registrar::gate::{EppPort, EppPortSettings, Gate, GateParts, RegistryPort};
use registrar::poll::{Poller, PollerParts};
use registrar::reconcile::Nightly;
use registrar::registry::{VaultCredentials, VaultJournal};
use registrar::{Receipt, Registrar, Settlement, SystemEntropy};

use crate::config::{RegistryAccount, Trust};
use crate::failure::{Exit, Failure};
use crate::instance::{Instance, store_failure};

/// Pause between two rounds of a gate that found nothing to do.
const ROUND_PAUSE: Duration = Duration::from_millis(20);

/// What speaks to one registry.
pub struct Carrier {
    /// Which registry.
    pub registry: RegistryId,
    /// The sessions, as everybody uses them.
    pub port: Arc<dyn RegistryPort>,
    sessions: EppPort,
    /// The files of trust and certificates as they were read last.
    files: Mutex<TlsFiles>,
    /// Sends intents and settles them.
    pub gate: Gate,
    /// Takes poll messages.
    pub poller: Poller,
}

impl Carrier {
    /// Builds the carrier of one account, which holds leases as `owner`; connects when it is first used.
    fn open(instance: &Instance, profile: &RegistryProfile, account: &RegistryAccount, owner: &str) -> Result<Self, Failure> {
        let registrar = &instance.registrar;
        let password_file = instance.path(&account.password_file);
        let files = TlsFiles::read(&instance.folder, account)?;
        let credentials = VaultCredentials::open(registrar.clone(), &profile.id, Some(&password_file))?;
        let port = EppPort::connect(EppPortSettings {
            profile,
            endpoint: account.address.as_deref().map(endpoint).transpose()?,
            trust: files.trust.clone(),
            identities: files.identities.clone(),
            source_address: account.source_address,
            credentials,
            journal: VaultJournal::open(registrar.clone(), &profile.id),
            clock: Arc::clone(registrar.clock()),
            entropy: Arc::new(SystemEntropy),
        })
        .map_err(|fault| Failure::new(Exit::Usage, "tls", fault.to_string()))?;
        let sessions = port;
        let port: Arc<dyn RegistryPort> = Arc::new(sessions.clone());
        let gate = Gate::open(GateParts {
            registrar: registrar.clone(),
            registry: profile.id.clone(),
            port: Arc::clone(&port),
            owner: owner.to_owned(),
            concurrency: None,
        })
        .map_err(registrar::Failure::from)?;
        let poller = Poller::open(PollerParts {
            registrar: registrar.clone(),
            registry: profile.id.clone(),
            port: Arc::clone(&port),
            owner: owner.to_owned(),
        })
        .map_err(registrar::Failure::from)?;
        Ok(Self { registry: profile.id.clone(), port, sessions, files: Mutex::new(files), gate, poller })
    }

    /// The carriers of all accounts, or of one registry, for as long as a command needs them.
    pub fn open_all(instance: &Instance, only: Option<&RegistryId>) -> Result<Vec<Self>, Failure> {
        Self::open_as(instance, only, &passing_owner(&instance.registrar))
    }

    /// The carriers of all accounts, or of one registry, with leases held as `owner`.
    pub fn open_as(instance: &Instance, only: Option<&RegistryId>, owner: &str) -> Result<Vec<Self>, Failure> {
        let wanted = instance.accounts.iter().filter(|(profile, _)| only.is_none_or(|id| *id == profile.id));
        let carriers = wanted.map(|(profile, account)| Self::open(instance, profile, account, owner)).collect::<Result<Vec<_>, _>>()?;
        match (only, carriers.is_empty()) {
            (Some(id), true) => Err(unknown(id)),
            _ => Ok(carriers),
        }
    }

    /// Does one piece of work with the carrier of one registry, and closes it whatever came of the work.
    pub async fn with<T>(
        instance: &Instance,
        registry: &RegistryId,
        work: impl AsyncFnOnce(&Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let carrier = Self::open_all(instance, Some(registry))?.pop().ok_or_else(|| unknown(registry))?;
        let done = work(&carrier).await;
        carrier.close().await;
        done
    }

    /// The nightly reconciliation of this account, with its lease held as `owner`.
    pub fn nightly(&self, instance: &Instance, owner: &str) -> Result<Nightly, Failure> {
        let hour = instance.config.reconciliation.hour;
        let opened = Nightly::open(instance.registrar.clone(), &self.registry, Arc::clone(&self.port), owner, hour);
        Ok(opened.map_err(registrar::Failure::from)?)
    }

    /// The certificates its sessions log in with.
    pub fn certificates(&self) -> Arc<epp::tls::ClientTls> {
        self.sessions.certificates()
    }

    /// Takes up certificates and trust that changed in their files or in the configuration, session by session. Says whether there
    /// were any. What cannot be used leaves those in use in place.
    ///
    /// # Errors
    /// [`Failure`] naming the file that cannot be used.
    pub fn take_up_certificates(&self, folder: &Path, account: &RegistryAccount) -> Result<bool, Failure> {
        let read = TlsFiles::read(folder, account)?;
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if *files == read {
            return Ok(false);
        }
        let unusable = |fault: epp::tls::TlsFault| Failure::new(Exit::Usage, "tls", fault.to_string());
        self.sessions.exchange_certificates(&read.trust, &read.identities).map_err(unusable)?;
        *files = read;
        Ok(true)
    }

    /// Gives the lease back and logs out.
    pub async fn close(&self) {
        if let Err(failure) = self.gate.release().await {
            tracing::warn!(registry = %self.registry, %failure, "the gate's lease was not given back; it ends by itself");
        }
        self.sessions.shutdown().await;
    }
}

/// Carries what an order needs until it is settled or the time is over, and says where each step stands: the steps of the
/// order, and those that follow for the name once they are settled.
pub async fn settle(instance: &Instance, receipt: &Receipt, wait: Duration) -> Result<Vec<Settlement>, Failure> {
    let steps = follow(instance, receipt, receipt.intents.clone())?;
    if steps.is_empty() {
        return Ok(steps);
    }
    let Some(profile) = instance.registrar.profile_of(&receipt.name) else {
        return Ok(steps);
    };
    let carriers = Carrier::open_all(instance, Some(&profile.registry))?;
    let settled = settle_with(&carriers, instance, receipt, steps, wait).await;
    // Whatever came of it, the leases go back at once, so that a server need not wait for them to lapse.
    for carrier in &carriers {
        carrier.close().await;
    }
    settled
}

async fn settle_with(
    carriers: &[Carrier],
    instance: &Instance,
    receipt: &Receipt,
    mut steps: Vec<Settlement>,
    wait: Duration,
) -> Result<Vec<Settlement>, Failure> {
    let deadline = tokio::time::Instant::now() + wait;
    loop {
        for carrier in carriers {
            carrier.gate.step().await?;
        }
        steps = follow(instance, receipt, steps.iter().map(|step| step.intent).collect())?;
        let is_settled = steps.iter().all(|step| !step.state.is_open() || step.state == policy::IntentState::Pending);
        if is_settled || tokio::time::Instant::now() >= deadline {
            return Ok(steps);
        }
        tokio::time::sleep(ROUND_PAUSE).await;
    }
}

/// Where `known` steps stand, and those that are open for the name besides.
fn follow(instance: &Instance, receipt: &Receipt, mut known: Vec<IntentId>) -> Result<Vec<Settlement>, Failure> {
    let store = instance.registrar.store();
    let registration = store.read(|tx| store::registrations::find(tx, receipt.domain)).map_err(store_failure)?;
    let open = registration.into_iter().flat_map(|registration| registration.open_intents).map(|open| open.id);
    let followers: Vec<IntentId> = open.filter(|id| !known.contains(id)).collect();
    known.extend(followers);
    Ok(instance.registrar.settlements(&known)?)
}

/// A name that no other process has, for the leases of one command.
fn passing_owner(registrar: &Registrar) -> String {
    format!("command-{}", random_word(registrar))
}

/// Twelve random hexadecimal digits.
pub fn random_word(registrar: &Registrar) -> String {
    let mut bytes = [0; 6];
    model::Entropy::fill(&mut registrar.draw(), &mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn endpoint(address: &str) -> Result<(String, u16), Failure> {
    let wrong = || {
        Failure::usage(format!("The registry's address `{address}` cannot be used."))
            .hint("write `HOST:PORT`, such as `epp.registry.example:700`")
    };
    let (host, port) = address.rsplit_once(':').ok_or_else(wrong)?;
    Ok((host.trim_matches(['[', ']']).to_owned(), port.parse().map_err(|_| wrong())?))
}

/// No account of that registry is configured.
pub fn unknown(registry: &RegistryId) -> Failure {
    Failure::new(Exit::NotFound, "registry.unknown", format!("There is no registry `{registry}` in the configuration."))
        .hint("`namekeep registry list` shows those there are")
}

/// The files of an account's trust and certificates, with what was in them, so that a change is seen.
#[derive(PartialEq)]
struct TlsFiles {
    trust: epp::tls::Trust,
    identities: Vec<epp::tls::IdentityFiles>,
    /// One digest over all of them.
    digest: store::Hash,
}

impl TlsFiles {
    fn read(folder: &Path, account: &RegistryAccount) -> Result<Self, Failure> {
        let trust = trust(folder, &account.trust)?;
        let identities: Vec<epp::tls::IdentityFiles> = account
            .client_certificates
            .iter()
            .map(|files| epp::tls::IdentityFiles { chain: folder.join(&files.chain), key: folder.join(&files.key) })
            .collect();
        let authorities = match &trust {
            epp::tls::Trust::PrivateCa(files) => files.as_slice(),
            _ => &[],
        };
        let named: Vec<&PathBuf> = authorities.iter().chain(identities.iter().flat_map(|files| [&files.chain, &files.key])).collect();
        // A file that cannot be read is told of by whoever needs its content.
        let contents: Vec<zeroize::Zeroizing<Vec<u8>>> =
            named.iter().map(|path| zeroize::Zeroizing::new(std::fs::read(path).unwrap_or_default())).collect();
        let digests: Vec<store::Hash> = contents.iter().map(|content| store::sha256(&[content])).collect();
        let parts: Vec<&[u8]> = digests.iter().map(AsRef::as_ref).collect();
        Ok(Self { trust, identities, digest: store::sha256(&parts) })
    }
}

fn trust(folder: &Path, trust: &Trust) -> Result<epp::tls::Trust, Failure> {
    Ok(match trust {
        Trust::PublicRoots => epp::tls::Trust::PublicRoots,
        Trust::PrivateCa { file } => epp::tls::Trust::PrivateCa(vec![folder.join(file)]),
        Trust::Pin { sha256 } => {
            epp::tls::Trust::Pins(sha256.iter().map(|pin| crate::argument::parse("pin", pin)).collect::<Result<_, _>>()?)
        }
    })
}

/// Reads a registry's password, for the first login.
pub fn read_password(instance: &Instance, account: &RegistryAccount) -> Result<Secret, Failure> {
    crate::instance::read_secret(&instance.path(&account.password_file), "read the registry's password")
}
