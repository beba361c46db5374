//! A registry with three registrars, driven over the wire format but without sockets. Every frame is offered to the schema judge.

use std::collections::BTreeMap;

use epp::capture::{Side, record};
use epp::contact::{Person, Postal, PostalAddress, PostalForm};
use epp::domain::{DomainContact, NameServers};
use epp::extension::rgp::{Report, ReportData, Rgp};
use epp::extension::secdns::{Delegation, DsRecord, SecDns};
use epp::xml::Node;
use epp::{AuthChange, AuthValue, Command, CommandBody, Extension, Login, Namespace, Period, Poll, Response, ResultCode, TransferOp};
use epp::{contact, decode_command, decode_response, domain, encode_command, encode_response, host};
use jiff::SignedDuration;
use model::{DomainName, RegistrarHandle, Secret, SeededEntropy, Timestamp};
use policy::profile::RegistryProfile;
use sandbox::{DomainState, LedgerEntry, Options, RegistrarConfig, Registry, SessionState};

pub const PASSWORD: &str = "correct horse 7";
pub const STRONG: &str = "k8#Vq2!mZp9$Ls4^Xw7&Tb";
pub const A: &str = "ALPHA-1";
pub const B: &str = "BRAVO-2";
pub const C: &str = "CHARLIE-3";
/// What each registrar has paid in, in minor units.
pub const OPENING: i64 = 10_000_000;

pub fn handle(name: &str) -> RegistrarHandle {
    RegistrarHandle::parse(name).unwrap()
}

pub fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

pub fn profile(which: &str) -> RegistryProfile {
    let text = if which == "thick" { include_str!("profiles/thick.toml") } else { include_str!("profiles/thin.toml") };
    RegistryProfile::parse(text, which).unwrap_or_else(|faults| panic!("{}", faults[0]))
}

pub struct Rig {
    pub registry: Registry,
    pub now: Timestamp,
    pub sessions: BTreeMap<&'static str, SessionState>,
    entropy: SeededEntropy,
    sent: u32,
}

impl Rig {
    pub fn new(which: &str) -> Rig {
        Rig::with(profile(which), Options::default())
    }

    pub fn with(profile: RegistryProfile, options: Options) -> Rig {
        let now = "2026-06-01T12:00:00Z".parse().unwrap();
        let config = |name| RegistrarConfig {
            handle: handle(name),
            password: Secret::new(PASSWORD),
            certificate_sha256: None,
            opening_balance_minor: OPENING,
            low_balance_minor: 0,
        };
        let mut entropy = SeededEntropy::new(7);
        let registry = Registry::new(profile, options, &[config(A), config(B), config(C)], now, &mut entropy);
        let mut rig = Rig { registry, now, sessions: BTreeMap::new(), entropy, sent: 0 };
        for who in [A, B, C] {
            rig.sessions.insert(who, SessionState::new());
            assert_eq!(rig.login(who, &[]).code(), ResultCode::COMPLETED);
        }
        rig
    }

    /// Logs in with every namespace on offer but those left out.
    pub fn login(&mut self, who: &'static str, without: &[Namespace]) -> Response {
        let greeting = self.registry.greeting(self.now);
        let keep = |urns: Vec<String>| urns.into_iter().filter(|urn| !without.iter().any(|ns| ns.urn() == urn)).collect::<Vec<_>>();
        let objects = keep(greeting.objects);
        let extensions = keep(greeting.extensions);
        self.sessions.insert(who, SessionState::new());
        self.send(who, Login::new(who, Secret::new(PASSWORD), objects, extensions))
    }

    pub fn send(&mut self, who: &'static str, body: impl Into<CommandBody>) -> Response {
        self.send_with(who, body, Vec::new())
    }

    pub fn send_with(&mut self, who: &'static str, body: impl Into<CommandBody>, extensions: Vec<Extension>) -> Response {
        self.sent += 1;
        let mut command = Command::new(body, format!("TEST-{:06}", self.sent).as_str());
        command.extensions = extensions;
        self.exchange(who, &command)
    }

    /// Over the wire and back.
    pub fn exchange(&mut self, who: &'static str, command: &Command) -> Response {
        let frame = encode_command(command).unwrap();
        record(Side::Client, &frame);
        let received = decode_command(&frame).unwrap();
        assert_eq!(received, *command, "the command does not survive the wire");
        let session = self.sessions.entry(who).or_default();
        let response = self.registry.handle(session, &received, self.now, &mut self.entropy);
        let frame = encode_response(&response).unwrap();
        record(Side::Server, &frame);
        let decoded = decode_response(&frame).unwrap();
        assert_eq!(decoded.deviations, [], "the response leaves the standard");
        assert_eq!(decoded.value, response, "the response does not survive the wire");
        response
    }

    pub fn code(&mut self, who: &'static str, body: impl Into<CommandBody>) -> u16 {
        self.send(who, body).code().get()
    }

    /// Sends what must succeed.
    pub fn must(&mut self, who: &'static str, body: impl Into<CommandBody>) -> Response {
        let response = self.send(who, body);
        assert!(response.is_success(), "{:?}", response.results);
        response
    }

    pub fn wait(&mut self, by: SignedDuration) {
        self.now = self.now.checked_add(by).unwrap();
        self.registry.advance(self.now);
    }

    pub fn days(&mut self, days: i64) {
        self.wait(SignedDuration::from_hours(24 * days));
    }

    pub fn domain(&self, text: &str) -> DomainState {
        self.registry.domain_state_of(&name(text)).unwrap_or_else(|| panic!("{text} does not exist"))
    }

    pub fn last(&self) -> &LedgerEntry {
        self.registry.ledger().last().unwrap()
    }

    pub fn administer(&mut self, action: &sandbox::AdminAction) -> Result<(), sandbox::AdminError> {
        self.registry.administer(action, self.now, &mut self.entropy)
    }

    /// Takes every message of a registrar: texts in order.
    pub fn drain(&mut self, who: &'static str) -> Vec<String> {
        let mut texts = Vec::new();
        loop {
            let response = self.send(who, Poll::Request);
            if response.code() == ResultCode::NO_MESSAGES {
                return texts;
            }
            let queue = response.queue.unwrap();
            texts.push(queue.message.unwrap().text);
            self.must(who, Poll::Acknowledge { message_id: queue.id });
        }
    }

    /// A contact and a domain of A with a host elsewhere, at the thick registry.
    pub fn furnish(&mut self, domain: &str) {
        if self.code(A, contact_create("REG-1", person())) == 2302 {
            panic!("furnished twice");
        }
        self.must(A, host_create("ns1.elsewhere.example", &[]));
        self.must(A, host_create("ns2.elsewhere.example", &[]));
        self.must(A, create(domain, 1));
        self.must(A, set_code(domain, STRONG));
    }

    pub fn money_adds_up(&self) {
        for account in self.registry.state().accounts {
            let charged = self.registry.charged_minor(&account.registrar);
            assert_eq!(account.balance_minor, account.deposited_minor - charged, "{}", account.registrar);
        }
    }
}

pub fn person() -> Person {
    let address = PostalAddress {
        street: vec!["1 Sample Street".into()],
        city: "Sampleton".into(),
        province: None,
        postcode: Some("12345".into()),
        country: "NZ".into(),
    };
    let postal = Postal { form: PostalForm::International, name: "Ada Sample".into(), organisation: None, address };
    Person { postal: vec![postal], voice: Some(epp::contact::Voice::new("+64.41234567")), fax: None, email: "ada@sample.example".into() }
}

pub fn contact_create(id: &str, person: Person) -> contact::Command {
    contact::Command::Create(contact::Create { id: id.into(), person, auth: AuthValue::empty(), disclose: None })
}

pub fn host_create(host: &str, addresses: &[&str]) -> host::Command {
    host::Command::Create(host::Create::new(host, addresses.iter().map(|a| a.parse().unwrap())))
}

pub fn host_update(host: &str, change: impl FnOnce(&mut host::Update)) -> host::Command {
    let mut update = host::Update::new(host);
    change(&mut update);
    host::Command::Update(update)
}

pub fn host_delete(host: &str) -> host::Command {
    host::Command::Delete(host::Named::new(host))
}

pub fn host_info(host: &str) -> host::Command {
    host::Command::Info(host::Named::new(host))
}

/// A create with registrant `REG-1` and both elsewhere hosts.
pub fn create(domain: &str, years: u16) -> domain::Command {
    create_with(domain, |create| {
        create.period = Some(Period::years(years));
        create.name_servers = Some(NameServers::objects(["ns1.elsewhere.example", "ns2.elsewhere.example"]));
        create.registrant = Some("REG-1".into());
    })
}

pub fn create_with(domain: &str, change: impl FnOnce(&mut domain::Create)) -> domain::Command {
    let mut create = domain::Create::new(domain, None, AuthValue::empty());
    change(&mut create);
    domain::Command::Create(create)
}

pub fn update(domain: &str, change: impl FnOnce(&mut domain::Update)) -> domain::Command {
    let mut update = domain::Update::new(domain);
    change(&mut update);
    domain::Command::Update(update)
}

pub fn add_status(domain: &str, status: model::EppStatus) -> domain::Command {
    update(domain, |update| update.add.statuses.push(status.into()))
}

pub fn remove_status(domain: &str, status: model::EppStatus) -> domain::Command {
    update(domain, |update| update.remove.statuses.push(status.into()))
}

pub fn set_code(domain: &str, code: &str) -> domain::Command {
    let code = AuthValue::password(code);
    update(domain, |update| update.change.auth = Some(AuthChange::Set(code)))
}

pub fn delete(domain: &str) -> domain::Command {
    domain::Command::Delete(domain::Named::new(domain))
}

pub fn info(domain: &str) -> domain::Command {
    domain::Command::Info(domain::Info::new(domain))
}

pub fn info_with(domain: &str, code: &str) -> domain::Command {
    let mut info = domain::Info::new(domain);
    info.auth = Some(AuthValue::password(code));
    domain::Command::Info(info)
}

pub fn check(names: &[&str]) -> domain::Command {
    domain::Command::Check(domain::Check::of(names.iter().copied()))
}

pub fn renew(domain: &str, current: Timestamp, years: u16) -> domain::Command {
    let current_expiry = jiff::tz::Offset::UTC.to_datetime(current).date();
    domain::Command::Renew(domain::Renew { name: domain.into(), current_expiry, period: Some(Period::years(years)) })
}

pub fn transfer(op: TransferOp, domain: &str, code: Option<&str>) -> domain::Command {
    let mut transfer = domain::Transfer::new(op, domain);
    transfer.auth = code.map(AuthValue::password);
    domain::Command::Transfer(transfer)
}

pub fn restore() -> Vec<Extension> {
    vec![Extension::Rgp(Rgp::Request)]
}

pub fn report(deleted: Timestamp, restored: Timestamp) -> Vec<Extension> {
    let data = |text: &str| ReportData(vec![Node::Text(text.to_owned())]);
    vec![Extension::Rgp(Rgp::Report(Box::new(Report {
        before: data("as before"),
        after: data("as before"),
        deleted,
        restored,
        reason: "Registrant error".into(),
        statements: vec!["Not to be sold".into(), "True to our knowledge".into()],
        other: None,
    })))]
}

pub fn admin_contact(id: &str) -> DomainContact {
    DomainContact { role: Some(model::ContactRole::Admin), id: id.into() }
}

pub fn ds(tag: u16) -> Vec<Extension> {
    vec![Extension::SecDns(SecDns::Create(Delegation::ds([ds_record(tag)])))]
}

pub fn ds_record(tag: u16) -> DsRecord {
    DsRecord { key_tag: tag, algorithm: 13, digest_type: 2, digest: vec![7; 32], key: None }
}

/// The reason of the first result, for asserting on sentences.
pub fn reason(response: &Response) -> String {
    response.results[0].ext_values.first().map(|value| value.reason.text.clone()).unwrap_or_default()
}
