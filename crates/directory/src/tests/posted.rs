//! Forms over the real server: methods, headers, bodies, and lookups beside a flood of posts.

use std::sync::Arc;
use std::time::Duration;

use store::intake::{Inbox, SpoolLimits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::http::{HttpLimits, Server};
use crate::limit::Rate;
use crate::testing::{forms_in, record_of, settings};
use crate::{Database, Service};

/// A server without TLS on loopback, until it is dropped.
struct Served {
    address: std::net::SocketAddr,
    _stop: watch::Sender<bool>,
}

async fn serve(folder: &std::path::Path) -> Served {
    let database = Database::new();
    database.put(&record_of("example.com").to_bytes().unwrap()).unwrap();
    database.set_position(1, 1_787_306_400);
    let service = Arc::new(Service::new(&settings(), Arc::new(database), Rate { burst: 100_000, ..Rate::default() }));
    let (forms, _) = forms_in(folder, SpoolLimits::default());
    let server = Arc::new(Server::new(service, HttpLimits::default()).with_forms(Some(Arc::new(forms))));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(server.run_plain(listener, stopped));
    Served { address, _stop: stop }
}

/// One request, one answer.
async fn ask(served: &Served, request: &str) -> String {
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
}

fn post(path: &str, kind: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

const ENCODING: &str = "application/x-www-form-urlencoded";
const BODY: &str = "domain=example.com&name=Ada&email=ada%40example.org&reason=general";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_is_read_with_get_and_sent_with_post() {
    let folder = tempfile::tempdir().unwrap();
    let served = serve(folder.path()).await;
    let page = ask(&served, &get("/contact?domain=example.com")).await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    for header in
        ["content-security-policy: default-src 'none'; style-src 'sha256-", "cache-control: no-store", "referrer-policy: no-referrer"]
    {
        assert!(page.contains(header), "{header}: {page}");
    }
    assert!(page.contains("value=\"example.com\"") && !page.contains("<script"), "{page}");
    // The address in an answer of RDAP is this very page.
    let rdap = ask(&served, &get("/domain/example.com")).await;
    assert!(rdap.contains("https://www.registrar.example/contact?domain=example.com"), "{rdap}");
    let cases = [
        (post("/contact", ENCODING, BODY), "HTTP/1.1 200"),
        (post("/contact", "application/x-www-form-urlencoded; charset=UTF-8", BODY), "HTTP/1.1 200"),
        (post("/contact", "multipart/form-data; boundary=x", BODY), "HTTP/1.1 415"),
        (post("/contact", ENCODING, "domain=example.com"), "HTTP/1.1 422"),
        (post("/domain/example.com", ENCODING, BODY), "HTTP/1.1 405"),
        ("PUT /contact HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned(), "HTTP/1.1 405"),
        (get("/disclosure"), "HTTP/1.1 200"),
        (get("/inaccuracy"), "HTTP/1.1 200"),
        (get("/contact/"), "HTTP/1.1 400"),
    ];
    for (request, want) in cases {
        let answer = ask(&served, &request).await;
        assert!(answer.starts_with(want), "{request}\n{answer}");
    }
    assert_eq!(Inbox::new(folder.path()).list(10).unwrap().len(), 2);
    let long = post("/contact", ENCODING, &"a".repeat(crate::forms::MAX_BODY_BYTES + 1));
    assert!(ask(&served, &long).await.starts_with("HTTP/1.1 413"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lookups_go_on_beside_forms_that_never_end() {
    let folder = tempfile::tempdir().unwrap();
    let served = serve(folder.path()).await;
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        let head = format!("POST /contact HTTP/1.1\r\nHost: x\r\nContent-Type: {ENCODING}\r\nContent-Length: 100\r\n\r\ndomain=");
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    let asked = tokio::time::timeout(Duration::from_secs(10), ask(&served, &get("/domain/example.com"))).await;
    assert!(asked.unwrap().starts_with("HTTP/1.1 200"));
    let posted = tokio::time::timeout(Duration::from_secs(10), ask(&served, &post("/inaccuracy", ENCODING, ""))).await;
    assert!(posted.unwrap().starts_with("HTTP/1.1 422"));
}
