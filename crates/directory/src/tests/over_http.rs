//! What goes over the wire besides RDAP's own answers: pages, redirects, an authority's question, metrics.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use http::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::acme::{Challenges, PATH};
use crate::http::{HttpLimits, Redirector};
use crate::limit::Rate;
use crate::testing::{record_of, settings};
use crate::{Database, Service, metrics, web};

const FROM: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn service() -> Service {
    let database = Arc::new(Database::new());
    database.put(&record_of("example.alpha").to_bytes().unwrap()).unwrap();
    database.set_position(1, 1_787_306_400);
    Service::new(&settings(), database, Rate { burst: 1000, ..Rate::default() }).with_pages(web::Template::new(&settings(), None))
}

/// What is asked with which `Accept`, and the status and the media type of the answer.
#[test]
fn browsers_get_pages_and_rdap_stays_what_it_is() {
    const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    const RDAP: &str = "application/rdap+json";
    let cases = [
        ("GET", "/", Some(BROWSER), 200, web::MEDIA_TYPE),
        ("GET", "/", Some("Text/HTML"), 200, web::MEDIA_TYPE),
        ("GET", "/", Some("*/*"), 400, RDAP),
        ("GET", "/", None, 400, RDAP),
        ("HEAD", "/lookup", None, 200, web::MEDIA_TYPE),
        ("POST", "/lookup", Some(BROWSER), 405, RDAP),
        ("GET", "/lookup?name=example.alpha", None, 200, web::MEDIA_TYPE),
        ("GET", "/lookup?name=other.alpha", None, 404, web::MEDIA_TYPE),
        ("GET", "/lookup.css", None, 200, web::STYLE_MEDIA_TYPE),
        ("GET", "/domain/example.alpha", Some(BROWSER), 200, RDAP),
        ("GET", "/domain/other.alpha", Some(BROWSER), 404, RDAP),
        ("GET", "/help", Some(BROWSER), 200, RDAP),
    ];
    let service = service();
    for (method, path, accept, status, media_type) in cases {
        let request = Request::builder().method(method).uri(path);
        let request = accept.map_or_else(|| Request::builder().method(method).uri(path), |accept| request.header("accept", accept));
        let response = crate::http::respond(&service, &request.body(()).unwrap(), FROM);
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!((response.status().as_u16(), header("content-type")), (status, media_type), "{method} {path} {accept:?}");
        let (policy, cors) = if media_type == RDAP { ("", "*") } else { (web::SECURITY_POLICY, "") };
        assert_eq!((header("content-security-policy"), header("access-control-allow-origin")), (policy, cors), "{path}");
    }
    let text = metrics::write(service.counters(), &metrics::Gauges::default());
    for line in [
        r#"requests_total{kind="web",status="200",family="ipv4"} 5"#,
        r#"requests_total{kind="web",status="404",family="ipv4"} 1"#,
        r#"requests_total{kind="domain",status="200",family="ipv4"} 1"#,
        r#"requests_total{kind="other",status="405",family="ipv4"} 1"#,
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("alpha") && !text.contains("127.0.0.1"), "{text}");
}

async fn ask(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: rdap.registrar.example\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn plain_http_redirects_and_answers_an_authority() {
    let challenges = Arc::new(Challenges::default());
    challenges.put("token", "token.thumbprint");
    let redirector = Redirector::new(&settings(), HttpLimits::default()).with_challenges(Arc::clone(&challenges));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(Arc::new(redirector).run(listener, stopped));
    let answer = ask(address, &get(&format!("{PATH}token"))).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\ntoken.thumbprint"), "{answer}");
    challenges.clear();
    for path in [&format!("{PATH}token"), "/lookup?name=a.alpha"] {
        let answer = ask(address, &get(path)).await;
        let bare = path.split('?').next().unwrap();
        let want = format!("location: https://rdap.registrar.example{bare}\r\n");
        assert!(answer.starts_with("HTTP/1.1 301") && answer.contains(&want), "{answer}");
    }
}

#[tokio::test]
async fn metrics_are_one_path() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(Arc::new(metrics::Server::new(|| "metric 1\n".to_owned())).run(listener, stopped));
    let answer = ask(address, &get("/metrics")).await;
    assert!(answer.contains("content-type: text/plain; version=0.0.4") && answer.ends_with("\r\n\r\nmetric 1\n"), "{answer}");
    assert!(ask(address, &get("/")).await.starts_with("HTTP/1.1 404"));
    assert!(ask(address, "POST /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.starts_with("HTTP/1.1 405"));
}
