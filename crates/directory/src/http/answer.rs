//! An answer as an HTTP response (RFC 7480; TIG 1.8, 1.14).

use std::net::IpAddr;

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;

use crate::rdap::MEDIA_TYPE;
use crate::service::Service;

/// Answers one request; its body, if any, is not read.
pub(super) fn answer<B>(service: &Service, request: &Request<B>, from: IpAddr) -> Response<Full<Bytes>> {
    let path = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let is_offered = matches!(*request.method(), Method::GET | Method::HEAD);
    let answer = if is_offered { service.answer_rdap(path, from) } else { service.refuse_method(path) };
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(wait) = answer.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    }
    if !is_offered {
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    response
}
