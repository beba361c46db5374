//! The port over real sessions: the pool of one account, set up from the registry's profile.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use epp::Namespace;
use epp::conn::{self, ConnectTarget, Deadlines, NotSent as WireNotSent};
use epp::pool::{
    CredentialSource, MaintenanceWindow, Pool, PoolConfig, PoolLimits, PoolStatus, Request, SessionJournal, WantedService, WantedServices,
};
use epp::tls::{ClientTls, ClientTlsSlot, IdentityFiles, TlsFault, Trust};
use model::{SecretBytes, Timestamp};
use policy::profile::{ContactRequirement, Extension as Feature, FeeVersion, HostModel, RegistryProfile};

use super::port::{Answered, BoxFuture, Exchange, NotSent, PortRequest, RegistryPort, Unknown};
use crate::clock::Clock;
use crate::entropy::EntropySource;

/// Longest wait of a command for its turn. The gate's lease is measured by it.
const QUEUE_WAIT: Duration = Duration::from_secs(60);

/// What a port to a registry is made of.
pub struct EppPortSettings<'a> {
    /// The registry.
    pub profile: &'a RegistryProfile,
    /// Host and port, where they are not those of the profile (a rehearsal).
    pub endpoint: Option<(String, u16)>,
    /// Whom to trust: public roots, a private CA, or pinned keys.
    pub trust: Trust,
    /// Our certificates: none, one, or two while they are being exchanged.
    pub identities: Vec<IdentityFiles>,
    /// The address to come from, where the registry has a list of ours.
    pub source_address: Option<IpAddr>,
    /// The account's credentials.
    pub credentials: Arc<dyn CredentialSource>,
    /// Where logins and logouts are put on record.
    pub journal: Arc<dyn SessionJournal>,
    /// Where `now` comes from.
    pub clock: Arc<dyn Clock>,
    /// Where chance comes from.
    pub entropy: Arc<dyn EntropySource>,
}

/// A port over real sessions. Clones share them.
#[derive(Clone, Debug)]
pub struct EppPort {
    pool: Pool,
    tls: Arc<ClientTlsSlot>,
}

impl EppPort {
    /// Reads the certificates and starts the pool; sessions are opened when commands need them. Call inside a tokio runtime.
    ///
    /// # Errors
    /// [`TlsFault`] if a certificate, key or CA file cannot be used; the sentence names it.
    pub fn connect(settings: EppPortSettings<'_>) -> Result<Self, TlsFault> {
        let profile = settings.profile;
        let tls = Arc::new(ClientTlsSlot::new(ClientTls::load(&settings.trust, &settings.identities)?));
        let (host, port) = settings.endpoint.unwrap_or_else(|| (profile.endpoint.host.clone(), profile.endpoint.port));
        // A name of its own in the profile holds wherever the server is reached; else the host connected to is the name.
        let of_profile = &profile.endpoint;
        let server_name = (of_profile.server_name != of_profile.host).then(|| of_profile.server_name.clone());
        let target = ConnectTarget { host, server_name, port, source_address: settings.source_address, tls: Arc::clone(&tls) };
        let pool = Pool::start(PoolConfig {
            account: profile.id.to_string(),
            target: Arc::new(target),
            limits: limits(profile),
            services: services(profile, settings.clock.now()),
            credentials: settings.credentials,
            journal: settings.journal,
            clock: Arc::new(WireClock(settings.clock)),
            jitter: Arc::new(WireJitter(settings.entropy)),
        });
        Ok(Self { pool, tls })
    }

    /// The sessions.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Our certificates in use there.
    #[must_use]
    pub fn certificates(&self) -> Arc<ClientTls> {
        self.tls.get()
    }

    /// Takes up other certificates, session by session, without an interruption.
    ///
    /// # Errors
    /// [`TlsFault`] if they cannot be used; the ones in use stay.
    pub fn exchange_certificates(&self, trust: &Trust, identities: &[IdentityFiles]) -> Result<(), TlsFault> {
        self.tls.replace(ClientTls::load(trust, identities)?);
        self.pool.renew_sessions();
        Ok(())
    }

    /// Lets what is under way end, logs out and closes.
    pub async fn shutdown(&self) {
        self.pool.shutdown().await;
    }
}

impl RegistryPort for EppPort {
    fn exchange(&self, request: PortRequest) -> BoxFuture<'_, Exchange> {
        Box::pin(async move {
            let PortRequest { lane, tenant, object, prepared } = request;
            let request = Request { lane, tenant: tenant.into(), object: object.map(Into::into), prepared };
            match self.pool.exchange(request).await {
                conn::Exchange::Answered(answer) => Exchange::Answered(Box::new(Answered {
                    frame: SecretBytes::new(answer.response_frame.expose()),
                    response: answer.response,
                    deviations: answer.deviations,
                    sent_at: answer.sent_at,
                    received_at: answer.received_at,
                })),
                conn::Exchange::NotSent(reason) => Exchange::NotSent(not_sent(&reason)),
                conn::Exchange::Unknown(unknown) => {
                    Exchange::Unknown(Unknown { reason: unknown.reason.to_string(), sent_at: unknown.sent_at })
                }
            }
        })
    }

    fn set_maintenance(&self, windows: &[MaintenanceWindow]) {
        self.pool.set_maintenance(windows.to_vec());
    }

    fn allow_logins(&self) {
        self.pool.allow_logins();
    }

    fn renew_sessions(&self) {
        self.pool.renew_sessions();
    }

    fn status(&self) -> BoxFuture<'_, Option<PoolStatus>> {
        Box::pin(self.pool.status())
    }
}

fn not_sent(reason: &WireNotSent) -> NotSent {
    let retry_at = match reason {
        WireNotSent::CircuitOpen { until, .. } | WireNotSent::Maintenance { until } => Some(*until),
        _ => None,
    };
    NotSent { reason: reason.to_string(), retry_at, is_locked_out: matches!(reason, WireNotSent::LockedOut { .. }) }
}

/// The pool's limits from the profile.
fn limits(profile: &RegistryProfile) -> PoolLimits {
    let seconds = |seconds: u32| (seconds > 0).then(|| Duration::from_secs(u64::from(seconds)));
    // Sessions beyond the lanes are left free: for a command beside a running server, and for a login while another ends.
    let lanes = profile.lanes.interactive.saturating_add(profile.lanes.bulk).saturating_add(profile.lanes.poll);
    let (limits, deadlines, defaults) = (&profile.limits, &profile.deadlines, Deadlines::default());
    PoolLimits {
        max_sessions: usize::from(lanes.min(limits.sessions).max(1)),
        commands_per_session: limits.commands_per_session.and_then(|most| usize::try_from(most).ok()),
        idle: seconds(limits.idle_seconds),
        lifetime: seconds(limits.lifetime_seconds),
        commands_per_minute: limits.commands_per_minute,
        transform_window: usize::from(limits.transform_window.max(1)),
        queue_wait: QUEUE_WAIT,
        deadlines: Deadlines {
            session: seconds(deadlines.login_seconds).unwrap_or(defaults.session),
            query: seconds(deadlines.query_seconds).unwrap_or(defaults.query),
            transform: seconds(deadlines.transform_seconds).unwrap_or(defaults.transform),
            ..defaults
        },
        ..PoolLimits::default()
    }
}

/// What to declare at login: the objects that the profile's models need, and its extensions.
fn services(profile: &RegistryProfile, now: Timestamp) -> WantedServices {
    let mut objects = vec![WantedService::required(Namespace::Domain.urn())];
    if profile.host_model == HostModel::Objects {
        objects.push(WantedService::required(Namespace::Host.urn()));
    }
    if profile.tlds.iter().any(|tld| takes_contacts(tld, now)) {
        objects.push(WantedService::required(Namespace::Contact.urn()));
    }
    let namespaces = &profile.namespaces;
    let wanted: BTreeSet<Feature> = namespaces.offered.union(&namespaces.needed).copied().collect();
    let mut extensions = Vec::new();
    for feature in wanted {
        let uri = namespace_of(feature, namespaces.fee_version).urn();
        let service = if namespaces.needed.contains(&feature) { WantedService::required(uri) } else { WantedService::optional(uri) };
        // RFC 9167 is an object mapping, announced as such.
        if feature == Feature::Maintenance { objects.push(service) } else { extensions.push(service) }
    }
    WantedServices { objects, extensions }
}

fn takes_contacts(tld: &policy::profile::TldProfile, now: Timestamp) -> bool {
    let rules = tld.contacts_at(now);
    [rules.registrant, rules.admin, rules.tech, rules.billing].iter().any(|requirement| *requirement != ContactRequirement::Forbidden)
}

fn namespace_of(feature: Feature, fee_version: Option<FeeVersion>) -> Namespace {
    match feature {
        Feature::SecDns => Namespace::SecDns,
        Feature::Rgp => Namespace::Rgp,
        Feature::Fee => match fee_version {
            Some(FeeVersion::V0_11) => Namespace::Fee011,
            Some(FeeVersion::V0_23) => Namespace::Fee023,
            Some(FeeVersion::V1_0) | None => Namespace::Fee,
        },
        Feature::Launch => Namespace::Launch,
        Feature::LoginSec => Namespace::LoginSec,
        Feature::SecureAuthInfo => Namespace::SecureAuthInfo,
        Feature::UnhandledNamespaces => Namespace::UnhandledNamespaces,
        Feature::ChangePoll => Namespace::ChangePoll,
        Feature::AllocationToken => Namespace::AllocationToken,
        Feature::Maintenance => Namespace::Maintenance,
        Feature::Idn => Namespace::Idn,
        Feature::Ttl => Namespace::Ttl,
        Feature::NamestoreExt => Namespace::Namestore,
        Feature::IdnLang => Namespace::IdnLang,
        Feature::Sync => Namespace::Sync,
    }
}

/// The registrar's clock as the wire takes it.
struct WireClock(Arc<dyn Clock>);

impl conn::Clock for WireClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// The registrar's chance as the wire takes it.
struct WireJitter(Arc<dyn EntropySource>);

impl conn::Jitter for WireJitter {
    fn fraction(&self) -> f64 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }
}
