//! Laws that hold whatever registrars do: nothing panics, money adds up, statuses stay legal, years are paid for, links agree.

use std::collections::BTreeSet;

use epp::domain::NameServers;
use epp::{CommandBody, Extension, TransferOp};
use jiff::SignedDuration;
use model::{EppStatus, ObjectKind, StatusSet, Timestamp};
use proptest::prelude::*;
use sandbox::{Exchange, FaultPlan, InProcess, LedgerEntry, Options, RegistrarConfig, Registry, Wire};

use crate::rig::*;

const NAMES: [&str; 3] = ["one.thick", "two.thick", "gold.thick"];
const HOSTS: [&str; 4] = ["ns1.elsewhere.example", "ns1.one.thick", "ns2.two.thick", "moved.elsewhere.example"];
const REGISTRARS: [&str; 3] = [A, B, C];

/// One thing that happens.
#[derive(Clone, Debug)]
enum Act {
    /// A command, by the registrar whose deed it is or, `astray`, by another.
    Send { astray: bool, deed: Deed, name: usize, host: usize, years: u16 },
    /// So many minutes pass.
    Wait(i64),
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Create,
    Renew,
    Delete,
    Restore,
    Report,
    SetCode,
    AddServer,
    RemoveServer,
    AddStatus,
    RemoveStatus,
    Request,
    Approve,
    Reject,
    Cancel,
    CreateHost,
    RenameHost,
    DeleteHost,
    PollAck,
}

const DEEDS: [Deed; 20] = [
    Deed::Create,
    Deed::Request,
    Deed::SetCode,
    Deed::Renew,
    Deed::Delete,
    Deed::Restore,
    Deed::Report,
    Deed::SetCode,
    Deed::AddServer,
    Deed::RemoveServer,
    Deed::AddStatus,
    Deed::RemoveStatus,
    Deed::Request,
    Deed::Approve,
    Deed::Reject,
    Deed::Cancel,
    Deed::CreateHost,
    Deed::RenameHost,
    Deed::DeleteHost,
    Deed::PollAck,
];

fn act() -> impl Strategy<Value = Act> {
    let deed = prop::sample::select(DEEDS.to_vec());
    let years = prop_oneof![4 => 1u16..=3, 1 => 4u16..=11];
    let send = (prop::bool::weighted(0.1), deed, 0..NAMES.len(), 0..HOSTS.len(), years)
        .prop_map(|(astray, deed, name, host, years)| Act::Send { astray, deed, name, host, years });
    let minutes = prop_oneof![6 => 1i64..=7 * 24 * 60, 2 => 1i64..=40 * 24 * 60, 1 => 1i64..=500 * 24 * 60];
    prop_oneof![6 => send, 1 => minutes.prop_map(Act::Wait)]
}

/// A deleted name is mostly restored, or few sequences would get so far.
fn likelier(registry: &Registry, deed: Deed, domain: &str, years: u16) -> Deed {
    let rgp = registry.domain_state_of(&name(domain)).map(|domain| domain.rgp).unwrap_or_default();
    match years {
        1 | 2 if rgp.contains(&model::RgpStatus::RedemptionPeriod) => Deed::Restore,
        1 | 2 if rgp.contains(&model::RgpStatus::PendingRestore) => Deed::Report,
        _ => deed,
    }
}

/// Whose deed it is: a transfer is asked for by another registrar than the sponsor's, and so cancelled.
fn doer(registry: &Registry, deed: Deed, (domain, host): (&str, &str), astray: bool) -> &'static str {
    let sponsor = match deed {
        Deed::RenameHost | Deed::DeleteHost | Deed::CreateHost => {
            registry.host_state_of(&model::HostName::parse(host).unwrap()).map(|host| host.sponsor)
        }
        _ => registry.domain_state_of(&name(domain)).map(|domain| domain.sponsor),
    };
    let sponsor = REGISTRARS.iter().position(|who| sponsor.as_ref().is_some_and(|sponsor| sponsor.as_str() == *who)).unwrap_or(0);
    let is_others = matches!(deed, Deed::Request | Deed::Cancel);
    REGISTRARS[(sponsor + usize::from(is_others) + usize::from(astray)) % REGISTRARS.len()]
}

/// The command of a deed, as good as the rig knows how to make it.
fn command(registry: &Registry, deed: Deed, (domain, host, years): (&str, &str, u16), now: Timestamp) -> (CommandBody, Vec<Extension>) {
    let expires = registry.domain_state_of(&name(domain)).map_or(now, |domain| domain.expires);
    let servers = Some(NameServers::objects([host]));
    let body: CommandBody = match deed {
        Deed::Create => create_with(domain, |c| {
            c.period = Some(epp::Period::years(years));
            c.registrant = Some("REG-1".into());
            c.name_servers = years.is_multiple_of(2).then_some(servers).flatten();
        })
        .into(),
        Deed::Renew => renew(domain, expires, years).into(),
        Deed::Delete => delete(domain).into(),
        Deed::Restore => return (update(domain, |_| ()).into(), restore()),
        Deed::Report => return (update(domain, |_| ()).into(), report(now, now)),
        Deed::SetCode => set_code(domain, STRONG).into(),
        Deed::AddServer => update(domain, |u| u.add.name_servers = servers).into(),
        Deed::RemoveServer => update(domain, |u| u.remove.name_servers = servers).into(),
        Deed::AddStatus => add_status(domain, client_status(years)).into(),
        Deed::RemoveStatus => remove_status(domain, client_status(years)).into(),
        Deed::Request => transfer(TransferOp::Request, domain, Some(STRONG)).into(),
        Deed::Approve => transfer(TransferOp::Approve, domain, None).into(),
        Deed::Reject => transfer(TransferOp::Reject, domain, None).into(),
        Deed::Cancel => transfer(TransferOp::Cancel, domain, None).into(),
        Deed::CreateHost if host.ends_with("thick") => host_create(host, &["192.0.2.1"]).into(),
        Deed::CreateHost => host_create(host, &[]).into(),
        Deed::RenameHost => host_update(host, |u| u.rename_to = Some(HOSTS[usize::from(years) % HOSTS.len()].into())).into(),
        Deed::DeleteHost => host_delete(host).into(),
        Deed::PollAck => epp::Poll::Acknowledge { message_id: years.to_string() }.into(),
    };
    (body, Vec::new())
}

fn client_status(years: u16) -> EppStatus {
    let client: Vec<EppStatus> = EppStatus::ALL.iter().copied().filter(|status| status.is_client()).collect();
    client[usize::from(years) % client.len()]
}

fn furnished() -> Rig {
    let mut rig = Rig::new("thick");
    rig.must(A, contact_create("REG-1", person()));
    rig.must(A, host_create(HOSTS[0], &[]));
    rig.must(A, create_with(NAMES[0], |c| c.registrant = Some("REG-1".into())));
    rig.must(A, set_code(NAMES[0], STRONG));
    rig.must(A, host_create(HOSTS[1], &["192.0.2.1"]));
    rig
}

fn check_laws(rig: &Rig) {
    rig.money_adds_up();
    let state = rig.registry.state();
    for domain in &state.domains {
        let statuses: StatusSet = domain.statuses.iter().copied().collect();
        statuses.check(ObjectKind::Domain).unwrap_or_else(|error| panic!("{}: {error}", domain.name));
        assert!(domain.expires <= model::expiry::add_years(rig.now, 11), "{} expires {}", domain.name, domain.expires);
        assert!(domain.next_due > rig.now, "{} has a timer in the past", domain.name);
        assert!(domain.nameservers.keys().all(|host| {
            let host = rig.registry.host_state_of(host).unwrap_or_else(|| panic!("{} delegates to nothing", domain.name));
            host.linked_by.contains(&domain.name)
        }));
        years_are_paid_for(rig.registry.ledger(), domain);
    }
    for host in &state.hosts {
        for domain in &host.linked_by {
            let linked = rig.registry.domain_state_of(domain).is_some_and(|domain| domain.nameservers.contains_key(&host.name));
            assert!(linked, "{} is linked by {domain}, which does not delegate to it", host.name);
        }
    }
    let positions: Vec<u64> = rig.registry.ledger().iter().map(|entry| entry.seq).collect();
    assert!(positions.iter().copied().eq(1..=positions.len() as u64), "the ledger has gaps");
}

/// Every year of a term has its charge: the term since creation is the sum of the ledger's years.
fn years_are_paid_for(ledger: &[LedgerEntry], domain: &sandbox::DomainState) {
    let object = format!("domain:{}", domain.name);
    let since = ledger.iter().rposition(|entry| entry.object == object && entry.verb == sandbox::Verb::Create).unwrap();
    let years: i16 = ledger[since..].iter().filter(|entry| entry.object == object).map(|entry| entry.years).sum();
    let paid = (0..years).fold(domain.created, |at, _| model::expiry::add_years(at, 1));
    // A transfer at the ten-year cap is charged in full and adds less (TRF-20).
    assert!(domain.expires <= paid, "{}: {years} years paid, expires {}, created {}", domain.name, domain.expires, domain.created);
    let capped = ledger.iter().any(|entry| entry.lines.iter().any(|line| line.item == sandbox::BillingItem::Transfer));
    assert!(capped || domain.expires == paid, "{}: {years} years paid, expires {}", domain.name, domain.expires);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn whatever_registrars_do_the_laws_hold(acts in prop::collection::vec(act(), 1..100)) {
        let mut rig = furnished();
        for act in acts {
            match act {
                Act::Wait(minutes) => rig.wait(SignedDuration::from_mins(minutes)),
                Act::Send { astray, deed, name, host, years } => {
                    let deed = likelier(&rig.registry, deed, NAMES[name], years);
                    let who = doer(&rig.registry, deed, (NAMES[name], HOSTS[host]), astray);
                    let (body, extensions) = command(&rig.registry, deed, (NAMES[name], HOSTS[host], years), rig.now);
                    let before = rig.registry.ledger().len();
                    let response = rig.send_with(who, body, extensions);
                    let executed = rig.registry.ledger().len() - before;
                    let is_poll = matches!(deed, Deed::PollAck);
                    prop_assert_eq!(executed, usize::from(response.is_success() && !is_poll), "{:?} {:?}", deed, response.results);
                }
            }
            check_laws(&rig);
        }
    }
}

/// A link with registrars ready to use it.
fn link(wire: Wire) -> InProcess {
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let config = |who: &&str| RegistrarConfig {
        handle: handle(who),
        password: model::Secret::new(PASSWORD),
        certificate_sha256: None,
        opening_balance_minor: OPENING,
        low_balance_minor: 0,
    };
    let configs: Vec<RegistrarConfig> = REGISTRARS.iter().map(config).collect();
    let registry = Registry::new(profile("thick"), Options::default(), &configs, now, &mut model::SeededEntropy::new(1));
    let mut link = InProcess::new(registry, wire, 9);
    for who in REGISTRARS {
        link.connect(&handle(who), model::Secret::new(PASSWORD));
    }
    link
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_short_way_gives_what_the_wire_gives(acts in prop::collection::vec(act(), 1..40), seed in any::<u64>()) {
        let mut ways = [link(Wire::Encoded), link(Wire::Direct)];
        let mut now: Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        for way in &mut ways {
            let furnish = epp::Command::new(contact_create("REG-1", person()), "FURNISH");
            prop_assert!(matches!(way.exchange(&handle(A), &furnish, now), Exchange::Answered(_)));
            way.set_faults(Some(FaultPlan::random_cuts(seed, 200_000)));
        }
        for (number, act) in acts.into_iter().enumerate() {
            match act {
                Act::Wait(minutes) => now = now.checked_add(SignedDuration::from_mins(minutes)).unwrap(),
                Act::Send { astray, deed, name, host, years } => {
                    let deed = likelier(ways[0].registry(), deed, NAMES[name], years);
                    let who = handle(doer(ways[0].registry(), deed, (NAMES[name], HOSTS[host]), astray));
                    let (body, extensions) = command(ways[0].registry(), deed, (NAMES[name], HOSTS[host], years), now);
                    let mut command = epp::Command::new(body, format!("WAY-{number}").as_str());
                    command.extensions = extensions;
                    let [encoded, direct] = &mut ways;
                    prop_assert_eq!(encoded.exchange(&who, &command, now), direct.exchange(&who, &command, now));
                }
            }
        }
        prop_assert_eq!(ways[0].registry().ledger(), ways[1].registry().ledger());
        prop_assert_eq!(ways[0].registry().state(), ways[1].registry().state());
    }
}

#[test]
fn cuts_after_execution_are_in_the_ledger_and_cuts_before_are_not() {
    let mut link = link(Wire::Encoded);
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    link.set_faults(Some(FaultPlan::random_cuts(3, 600_000)));
    let mut executed = BTreeSet::new();
    let mut seen = [0; 3];
    for number in 0..100 {
        let host = format!("ns{number}.elsewhere.example");
        let command = epp::Command::new(host_create(&host, &[]), format!("CUT-{number}").as_str());
        match link.exchange(&handle(A), &command, now) {
            Exchange::Answered(response) => {
                assert!(response.is_success());
                seen[0] += 1;
                executed.insert(format!("CUT-{number}"));
            }
            Exchange::CutAfterExecuted => {
                seen[1] += 1;
                executed.insert(format!("CUT-{number}"));
            }
            Exchange::CutBefore => seen[2] += 1,
        }
    }
    let ledger: BTreeSet<String> = link.registry().ledger().iter().filter_map(|entry| entry.cltrid.clone()).collect();
    assert_eq!(ledger, executed);
    assert!(seen.iter().all(|count| *count > 10), "{seen:?}");
}
