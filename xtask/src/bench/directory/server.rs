//! The servers that are asked, each in a process of its own: ours, and the least a server can do.

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::get;
use directory::follow::Follow;
use directory::http::{HttpLimits, Server, tls};
use directory::limit::Rate;
use directory::whois::{self, WhoisLimits};
use directory::{Database, Service};
use serde::{Deserialize, Serialize};
use store::VerifierKey;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::super::process::Process;
use super::cores::{self, Core};
use super::records::{Feed, HOST, settings};

/// The hidden chore that [`serve`] is started by.
const CHORE: &str = "bench-directory";

/// How often the feed is looked at, as the program does.
const FEED_PAUSE: Duration = Duration::from_millis(200);

/// Where a server answers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Served {
    /// RDAP over plain HTTP, which the program itself never offers.
    pub http: SocketAddr,
    /// RDAP over TLS, where it is offered.
    pub https: Option<SocketAddr>,
    /// WHOIS.
    pub whois: SocketAddr,
}

/// A server that answers until this is dropped.
pub struct ServerProcess {
    child: Child,
    /// The server ends when it is closed.
    _leash: Option<ChildStdin>,
    pub served: Served,
}

/// What a server is made from.
#[derive(Serialize, Deserialize)]
enum Kind {
    /// Our directory on a feed, with a certificate in `dir`.
    Ours { feed: PathBuf, key: String, dir: PathBuf },
    /// The same bytes for every question.
    Bare { body: Vec<u8>, text: Vec<u8> },
}

impl ServerProcess {
    /// Ours, on a feed; it has read it when this returns. Its certificate is in `dir`, where [`certificate`] finds it.
    pub fn ours(feed: &Feed, dir: &Path) -> Result<Self> {
        certify(dir)?;
        Self::start(dir, &Kind::Ours { feed: feed.folder().to_owned(), key: feed.key().to_owned(), dir: dir.to_owned() })
    }

    /// The least a server can do: bytes that another one answered.
    pub fn bare(dir: &Path, body: Vec<u8>, text: Vec<u8>) -> Result<Self> {
        Self::start(dir, &Kind::Bare { body, text })
    }

    fn start(dir: &Path, kind: &Kind) -> Result<Self> {
        let file = dir.join(match kind {
            Kind::Ours { .. } => "ours.json",
            Kind::Bare { .. } => "bare.json",
        });
        std::fs::write(&file, serde_json::to_vec(kind)?)?;
        let mut command = cores::on(Core::Server, &std::env::current_exe()?);
        let mut child =
            command.arg(CHORE).arg(&file).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("a server cannot start")?;
        let (leash, output) = (child.stdin.take(), child.stdout.take().context("a server has no output")?);
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let served = serde_json::from_str(&line).with_context(|| format!("a server said `{}`", line.trim()))?;
        Ok(Self { child, _leash: leash, served })
    }

    /// Its process, to be measured.
    pub fn process(&self) -> Process {
        Process::of(self.child.id())
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // It may have ended already; either way nothing is left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The certificate of our server in `dir`, which its clients trust.
pub fn certificate(dir: &Path) -> PathBuf {
    dir.join("chain.pem")
}

/// Writes a certificate and its key into `dir`.
pub fn certify(dir: &Path) -> Result<()> {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
    let leaf = rcgen::CertificateParams::new([HOST.to_owned()])?.self_signed(&key)?;
    std::fs::write(certificate(dir), leaf.pem())?;
    store::secret_file::write(&dir.join("key.pem"), key.serialize_pem().as_bytes()).context("the server's key cannot be written")
}

/// The other process: says where it serves once it does, and serves until its input closes.
pub fn serve(file: &Path) -> Result<ExitCode> {
    let kind: Kind = serde_json::from_slice(&std::fs::read(file)?)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (_stop, stopped) = watch::channel(false);
    let served = runtime.block_on(async {
        match kind {
            Kind::Ours { feed, key, dir } => serve_ours(&feed, &key, &dir, stopped).await,
            Kind::Bare { body, text } => serve_bare(body, text).await,
        }
    })?;
    println!("{}", serde_json::to_string(&served)?);
    std::io::stdin().read_to_end(&mut Vec::new())?;
    runtime.shutdown_background();
    Ok(ExitCode::SUCCESS)
}

async fn listen() -> Result<(SocketAddr, TcpListener)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    Ok((listener.local_addr()?, listener))
}

async fn serve_ours(feed: &Path, key: &str, dir: &Path, stopped: watch::Receiver<bool>) -> Result<Served> {
    let key = VerifierKey::parse(key)?;
    let database = Arc::new(Database::new());
    let mut follow = Follow::new(feed, key, Arc::clone(&database));
    follow.step()?;
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(FEED_PAUSE);
            if let Err(fault) = follow.step() {
                eprintln!("the feed cannot be followed: {fault}");
            }
        }
    });
    // Whoever measures is not held back, as a network that must get through is not.
    let rate = Rate { exempt: vec![(Ipv4Addr::LOCALHOST.into(), 8)], ..Rate::default() };
    let service = Arc::new(Service::new(&settings()?, database, rate));
    let server = Arc::new(Server::new(Arc::clone(&service), HttpLimits::default()));
    let certificate = Arc::new(tls::Certificate::read(&certificate(dir), &dir.join("key.pem"))?);
    let ((http, plain), (https, secure), (whois, port43)) = (listen().await?, listen().await?, listen().await?);
    tokio::spawn(Arc::clone(&server).run_plain(plain, stopped.clone()));
    tokio::spawn(server.run(secure, Arc::new(tls::server_config(certificate)?), stopped.clone()));
    tokio::spawn(Arc::new(whois::Server::new(service, WhoisLimits::default())).run(port43, stopped));
    Ok(Served { http, https: Some(https), whois })
}

async fn serve_bare(body: Vec<u8>, text: Vec<u8>) -> Result<Served> {
    let ((http, plain), (whois, port43)) = (listen().await?, listen().await?);
    let body = Bytes::from(body);
    let headers = [
        (header::CONTENT_TYPE, "application/rdap+json"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let answer = get(move || async move { (headers, body.clone()) });
    tokio::spawn(async move { axum::serve(plain, Router::new().route("/domain/{name}", answer)).await });
    let text = Bytes::from(text);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = port43.accept().await {
            let text = text.clone();
            tokio::spawn(async move {
                let mut line = [0; 512];
                let _ = stream.read(&mut line).await?;
                stream.write_all(&text).await?;
                stream.shutdown().await
            });
        }
    });
    Ok(Served { http, https: None, whois })
}
