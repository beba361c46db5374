//! An answer as an HTTP response (RFC 7480; TIG 1.8, 1.14).

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderValue, REFERRER_POLICY,
    RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;

use crate::metrics::Kind;
use crate::rdap::MEDIA_TYPE;
use crate::service::Service;
use crate::web::{self, Page};

/// Answers one request; its body, if any, is not read.
pub(crate) fn answer<B>(service: &Service, request: &Request<B>, from: IpAddr) -> Response<Full<Bytes>> {
    let path = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let is_offered = matches!(*request.method(), Method::GET | Method::HEAD);
    let page = if is_offered && web::may_be_page(path) { service.answer_web(path, accepts_html(request.headers()), from) } else { None };
    let (kind, response) = match page {
        Some(page) => (Kind::Web, page_response(page)),
        None => (service.kind_of(path), rdap_response(service, path, is_offered, from)),
    };
    service.counters().count(kind, response.status().as_u16(), from);
    response
}

/// Whether whoever asks names HTML: a browser does, clients of RDAP do not.
fn accepts_html(headers: &HeaderMap) -> bool {
    let texts = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    texts.into_iter().any(|text| text.split([',', ';']).any(|range| range.trim().eq_ignore_ascii_case("text/html")))
}

fn rdap_response(service: &Service, path: &str, is_offered: bool, from: IpAddr) -> Response<Full<Bytes>> {
    let answer = if is_offered { service.answer_rdap(path, from) } else { service.refuse_method(path) };
    let mut response = response(answer.status, answer.body, answer.retry_after);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if !is_offered {
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    response
}

fn page_response(page: Page) -> Response<Full<Bytes>> {
    let response = response(page.status, page.body.into_bytes(), page.retry_after);
    as_page(response, HeaderValue::from_static(page.media_type), HeaderValue::from_static(web::SECURITY_POLICY))
}

/// What every page for people says of itself: its type, what it may load, and that where it was read is nobody's business.
pub(super) fn as_page(mut response: Response<Full<Bytes>>, media_type: HeaderValue, policy: HeaderValue) -> Response<Full<Bytes>> {
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, media_type);
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// A response of a status, never taken for another type than it says (TIG 1.8), and with when to ask again.
pub(super) fn response(status: u16, body: Vec<u8>, retry_after: Option<Duration>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(wait) = retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    }
    response
}
