//! The self-probe, against the real servers over both IP versions.

use std::sync::Arc;

use super::served::Served;
use crate::http::client::trust;
use crate::probe::{Asked, Prober, Round, Service, VisitFault};
use crate::settings::BaseUrl;

/// Asks a directory that serves; `host` is the host of the public address.
async fn ask(served: &Served, host: &str, name: &str, is_trusted: bool) -> Round {
    let asked = Asked {
        base_url: BaseUrl::parse(&format!("https://{host}:{}/", served.https_port())).unwrap(),
        names: vec![name.to_owned()],
        whois: Some((host.to_owned(), served.whois_port)),
        addresses: served.addresses(),
    };
    let root = served.root();
    let tls = trust(is_trusted.then_some(root.as_path())).unwrap();
    let visits = Prober::new(asked, Arc::clone(&tls)).visit().await;
    Round { at_s: 1_787_306_460, visits, feed_updated_at_s: Some(1_787_306_403) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_round_asks_both_services_on_both_ip_versions() {
    let served = Served::start().await;
    let round = ask(&served, "rdap.registrar.example", "withheld.com", true).await;
    let asked: Vec<_> = round.visits.iter().map(|visit| (visit.service, visit.is_ipv6, visit.outcome.is_ok())).collect();
    let want = [(Service::Rdap, false), (Service::Whois, false), (Service::Rdap, true), (Service::Whois, true)];
    assert_eq!(asked, want.map(|(service, is_ipv6)| (service, is_ipv6, true)), "{round:#?}");
    assert_eq!((round.lag_s(), round.is_up()), (Some(3), true));
    assert!(round.visits.iter().all(|visit| visit.trip_us > 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_is_not_ours_a_stranger_and_another_host_are_no_answers() {
    let served = Served::start().await;
    let unknown = ask(&served, "rdap.registrar.example", "unknown.com", true).await;
    assert_eq!(unknown.visits[0].outcome, Err(VisitFault::Status(404)));
    assert_eq!((unknown.lag_s(), unknown.is_up()), (None, false));
    for (host, is_trusted) in [("rdap.registrar.example", false), ("rdap.other.example", true)] {
        let round = ask(&served, host, "withheld.com", is_trusted).await;
        let said = round.visits[0].outcome.as_ref().unwrap_err().to_string();
        assert!(said.starts_with("there was no trusted TLS connection"), "{said}");
    }
}
