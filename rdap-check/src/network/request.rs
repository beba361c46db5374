//! One question over HTTP/1.1, with the redirects that follow from it and one wait if the server is busy.

use super::Target;
use super::connection::{Connector, Stream};
use crate::answer::Answer;
use crate::session::{Accept, Exchange, Family, Redirect, Trouble};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use url::Url;

/// How many redirects are followed.
pub(super) const REDIRECTS_FOLLOWED: usize = 3;
/// How long one question may take, from connecting to the last octet.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a busy server is waited for: as it says, up to a limit, or a usual time.
const BUSY_WAIT_LIMIT_S: u64 = 120;
const BUSY_WAIT_USUAL_S: u64 = 30;
/// The largest body that is read.
const BODY_LIMIT_OCTETS: usize = 1 << 20;

/// How a question is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Head,
}

/// Asks, follows redirects, and tells what came of it. With `redirects` of 0 the first answer is the last, wherever it leads.
pub(super) async fn exchange(
    connector: &Connector,
    target: &Target,
    address: IpAddr,
    method: Method,
    url: &Url,
    (family, accept): (Family, Accept),
    redirects: usize,
) -> Exchange {
    let mut exchange = Exchange { family, accept, url: url.to_string(), redirects: Vec::new(), outcome: Err(Trouble::NotConnected) };
    let (mut url, mut address, mut has_waited) = (url.clone(), address, false);
    exchange.outcome = loop {
        let asked = ask(connector, SocketAddr::new(address, target.port(&url)), method, &url, accept);
        let answer = match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(trouble)) => break Err(trouble),
            Err(_) => break Err(Trouble::NotReceived),
        };
        if answer.status == 429 && !has_waited {
            has_waited = true;
            tokio::time::sleep(busy_wait(&answer)).await;
            continue;
        }
        let Some(location) = answer.header("location").filter(|_| redirects > 0 && answer.is_redirect()) else { break Ok(answer) };
        exchange.redirects.push(Redirect { from: url.to_string(), to: location.to_owned() });
        if exchange.redirects.len() > redirects {
            break Err(Trouble::TooManyRedirects);
        }
        let Ok(next) = url.join(location) else { break Err(Trouble::HttpFault) };
        if next.host_str() != url.host_str() {
            match address_elsewhere(target, &next, family).await {
                Some(elsewhere) => address = elsewhere,
                None => break Err(Trouble::NotConnected),
            }
        }
        url = next;
    };
    exchange
}

/// Where another host is, to which a redirect leads.
async fn address_elsewhere(target: &Target, url: &Url, family: Family) -> Option<IpAddr> {
    let is_of_family = |address: &IpAddr| address.is_ipv4() == (family == Family::V4);
    target.resolve(url).await.into_iter().filter(is_of_family).find(|address| target.may_connect_to(*address))
}

fn busy_wait(answer: &Answer) -> Duration {
    let asked_for = answer.header("retry-after").and_then(|seconds| seconds.trim().parse().ok());
    Duration::from_secs(asked_for.filter(|seconds| *seconds <= BUSY_WAIT_LIMIT_S).unwrap_or(BUSY_WAIT_USUAL_S))
}

async fn ask(connector: &Connector, address: SocketAddr, method: Method, url: &Url, accept: Accept) -> Result<Answer, Trouble> {
    let stream = connector.connect(address, url).await?;
    let response = send(stream, method, url, accept).await?;
    read(response).await
}

async fn send(stream: Box<dyn Stream>, method: Method, url: &Url, accept: Accept) -> Result<Response<Incoming>, Trouble> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|_| Trouble::NotSent)?;
    // It ends with the server's closing or with ours, when the sender is dropped.
    tokio::spawn(connection);
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    };
    let method = match method {
        Method::Get => hyper::Method::GET,
        Method::Head => hyper::Method::HEAD,
    };
    let request = Request::builder()
        .method(method)
        .uri(&url[url::Position::BeforePath..url::Position::AfterQuery])
        .header("host", host)
        .header("accept", accept.value())
        .header("user-agent", concat!("rdap-check/", env!("CARGO_PKG_VERSION")))
        .header("connection", "close")
        .body(Empty::<Bytes>::new())
        .map_err(|_| Trouble::NotSent)?;
    sender.send_request(request).await.map_err(|fault| trouble_of_http(&fault))
}

fn trouble_of_http(fault: &hyper::Error) -> Trouble {
    if fault.is_parse() {
        Trouble::HttpFault
    } else if fault.is_canceled() {
        Trouble::NotSent
    } else {
        Trouble::NotReceived
    }
}

async fn read(response: Response<Incoming>) -> Result<Answer, Trouble> {
    let text = |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), BODY_LIMIT_OCTETS).collect().await.map_err(|_| Trouble::NotReceived)?;
    Ok(Answer { status, headers, body: body.to_bytes().to_vec() })
}
