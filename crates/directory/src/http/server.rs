//! Connections: how many, how long, how large; HTTP/1.1 and HTTP/2 under TLS.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderValue, LOCATION};
use http::{Response, StatusCode};
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::answer::answer;
use super::forms::FormServer;
use crate::accept::accept;
use crate::acme::Challenges;
use crate::forms::Forms;
use crate::metrics::{Kind, Protocol};
use crate::service::Service;
use crate::settings::Settings;

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub struct HttpLimits {
    /// Connections at once; more wait to be accepted.
    pub connections: usize,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
    /// How long the header of a request may take, counted from the answer before it.
    pub header: Duration,
    /// How long a connection may live.
    pub life: Duration,
    /// Most bytes of a request's header.
    pub header_bytes: usize,
    /// Requests at once on one HTTP/2 connection.
    pub streams: u32,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connections: 8192,
            handshake: Duration::from_secs(5),
            header: Duration::from_secs(10),
            life: Duration::from_secs(600),
            header_bytes: 16 * 1024,
            streams: 64,
        }
    }
}

/// Serves RDAP, and forms where there are any.
pub struct Server {
    service: Arc<Service>,
    forms: Option<Arc<FormServer>>,
    limits: HttpLimits,
}

impl Server {
    /// A server for a service.
    #[must_use]
    pub fn new(service: Arc<Service>, limits: HttpLimits) -> Self {
        Self { service, forms: None, limits }
    }

    /// Takes what the public sends, too.
    #[must_use]
    pub fn with_forms(self, forms: Option<Arc<Forms>>) -> Self {
        Self { forms: forms.map(|forms| Arc::new(FormServer::new(forms))), ..self }
    }

    /// Serves a listener under TLS until `stop` says true or is dropped.
    pub async fn run(self: Arc<Self>, listener: TcpListener, tls: Arc<ServerConfig>, stop: watch::Receiver<bool>) {
        let acceptor = TlsAcceptor::from(tls);
        let server = Arc::clone(&self);
        accept("http", listener, self.limits.connections, stop, move |stream, from| {
            let (server, acceptor) = (Arc::clone(&server), acceptor.clone());
            async move {
                let counters = server.service.counters();
                let _open = counters.open(Protocol::Https);
                match timeout(server.limits.handshake, acceptor.accept(stream)).await {
                    Ok(Ok(stream)) => server.serve(stream, from).await,
                    _ => counters.count_failed_handshake(),
                }
            }
        })
        .await;
    }

    /// Serves a listener without TLS: for benchmarks beside peers that have none. The program never does.
    #[cfg(feature = "plain")]
    pub async fn run_plain(self: Arc<Self>, listener: TcpListener, stop: watch::Receiver<bool>) {
        let server = Arc::clone(&self);
        accept("http", listener, self.limits.connections, stop, move |stream, from| {
            let server = Arc::clone(&server);
            async move { server.serve(stream, from).await }
        })
        .await;
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin + 'static>(&self, stream: S, from: IpAddr) {
        let service = service_fn(|request: http::Request<hyper::body::Incoming>| {
            let form = self.forms.as_ref().and_then(|forms| Some((Arc::clone(forms), forms.at(request.uri().path())?)));
            // A lookup is answered at once; what belongs to a form is on the heap, so that lookups need not carry its room.
            let answered = match form {
                None => Ok(answer(&self.service, &request, from)),
                Some((forms, kind)) => {
                    let service = Arc::clone(&self.service);
                    Err(Box::pin(async move {
                        let response = forms.answer(kind, request, from).await;
                        service.counters().count(Kind::Form, response.status().as_u16(), from);
                        response
                    }))
                }
            };
            async move {
                Ok::<_, Infallible>(match answered {
                    Ok(response) => response,
                    Err(form) => form.await,
                })
            }
        });
        let builder = builder(&self.limits);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        // A client that goes away, or breaks the protocol, concerns nobody else.
        let _ = timeout(self.limits.life, connection).await;
    }
}

/// Answers plain HTTP with the way to the real thing (TIG 1.4), and an authority that asks whether the host is ours.
pub struct Redirector {
    origin: String,
    challenges: Arc<Challenges>,
    limits: HttpLimits,
}

impl Redirector {
    /// Redirects to the RDAP base of `settings`.
    #[must_use]
    pub fn new(settings: &Settings, limits: HttpLimits) -> Self {
        Self { origin: settings.base_url.origin().to_owned(), challenges: Arc::default(), limits }
    }

    /// Answers those challenges besides.
    #[must_use]
    pub fn with_challenges(self, challenges: Arc<Challenges>) -> Self {
        Self { challenges, ..self }
    }

    /// Serves a listener until `stop` says true or is dropped.
    pub async fn run(self: Arc<Self>, listener: TcpListener, stop: watch::Receiver<bool>) {
        let redirector = Arc::clone(&self);
        accept("http", listener, self.limits.connections, stop, move |stream, _| {
            let redirector = Arc::clone(&redirector);
            async move { redirector.serve(stream).await }
        })
        .await;
    }

    async fn serve(&self, stream: TcpStream) {
        let service = service_fn(|request: http::Request<hyper::body::Incoming>| {
            let response = self.answer(request.uri().path());
            async move { Ok::<_, Infallible>(response) }
        });
        let builder = builder(&self.limits);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let _ = timeout(self.limits.header, connection).await;
    }

    fn answer(&self, path: &str) -> Response<Full<Bytes>> {
        if let Some(answer) = self.challenges.answer(path) {
            return Response::new(Full::new(Bytes::from(answer)));
        }
        let mut response = Response::new(Full::new(Bytes::new()));
        // The query is left out: RFC 7480 section 5.2.
        match HeaderValue::from_str(&[&self.origin, path].concat()) {
            Ok(location) => {
                *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
                response.headers_mut().insert(LOCATION, location);
            }
            Err(_) => *response.status_mut() = StatusCode::BAD_REQUEST,
        }
        response
    }
}

fn builder(limits: &HttpLimits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.header).max_buf_size(limits.header_bytes);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX))
        .keep_alive_interval(limits.header)
        .keep_alive_timeout(limits.header);
    builder
}
