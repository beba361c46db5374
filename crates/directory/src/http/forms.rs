//! Forms over HTTP: bounded bodies, and the disk waited for beside the tasks that answer RDAP.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Body;
use policy::desk::FormKind;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::answer::{as_page, response};
use crate::forms::{FormAnswer, Forms, MAX_BODY_BYTES, POLICY};
use crate::web;

/// How long a body may take.
const BODY: Duration = Duration::from_secs(20);
/// Forms that are put on the disk at once; each waits for it twice.
const WRITERS: usize = 4;
/// How long a form waits for its turn.
const TURN: Duration = Duration::from_secs(5);
/// The encoding that forms come in.
const ENCODING: &str = "application/x-www-form-urlencoded";

/// The forms, with the places of those that wait for the disk.
pub(super) struct FormServer {
    forms: Arc<Forms>,
    writers: Semaphore,
}

impl FormServer {
    pub(super) fn new(forms: Arc<Forms>) -> Self {
        Self { forms, writers: Semaphore::new(WRITERS) }
    }

    /// Which form a path is that of.
    pub(super) fn at(&self, path: &str) -> Option<FormKind> {
        self.forms.at(path)
    }

    /// Answers one request for a form.
    pub(super) async fn answer<B>(&self, kind: FormKind, request: Request<B>, from: IpAddr) -> Response<Full<Bytes>>
    where
        B: Body,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let answer = match *request.method() {
            Method::GET | Method::HEAD => self.forms.show(kind, request.uri().query().unwrap_or_default()),
            Method::POST => self.post(kind, request, from).await,
            _ => {
                let mut response = respond(self.forms.note(405, "Method not allowed", "A form is read with GET and sent with POST.", None));
                response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
                return response;
            }
        };
        respond(answer)
    }

    async fn post<B>(&self, kind: FormKind, request: Request<B>, from: IpAddr) -> FormAnswer
    where
        B: Body,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        if let Err(answer) = self.forms.admit(from) {
            return answer;
        }
        let encoding = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !encoding.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(ENCODING)) {
            return self.forms.note(415, "This form cannot be read", &format!("A form is sent as {ENCODING}."), None);
        }
        let body = match timeout(BODY, Limited::new(request.into_body(), MAX_BODY_BYTES).collect()).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(_)) => return self.forms.note(413, "This form is too long", "It is longer than the form can be.", None),
            Err(_) => return self.forms.note(408, "Too slow", "The form did not arrive in time.", None),
        };
        let busy = || self.forms.note(503, "Please try again later", "Your form was not taken: too many came at once.", Some(BODY));
        let Ok(Ok(_turn)) = timeout(TURN, self.writers.acquire()).await else { return busy() };
        let forms = Arc::clone(&self.forms);
        tokio::task::spawn_blocking(move || forms.post(kind, &body)).await.unwrap_or_else(|_| busy())
    }
}

fn respond(answer: FormAnswer) -> Response<Full<Bytes>> {
    let mut response = response(answer.status, answer.body.into_bytes(), answer.retry_after);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    as_page(response, HeaderValue::from_static(web::MEDIA_TYPE), POLICY.clone())
}
