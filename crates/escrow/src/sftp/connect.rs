//! The line to the agent: pinned host keys, login by key, nothing else.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use russh::client::{self, Handle};
use russh::keys::{Algorithm, EcdsaCurve, HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKey};
use russh::{Preferred, cipher, kex};
use russh_sftp::client::SftpSession;

use super::fault::SendFault;

/// How long connecting and logging in may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(60);

/// How long the host may be silent before the line is given up.
const SILENCE_LIMIT: Duration = Duration::from_secs(60);

/// Writes under way at once, and the length of each in bytes: the limit on a long line is their product by the round trip.
const WRITES_UNDER_WAY: usize = 64;
const WRITE_BYTES: u32 = 255_000;

/// Bytes that can be under way and not yet taken.
pub(super) const IN_FLIGHT_BYTES: u64 = WRITES_UNDER_WAY as u64 * WRITE_BYTES as u64;

/// A host key that was pinned.
#[derive(Clone, PartialEq, Eq)]
pub struct HostKey(PublicKey);

impl HostKey {
    /// Reads a key as OpenSSH writes it: `ssh-ed25519 AAAA...`.
    ///
    /// # Errors
    /// [`SendFault::Key`].
    pub fn parse(text: &str) -> Result<Self, SendFault> {
        let fault = |reason: String| SendFault::Key { what: "a host key", reason };
        let key = PublicKey::from_openssh(text.trim()).map_err(|error| fault(format!("{error}; write it as `ssh-ed25519 AAAA...`")))?;
        if matches!(key.algorithm(), Algorithm::Dsa | Algorithm::Rsa { .. }) {
            return Err(fault("RSA and DSA are not spoken here; ask for the host's Ed25519 or ECDSA key".to_owned()));
        }
        Ok(Self(key))
    }
}

impl fmt::Debug for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostKey({})", self.0.fingerprint(HashAlg::Sha256))
    }
}

/// The key that we log in with. It cannot be printed.
#[derive(Clone)]
pub struct LoginKey(Arc<PrivateKey>);

impl LoginKey {
    /// Reads a private key of OpenSSH's form that no passphrase locks.
    ///
    /// # Errors
    /// [`SendFault::Key`].
    pub fn parse(text: &[u8]) -> Result<Self, SendFault> {
        let fault = |reason: &str| SendFault::Key { what: "our SSH key", reason: reason.to_owned() };
        let key = PrivateKey::from_openssh(text)
            .map_err(|_| fault("it is no private key of OpenSSH's form; make one with `ssh-keygen -t ed25519`"))?;
        if key.is_encrypted() {
            return Err(fault("a passphrase locks it; the file is protected by its mode, so make one without"));
        }
        match key.algorithm() {
            Algorithm::Ed25519 | Algorithm::Ecdsa { .. } => Ok(Self(Arc::new(key))),
            _ => Err(fault("it is neither Ed25519 nor ECDSA; make one with `ssh-keygen -t ed25519`")),
        }
    }
}

#[cfg(feature = "testing")]
impl LoginKey {
    /// A new key with its public half, for tests.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn generate() -> Result<(Self, HostKey), SendFault> {
        let key = PrivateKey::random(&mut rand::rngs::OsRng, Algorithm::Ed25519);
        let key = key.map_err(|error| SendFault::Key { what: "a new SSH key", reason: error.to_string() })?;
        let public = HostKey(key.public_key().clone());
        Ok((Self(Arc::new(key)), public))
    }
}

impl fmt::Debug for LoginKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginKey([secret])")
    }
}

/// Where the deposits go.
#[derive(Clone, Debug)]
pub struct Target {
    /// Name or address of the host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// As whom we log in.
    pub user: String,
    /// With which key.
    pub key: LoginKey,
    /// The keys that the host may show.
    pub host_keys: Vec<HostKey>,
    /// The folder there.
    pub folder: String,
}

impl Target {
    /// The folder as a host takes it.
    pub(super) fn top(&self) -> &str {
        if self.folder.is_empty() { "." } else { &self.folder }
    }

    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// A session that is logged in. The line ends with it.
pub(super) struct Line {
    pub sftp: SftpSession,
    ssh: Handle<Pinned>,
}

impl Line {
    pub async fn close(self) {
        // Whether the host hears the farewell changes nothing.
        drop(self.sftp.close().await);
        drop(self.ssh.disconnect(russh::Disconnect::ByApplication, "", "en").await);
    }
}

/// Connects and logs in.
pub(super) async fn connect(target: &Target) -> Result<Line, SendFault> {
    let late = |_| SendFault::Unreachable { host: target.place(), reason: format!("no answer within {} s", CONNECT_LIMIT.as_secs()) };
    tokio::time::timeout(CONNECT_LIMIT, log_in(target)).await.map_err(late)?
}

async fn log_in(target: &Target) -> Result<Line, SendFault> {
    let unreachable = |reason: String| SendFault::Unreachable { host: target.place(), reason };
    let shown = Arc::new(Mutex::new(None));
    let pinned = Pinned { wanted: target.host_keys.clone(), shown: Arc::clone(&shown) };
    let config = Arc::new(config(&target.host_keys));
    let connected = client::connect(config, (target.host.as_str(), target.port), pinned).await;
    let mut ssh = connected.map_err(|error| match shown.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(shown) => SendFault::HostKey { host: target.place(), shown },
        None => unreachable(error.to_string()),
    })?;
    let key = PrivateKeyWithHashAlg::new(Arc::clone(&target.key.0), None);
    let login = ssh.authenticate_publickey(target.user.clone(), key).await.map_err(|error| unreachable(error.to_string()))?;
    if !login.success() {
        return Err(SendFault::Login { host: target.place(), user: target.user.clone() });
    }
    let refused = |step: &str, reason: String| SendFault::Refused { step: step.to_owned(), reason };
    let channel = ssh.channel_open_session().await.map_err(|error| refused("open a channel", error.to_string()))?;
    channel.request_subsystem(true, "sftp").await.map_err(|error| refused("start SFTP", error.to_string()))?;
    let config = russh_sftp::client::Config {
        max_concurrent_writes: WRITES_UNDER_WAY,
        max_write_packet_len: WRITE_BYTES,
        request_timeout_secs: SILENCE_LIMIT.as_secs(),
        ..russh_sftp::client::Config::default()
    };
    let sftp = SftpSession::new_with_config(channel.into_stream(), config).await;
    let sftp = sftp.map_err(|error| refused("start SFTP", error.to_string()))?;
    Ok(Line { sftp, ssh })
}

/// Ciphers and keys that we speak; the kinds of host keys are those that were pinned.
fn config(host_keys: &[HostKey]) -> client::Config {
    let mut kinds: Vec<Algorithm> = host_keys.iter().map(|key| key.0.algorithm()).collect();
    kinds.sort();
    kinds.dedup();
    if kinds.is_empty() {
        kinds.push(Algorithm::Ed25519);
        kinds.push(Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 });
    }
    let preferred = Preferred {
        kex: Cow::Owned(vec![kex::MLKEM768X25519_SHA256, kex::CURVE25519, kex::CURVE25519_PRE_RFC_8731, kex::EXTENSION_SUPPORT_AS_CLIENT]),
        key: Cow::Owned(kinds),
        cipher: Cow::Owned(vec![cipher::AES_256_GCM, cipher::CHACHA20_POLY1305, cipher::AES_256_CTR]),
        ..Preferred::default()
    };
    client::Config { preferred, inactivity_timeout: Some(SILENCE_LIMIT), nodelay: true, ..client::Config::default() }
}

/// Takes only a host key that was pinned, and keeps what another one was.
pub(super) struct Pinned {
    wanted: Vec<HostKey>,
    shown: Arc<Mutex<Option<String>>>,
}

impl client::Handler for Pinned {
    type Error = russh::Error;

    async fn check_server_key(&mut self, shown: &PublicKey) -> Result<bool, russh::Error> {
        if self.wanted.iter().any(|wanted| wanted.0.key_data() == shown.key_data()) {
            return Ok(true);
        }
        let fingerprint = shown.fingerprint(HashAlg::Sha256).to_string();
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(fingerprint);
        Ok(false)
    }
}
