//! Answers `/metrics` over plain HTTP, to this machine.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::accept::accept;

/// Connections at once; whoever watches needs one.
const CONNECTIONS: usize = 16;
/// How long the header of a request may take.
const HEADER: Duration = Duration::from_secs(5);
/// How long a connection may live.
const LIFE: Duration = Duration::from_secs(600);
/// Most bytes of a request's header; the least that the library takes.
const HEADER_BYTES: usize = 8192;
/// The format of the text.
const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Serves what a function writes.
pub struct Server {
    write: Box<dyn Fn() -> String + Send + Sync>,
}

impl Server {
    /// A server of what `write` writes at each question.
    pub fn new(write: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self { write: Box::new(write) }
    }

    /// Serves a listener until `stop` says true or is dropped.
    pub async fn run(self: Arc<Self>, listener: TcpListener, stop: watch::Receiver<bool>) {
        accept("metrics", listener, CONNECTIONS, stop, move |stream, _| {
            let server = Arc::clone(&self);
            async move {
                let service = service_fn(|request| {
                    let response = server.answer(&request);
                    async move { Ok::<_, Infallible>(response) }
                });
                let mut builder = http1::Builder::new();
                builder.timer(TokioTimer::new()).header_read_timeout(HEADER).max_buf_size(HEADER_BYTES);
                // A client that goes away concerns nobody else.
                let _ = timeout(LIFE, builder.serve_connection(TokioIo::new(stream), service)).await;
            }
        })
        .await;
    }

    fn answer<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::default());
        match (request.method(), request.uri().path()) {
            (&Method::GET | &Method::HEAD, "/metrics") => {
                *response.body_mut() = Full::new(Bytes::from((self.write)()));
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
            }
            (&Method::GET | &Method::HEAD, _) => *response.status_mut() = StatusCode::NOT_FOUND,
            _ => *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED,
        }
        response
    }
}
