//! `namekeep directory ...`: the public directory as a process of its own. It follows the feed, serves RDAP and WHOIS from memory, and
//! goes on doing so while the instance is down.

mod month;
mod probe;
mod watched;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use directory::acme::{Acme, AcmeSettings, Challenges, Keeper};
use directory::follow::Follow;
use directory::http::client::trust;
use directory::http::tls::{Certificate, CertificateFault, server_config};
use directory::http::{HttpLimits, Redirector, Server};
use directory::whois::{self, WhoisLimits};
use directory::{Database, Service, metrics, web};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::serve::stop_signal;
use super::session::runtime;
use super::{Ending, forms, intake, publication, show};
use crate::cli::DirectoryCommand;
use crate::directory_config::{Checked, DirectoryConfig, Given, filled};
use crate::failure::{Exit, Failure};
use crate::instance::Instance;
use crate::output::{Format, Report};

/// How often the feed is looked at. With the publisher's own pause a change is public within a second or so.
const FEED_PAUSE: Duration = Duration::from_millis(200);

/// How often the certificate's files are looked at.
const CERTIFICATE_PAUSE: Duration = Duration::from_secs(60);

/// Past this age of the feed, in seconds, the log says so.
const FEED_STALE_SECONDS: i64 = 600;

/// Runs one command.
pub fn run(command: &DirectoryCommand, dir: &Path, format: Format) -> Result<Ending, Failure> {
    match command {
        DirectoryCommand::Init { file, key, feed, intake_key, intake } => {
            let given = Given { feed, feed_key: key.as_deref(), intake, intake_key: intake_key.as_deref() };
            show(format, init(file, &given))
        }
        DirectoryCommand::IntakeKey => {
            let instance = Instance::open(dir)?;
            show(format, intake::key(&instance).map(|key| Line(key.public().to_string())))
        }
        DirectoryCommand::Key => {
            let instance = Instance::open(dir)?;
            show(format, publication::key(&instance).map(|key| Line(key.verifier().to_string())))
        }
        DirectoryCommand::Serve { file } => serve(file),
        DirectoryCommand::Probe { file } => probe::run(file, format),
        DirectoryCommand::Report { file, month } => month::run(file, month.as_deref(), format),
    }
}

/// One line of text.
#[derive(Serialize)]
#[serde(transparent)]
struct Line(String);

impl Report for Line {
    fn text(&self) -> String {
        self.0.clone()
    }
}

fn init(file: &Path, given: &Given<'_>) -> Result<Line, Failure> {
    use std::io::Write;
    let text = filled(given);
    let written = std::fs::File::options().write(true).create_new(true).open(file).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::new(Exit::Refused, "directory.exists", format!("`{}` is there already; nothing was changed.", file.display()))
        }
        _ => Failure::file(file, "write the configuration", &error),
    })?;
    Ok(Line(format!("`{}` is written; look through it, then `namekeep directory serve {0}`.", file.display())))
}

fn serve(file: &Path) -> Result<Ending, Failure> {
    runtime()?.block_on(async {
        let directory = Directory::start(file).await?;
        anstream::eprintln!("{}; stop it with Ctrl-C.", directory.sentence);
        stop_signal().await?;
        directory.stop().await;
        Ok(Ending::Done)
    })
}

/// A running directory.
pub struct Directory {
    sentence: String,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Directory {
    /// Starts the directory of a configuration, inside a runtime.
    ///
    /// # Errors
    /// [`Failure`] if the configuration or a file it names cannot be used, or an address is taken.
    pub async fn start(file: &Path) -> Result<Self, Failure> {
        let (config, checked) = DirectoryConfig::read(file)?;
        let base = file.parent().unwrap_or(Path::new(""));
        let files = CertificateFiles { chain: base.join(&config.rdap.certificate), key: base.join(&config.rdap.key) };
        let certificate = Arc::new(files.read(config.acme.is_some())?);
        let tls = Arc::new(server_config(Arc::clone(&certificate)).map_err(|fault| certificate_failure(&fault))?);
        let service = Arc::new(service(&config, &checked));
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let forms = forms::open(base, &config, checked.forms.as_ref())?.map(Arc::new);
        let rdap = Arc::new(Server::new(Arc::clone(&service), HttpLimits::default()).with_forms(forms));
        for address in &config.rdap.listen {
            let listener = listen(*address).await?;
            tasks.spawn(Arc::clone(&rdap).run(listener, Arc::clone(&tls), stopped.clone()));
        }
        let challenges = Arc::new(Challenges::default());
        let redirector = Redirector::new(&checked.settings, HttpLimits::default()).with_challenges(Arc::clone(&challenges));
        let redirector = Arc::new(redirector);
        for address in &config.rdap.redirect {
            let listener = listen(*address).await?;
            tasks.spawn(Arc::clone(&redirector).run(listener, stopped.clone()));
        }
        let whois = Arc::new(whois::Server::new(Arc::clone(&service), WhoisLimits::default()));
        for address in config.whois.iter().flat_map(|whois| &whois.listen) {
            let listener = listen(*address).await?;
            tasks.spawn(Arc::clone(&whois).run(listener, stopped.clone()));
        }
        let probed = probe::Schedule::new(&config, &checked, base)?;
        if let Some(metrics) = &config.metrics {
            let watched = watched::Watched::new(&service, &certificate, &config, &checked, base, probed.as_ref());
            let listener = listen(metrics.address).await?;
            tasks.spawn(Arc::new(metrics::Server::new(move || watched.write())).run(listener, stopped.clone()));
        }
        if let Some(schedule) = probed {
            tasks.spawn(schedule.run(stopped.clone()));
        }
        let follow = Follow::new(&base.join(&config.feed.folder), checked.feed_key.clone(), Arc::clone(service.database()));
        tasks.spawn(follow_feed(follow, service, stopped.clone()));
        match acme(&config, &checked, base, challenges)? {
            Some(acme) => tasks.spawn(Keeper::new(acme, certificate).run(now_second, stopped)),
            None => tasks.spawn(watch_certificate(certificate, files, stopped)),
        };
        warn_of_one_ip_version(&config);
        let sentence = format!("the directory serves {}", config.rdap.base_url);
        Ok(Self { sentence, stop, tasks })
    }

    /// Stops: connections under way end within their limits or with the process.
    pub async fn stop(mut self) {
        // Nobody listens any more only if every task has ended already.
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// What answers, with no records yet.
fn service(config: &DirectoryConfig, checked: &Checked) -> Service {
    let service = Service::new(&checked.settings, Arc::new(Database::new()), checked.rate.clone());
    match &config.web {
        Some(pages) => service.with_pages(web::Template::new(&checked.settings, pages.disclosure_url.as_deref())),
        None => service,
    }
}

/// Who orders certificates, where an authority is configured.
fn acme(config: &DirectoryConfig, checked: &Checked, base: &Path, challenges: Arc<Challenges>) -> Result<Option<Acme>, Failure> {
    let Some(acme) = &config.acme else { return Ok(None) };
    let failure = |reason: String| Failure::new(Exit::Usage, "directory.acme", format!("{}.", crate::instance::capitalised(&reason)));
    let settings = AcmeSettings {
        directory_url: acme.authority.clone(),
        contact: acme.contact.clone(),
        host: checked.settings.base_url.host().to_owned(),
        account: base.join(&acme.account),
        chain: base.join(&config.rdap.certificate),
        key: base.join(&config.rdap.key),
    };
    let roots = acme.authority_trust.as_ref().map(|path| base.join(path));
    let tls = trust(roots.as_deref()).map_err(|fault| failure(fault.to_string()))?;
    Acme::new(settings, tls, challenges).map(Some).map_err(|fault| failure(fault.to_string()))
}

/// Both IP versions are a must for the public (TIG 1.9); a machine of its own in front may see to the other one.
fn warn_of_one_ip_version(config: &DirectoryConfig) {
    let listens = |is_ipv6: bool| config.rdap.listen.iter().any(|address| address.is_ipv6() == is_ipv6);
    if !(listens(false) && listens(true)) {
        tracing::warn!("RDAP listens on one IP version only, and the public must be answered on both (TIG 1.9)");
    }
}

/// The files of the certificate.
struct CertificateFiles {
    chain: PathBuf,
    key: PathBuf,
}

impl CertificateFiles {
    /// The certificate in them. Where an authority will give one, they may not be there yet.
    fn read(&self, is_awaited: bool) -> Result<Certificate, Failure> {
        if is_awaited && !(self.chain.exists() && self.key.exists()) {
            return Ok(Certificate::awaited());
        }
        match Certificate::read(&self.chain, &self.key) {
            // A chain and a key that do not belong together: the directory ended between the two. A new pair is ordered at once.
            Err(fault @ CertificateFault::File { .. }) if is_awaited => {
                tracing::warn!(%fault, "the certificate is not shown; the authority is asked for another one");
                Ok(Certificate::awaited())
            }
            read => read.map_err(|fault| certificate_failure(&fault)),
        }
    }
}

fn certificate_failure(fault: &CertificateFault) -> Failure {
    Failure::new(Exit::Fault, "directory.certificate", format!("{}.", crate::instance::capitalised(&fault.to_string())))
}

/// Listens on exactly one IP version, so that `[::]` and `0.0.0.0` can stand side by side.
async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    let bound = bind(address).and_then(TcpListener::from_std);
    bound.map_err(|error| {
        Failure::new(Exit::Fault, "directory.listen", format!("The directory cannot listen on {address}: {error}."))
            .hint("another program may have the port; ports below 1024 need the right to bind them")
    })
}

fn bind(address: SocketAddr) -> std::io::Result<std::net::TcpListener> {
    use socket2::{Domain, Protocol, Socket, Type};
    /// Connections that may wait to be accepted.
    const BACKLOG: i32 = 4096;
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Brings the records up to the feed for ever. What cannot be read is said once, and when it is good again.
async fn follow_feed(follow: Follow, service: Arc<Service>, mut stopped: watch::Receiver<bool>) {
    let mut follow = follow;
    let mut trouble: Option<String> = None;
    let mut is_stale = false;
    loop {
        let stepped = tokio::task::spawn_blocking(move || {
            let step = follow.step();
            (follow, step)
        });
        let Ok((returned, step)) = stepped.await else {
            tracing::error!("following the feed ended by a panic; restart the directory");
            return;
        };
        follow = returned;
        let found = step.err().map(|fault| fault.to_string());
        if found != trouble {
            match &found {
                Some(fault) => tracing::error!(fault, "the feed cannot be followed; what is served stays as it was"),
                None => tracing::info!(names = service.database().names(), "the feed is followed again"),
            }
            trouble = found;
        }
        let age = now_second() - service.database().updated_at();
        let was_stale = std::mem::replace(&mut is_stale, service.database().is_ready() && age > FEED_STALE_SECONDS);
        if is_stale && !was_stale {
            tracing::warn!(age_s = age, "the feed has told nothing for a while; the instance may be down");
        }
        if tokio::time::timeout(FEED_PAUSE, stopped.wait_for(|stop| *stop)).await.is_ok() {
            return;
        }
    }
}

/// Shows another certificate once its files change.
async fn watch_certificate(certificate: Arc<Certificate>, files: CertificateFiles, mut stopped: watch::Receiver<bool>) {
    let CertificateFiles { chain, key } = files;
    let changed = |path: &Path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let stamps = || -> [Option<SystemTime>; 2] { [changed(&chain), changed(&key)] };
    let mut known = stamps();
    while tokio::time::timeout(CERTIFICATE_PAUSE, stopped.wait_for(|stop| *stop)).await.is_err() {
        let now = stamps();
        if now != known {
            match certificate.replace(&chain, &key) {
                Ok(()) => tracing::info!("RDAP shows its new certificate"),
                Err(fault) => tracing::error!(%fault, "the new certificate is not shown; the former one stays"),
            }
            known = now;
        }
    }
}

/// The edge: the time of this machine, for the age of the feed.
fn now_second() -> i64 {
    registrar::Clock::now(&registrar::SystemClock).as_second()
}
