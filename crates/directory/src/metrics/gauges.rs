//! The text that Prometheus reads (exposition format 0.0.4).

use std::fmt::{Display, Write};

use super::counters::{Counters, Kind, Protocol};
use crate::probe::{Allowance, Used};

/// What stands at the moment of asking. Times are seconds since 1970.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gauges {
    /// Now.
    pub now_s: i64,
    /// Names that are served.
    pub names: usize,
    /// When the store was as it is served; 0 before it was ever complete.
    pub updated_at_s: i64,
    /// The position of the feed up to which it is served.
    pub position: u64,
    /// What the feed's head says: its position and its time; nothing where it cannot be read.
    pub head: Option<(u64, i64)>,
    /// When the certificate ends.
    pub certificate_ends_s: Option<i64>,
    /// The self-probe: when it last asked, whether all was well, and how much of the month's allowances is used.
    pub probe: Option<ProbeGauges>,
}

/// What the self-probe found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProbeGauges {
    /// When it last asked.
    pub at_s: i64,
    /// Whether every question of the last round was answered rightly.
    pub is_up: bool,
    /// How much of the month's allowances is used.
    pub used: Vec<Used>,
}

/// Writes everything.
#[must_use]
pub fn write(counters: &Counters, gauges: &Gauges) -> String {
    let mut out = String::with_capacity(4096);
    write_counters(&mut out, counters);
    write_feed(&mut out, gauges);
    if let Some(end) = gauges.certificate_ends_s {
        single(&mut out, "certificate_expiry_timestamp_seconds", "When the certificate ends.", end);
    }
    if let Some(probe) = &gauges.probe {
        write_probe(&mut out, probe);
    }
    out
}

fn write_counters(out: &mut String, counters: &Counters) {
    head(
        out,
        "requests_total",
        "counter",
        "Answers by kind, status and IP version; WHOIS is counted with the status that RDAP would give.",
    );
    let mut limited = [[0, 0], [0, 0]];
    for (kind, status, is_ipv6, count) in counters.requests() {
        let family = family(is_ipv6);
        line(out, &format!("requests_total{{kind=\"{}\",status=\"{status}\",family=\"{family}\"}}", kind.label()), count);
        if status == 429 {
            limited[usize::from(kind == Kind::Whois)][usize::from(is_ipv6)] += count;
        }
    }
    head(out, "limited_total", "counter", "Questions refused because their network asked too much.");
    for (protocol, counts) in Protocol::ALL.into_iter().zip(limited) {
        for is_ipv6 in [false, true] {
            let labels = format!("limited_total{{protocol=\"{}\",family=\"{}\"}}", protocol.label(), family(is_ipv6));
            line(out, &labels, counts[usize::from(is_ipv6)]);
        }
    }
    head(out, "connections", "gauge", "Connections that are open.");
    for protocol in Protocol::ALL {
        line(out, &format!("connections{{protocol=\"{}\"}}", protocol.label()), counters.connections(protocol));
    }
    head(out, "tls_handshakes_failed_total", "counter", "TLS handshakes that did not come about.");
    line(out, "tls_handshakes_failed_total", counters.handshakes_failed());
}

fn write_feed(out: &mut String, gauges: &Gauges) {
    single(out, "names", "Names that are served.", gauges.names);
    single(out, "feed_position", "The position of the feed up to which names are served.", gauges.position);
    single(out, "last_update_timestamp_seconds", "When the store was as it is served.", gauges.updated_at_s);
    let age = if gauges.updated_at_s == 0 { 0 } else { (gauges.now_s - gauges.updated_at_s).max(0) };
    single(out, "feed_age_seconds", "How long ago the store was as it is served.", age);
    single(out, "feed_readable", "Whether the head of the feed can be read and is rightly signed.", u8::from(gauges.head.is_some()));
    if let Some((position, at_s)) = gauges.head {
        let positions = position.saturating_sub(gauges.position);
        single(out, "feed_lag_positions", "How many entries of the feed are not served yet.", positions);
        let lag_s = if gauges.updated_at_s == 0 { 0 } else { (at_s - gauges.updated_at_s).max(0) };
        single(out, "feed_lag_seconds", "How much later the feed's head is than what is served.", lag_s);
    }
}

fn write_probe(out: &mut String, probe: &ProbeGauges) {
    single(out, "probe_timestamp_seconds", "When the self-probe last asked.", probe.at_s);
    single(out, "probe_up", "Whether every question of its last round was answered rightly.", u8::from(probe.is_up));
    head(out, "probe_allowance_used_ratio", "gauge", "How much of the month's allowance is used; 1 is all of it (RDAP-11).");
    for Used { allowance, share } in &probe.used {
        line(out, &format!("probe_allowance_used_ratio{{allowance=\"{}\"}}", allowance.label()), format!("{share:.6}"));
    }
    head(out, "probe_allowance_warning", "gauge", "Whether a tenth of the month's allowance is used.");
    for used in &probe.used {
        line(out, &format!("probe_allowance_warning{{allowance=\"{}\"}}", Allowance::label(used.allowance)), u8::from(used.is_warning()));
    }
}

fn family(is_ipv6: bool) -> &'static str {
    if is_ipv6 { "ipv6" } else { "ipv4" }
}

fn single(out: &mut String, name: &str, help: &str, value: impl Display) {
    head(out, name, "gauge", help);
    line(out, name, value);
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    // Writing into memory does not fail.
    let _ = writeln!(out, "# HELP namekeep_directory_{name} {help}\n# TYPE namekeep_directory_{name} {kind}");
}

fn line(out: &mut String, name: &str, value: impl Display) {
    let _ = writeln!(out, "namekeep_directory_{name} {value}");
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};
    use std::sync::Arc;

    use super::*;

    fn full() -> (Arc<Counters>, Gauges) {
        let counters = Arc::new(Counters::default());
        for (kind, status, times) in [(Kind::Domain, 200, 3), (Kind::Domain, 429, 2), (Kind::Whois, 429, 1), (Kind::Web, 599, 1)] {
            (0..times).for_each(|_| counters.count(kind, status, Ipv4Addr::LOCALHOST.into()));
        }
        counters.count(Kind::Domain, 200, Ipv6Addr::LOCALHOST.into());
        counters.count(Kind::Domain, 404, Ipv4Addr::LOCALHOST.to_ipv6_mapped().into());
        counters.count_failed_handshake();
        let used = vec![
            Used { allowance: Allowance::Availability, share: 0.12 },
            Used { allowance: Allowance::RoundTrip, share: 0.0 },
            Used { allowance: Allowance::Update, share: 0.000_001 },
        ];
        let gauges = Gauges {
            now_s: 1_787_306_405,
            names: 7,
            updated_at_s: 1_787_306_400,
            position: 40,
            head: Some((42, 1_787_306_402)),
            certificate_ends_s: Some(1_790_000_000),
            probe: Some(ProbeGauges { at_s: 1_787_306_380, is_up: true, used }),
        };
        (counters, gauges)
    }

    #[test]
    fn everything_is_written_as_prometheus_reads_it() {
        let (counters, gauges) = full();
        let open = counters.open(Protocol::Https);
        insta::assert_snapshot!(write(&counters, &gauges));
        drop(open);
        assert_eq!(counters.connections(Protocol::Https), 0);
    }

    #[test]
    fn before_the_records_are_here_nothing_is_late() {
        let text = write(&Counters::default(), &Gauges { now_s: 1_787_306_405, ..Gauges::default() });
        assert!(
            text.contains("namekeep_directory_feed_age_seconds 0\n") && text.contains("namekeep_directory_feed_readable 0\n"),
            "{text}"
        );
        assert!(!text.contains("probe") && !text.contains("certificate"), "{text}");
    }
}
