//! The way of a command: session, namespaces, then the one file that knows its rules.

pub(crate) mod belonging;
pub(crate) mod contact_create;
pub(crate) mod contact_delete;
pub(crate) mod contact_query;
pub(crate) mod contact_transfer;
pub(crate) mod contact_update;
pub(crate) mod dnssec;
pub(crate) mod domain_check;
pub(crate) mod domain_contacts;
pub(crate) mod domain_create;
pub(crate) mod domain_delegation;
pub(crate) mod domain_delete;
pub(crate) mod domain_info;
pub(crate) mod domain_renew;
pub(crate) mod domain_restore;
pub(crate) mod domain_transfer;
pub(crate) mod domain_update;
pub(crate) mod fees;
pub(crate) mod greeting;
pub(crate) mod host_create;
pub(crate) mod host_delete;
pub(crate) mod host_query;
pub(crate) mod host_update;
pub(crate) mod idn;
pub(crate) mod launch;
pub(crate) mod login;
pub(crate) mod maintenance_info;
pub(crate) mod poll;
pub(crate) mod statuses;
pub(crate) mod tokens;
pub(crate) mod ttl;

use std::collections::BTreeSet;
use std::sync::Arc;

use epp::xml::Element;
use epp::{
    AuthValue, Command, CommandBody, EppResult, Extension, MessageQueue, Namespace, Ns, ObjectName, Response, ResponseData, ResultCode,
    VerbClass, contact, domain, host,
};
use model::{ContactHandle, DomainName, Entropy, HostName, RegistrarHandle, Timestamp};
use policy::profile::Quirk;

use super::object::{Domain, Life};
use super::refusal::{Outcome, Refusal, ensure};
use super::{Registry, SessionState};

/// One command under way.
pub(crate) struct Call<'a> {
    pub(crate) registrar: RegistrarHandle,
    pub(crate) cltrid: Option<String>,
    pub(crate) svtrid: String,
    pub(crate) now: Timestamp,
    pub(crate) entropy: &'a mut dyn Entropy,
    pub(crate) extensions: &'a [Extension],
    /// Namespaces the login declared.
    pub(crate) services: Arc<BTreeSet<Namespace>>,
}

impl Call<'_> {
    /// Whether the client can read this namespace.
    pub(crate) fn reads(&self, namespace: Namespace) -> bool {
        self.services.contains(&namespace)
    }
}

/// What a command answers, before it becomes a response.
pub(crate) struct Reply {
    pub(crate) result: EppResult,
    pub(crate) queue: Option<MessageQueue>,
    pub(crate) data: Vec<ResponseData>,
    pub(crate) extensions: Vec<Extension>,
}

impl Reply {
    pub(crate) fn of(code: ResultCode) -> Reply {
        Reply { result: EppResult::new(code), queue: None, data: Vec::new(), extensions: Vec::new() }
    }

    pub(crate) fn done() -> Reply {
        Reply::of(ResultCode::COMPLETED)
    }

    pub(crate) fn with(mut self, data: ResponseData) -> Reply {
        self.data.push(data);
        self
    }

    pub(crate) fn domain(data: domain::Data) -> Reply {
        Reply::done().with(ResponseData::Domain(data))
    }

    pub(crate) fn host(data: host::Data) -> Reply {
        Reply::done().with(ResponseData::Host(data))
    }

    pub(crate) fn contact(data: contact::Data) -> Reply {
        Reply::done().with(ResponseData::Contact(data))
    }

    /// The same, accepted but not completed.
    pub(crate) fn pending(mut self) -> Reply {
        self.result = EppResult::new(ResultCode::PENDING);
        self
    }

    pub(crate) fn extend(mut self, extension: Option<Extension>) -> Reply {
        self.extensions.extend(extension);
        self
    }
}

impl Registry {
    /// Answers one command of one session, after letting time pass up to `now`.
    ///
    /// A refused command changes nothing. Ask the session afterwards whether its connection is to be closed.
    pub fn handle(&mut self, session: &mut SessionState, command: &Command, now: Timestamp, entropy: &mut dyn Entropy) -> Response {
        self.advance(now);
        let svtrid = self.next_svtrid();
        let cltrid = command.cltrid.clone();
        let outcome = self.dispatch(session, command, svtrid.clone(), entropy);
        let reply = outcome.unwrap_or_else(|refusal| refused(command, refusal));
        if reply.result.code.closes_connection() {
            session.end();
        }
        let Reply { result, queue, data, extensions } = reply;
        let mut response = Response { results: vec![result], queue, data, extensions, cltrid, svtrid: Some(svtrid.as_str().into()) };
        if matches!(command.body, CommandBody::Poll(_)) {
            poll::fit(session, &mut response);
        }
        response
    }

    fn dispatch(&mut self, session: &mut SessionState, command: &Command, svtrid: String, entropy: &mut dyn Entropy) -> Outcome<Reply> {
        match &command.body {
            CommandBody::Login(login) => return login::login(self, session, login, &command.extensions, entropy),
            CommandBody::Logout => return login::logout(session),
            _ => {}
        }
        let registrar = session.registrar.clone();
        let registrar = registrar.ok_or_else(|| Refusal::new(ResultCode::USE_ERROR, "log in first"))?;
        ensure_services(self, session, command)?;
        belonging::ensure_belonging(command)?;
        let cltrid = command.cltrid.as_ref().map(|id| id.as_str().to_owned());
        let now = self.now;
        let services = Arc::clone(&session.services);
        let mut call = Call { registrar, cltrid, svtrid, now, entropy, extensions: &command.extensions, services };
        let is_transform = command.body.class() == VerbClass::Transform;
        if is_transform {
            self.ensure_fresh_cltrid(session, &call)?;
        }
        let reply = self.carry_out(&mut call, &command.body)?;
        if let Some(cltrid) = call.cltrid.filter(|_| is_transform && self.has_quirk(Quirk::UniqueClTrid)) {
            self.used_cltrids.insert((call.registrar, cltrid));
        }
        Ok(reply)
    }

    fn carry_out(&mut self, call: &mut Call<'_>, body: &CommandBody) -> Outcome<Reply> {
        match body {
            CommandBody::Poll(poll) => poll::poll(self, call, poll),
            CommandBody::Domain(command) => self.domain(call, command),
            CommandBody::Host(command) => self.host(call, command),
            CommandBody::Contact(command) => self.contact(call, command),
            CommandBody::Maintenance(info) => maintenance_info::info(self, info),
            CommandBody::Other { .. } => Err(Refusal::new(ResultCode::UNIMPLEMENTED_SERVICE, "this registry has no such objects")),
            CommandBody::Login(_) | CommandBody::Logout => Err(Refusal::new(ResultCode::USE_ERROR, "the session is open already")),
        }
    }

    fn domain(&mut self, call: &mut Call<'_>, command: &domain::Command) -> Outcome<Reply> {
        match command {
            domain::Command::Check(check) => domain_check::check(self, call, check),
            domain::Command::Info(info) => domain_info::info(self, call, info),
            domain::Command::Create(create) => domain_create::create(self, call, create),
            domain::Command::Update(update) => domain_update::update(self, call, update),
            domain::Command::Delete(delete) => domain_delete::delete(self, call, delete),
            domain::Command::Renew(renew) => domain_renew::renew(self, call, renew),
            domain::Command::Transfer(transfer) => domain_transfer::transfer(self, call, transfer),
        }
    }

    fn host(&mut self, call: &mut Call<'_>, command: &host::Command) -> Outcome<Reply> {
        match command {
            host::Command::Check(check) => host_query::check(self, check),
            host::Command::Info(info) => host_query::info(self, info),
            host::Command::Create(create) => host_create::create(self, call, create),
            host::Command::Update(update) => host_update::update(self, call, update),
            host::Command::Delete(delete) => host_delete::delete(self, call, delete),
        }
    }

    fn contact(&mut self, call: &mut Call<'_>, command: &contact::Command) -> Outcome<Reply> {
        match command {
            contact::Command::Check(check) => contact_query::check(self, check),
            contact::Command::Info(info) => contact_query::info(self, call, info),
            contact::Command::Create(create) => contact_create::create(self, call, create),
            contact::Command::Update(update) => contact_update::update(self, call, update),
            contact::Command::Delete(delete) => contact_delete::delete(self, call, delete),
            contact::Command::Transfer { op, contact } => contact_transfer::transfer(self, call, *op, contact),
        }
    }

    /// Registries with the quirk close on a clTRID they have seen; the others execute the command again, as RFC 5730 allows, and the
    /// ledger shows both.
    fn ensure_fresh_cltrid(&self, session: &mut SessionState, call: &Call<'_>) -> Outcome<()> {
        let Some(cltrid) = call.cltrid.as_ref().filter(|_| self.has_quirk(Quirk::UniqueClTrid)) else { return Ok(()) };
        if self.used_cltrids.contains(&(call.registrar.clone(), cltrid.clone())) {
            session.drop_connection();
            return Err(Refusal::new(ResultCode::COMMAND_FAILED_CLOSING, "the clTRID was used before"));
        }
        Ok(())
    }
}

/// Refuses objects and extensions that the login did not declare.
fn ensure_services(registry: &Registry, session: &SessionState, command: &Command) -> Outcome<()> {
    // What the login declared was on offer then; only what it did not declare needs a closer look.
    if let Some(object) = command.body.object_namespace().filter(|object| !session.uses(object)) {
        return Err(undeclared(registry, &object, ResultCode::UNIMPLEMENTED_SERVICE));
    }
    match command.extensions.iter().map(Extension::namespace).find(|namespace| !session.uses(namespace)) {
        Some(extension) => Err(undeclared(registry, &extension, ResultCode::UNIMPLEMENTED_EXTENSION)),
        None => Ok(()),
    }
}

fn undeclared(registry: &Registry, namespace: &Ns, unknown: ResultCode) -> Refusal {
    if registry.offers(namespace) {
        return Refusal::new(ResultCode::USE_ERROR, format!("the login did not declare {namespace}"));
    }
    Refusal::new(unknown, format!("this registry does not offer {namespace}"))
}

/// The result of a refusal, with the object that caused it.
fn refused(command: &Command, refusal: Refusal) -> Reply {
    let cause = cause_of(&command.body).unwrap_or_else(|| Element::new(Namespace::Epp, "undef"));
    let reason = refusal.reason.into_owned();
    let result = EppResult::new(refusal.code).because(cause, reason);
    Reply { result, queue: None, data: Vec::new(), extensions: Vec::new() }
}

fn cause_of(body: &CommandBody) -> Option<Element> {
    let (ns, key, name): (Namespace, &'static str, &ObjectName) = match body {
        CommandBody::Domain(command) => {
            let name = match command {
                domain::Command::Check(check) => check.names.first()?,
                domain::Command::Info(info) => &info.name,
                domain::Command::Create(create) => &create.name,
                domain::Command::Update(update) => &update.name,
                domain::Command::Delete(delete) => &delete.name,
                domain::Command::Renew(renew) => &renew.name,
                domain::Command::Transfer(transfer) => &transfer.name,
            };
            (Namespace::Domain, "name", name)
        }
        CommandBody::Host(command) => {
            let name = match command {
                host::Command::Check(check) => check.names.first()?,
                host::Command::Info(named) | host::Command::Delete(named) => &named.name,
                host::Command::Create(create) => &create.name,
                host::Command::Update(update) => &update.name,
            };
            (Namespace::Host, "name", name)
        }
        CommandBody::Contact(command) => {
            let id = match command {
                contact::Command::Check(check) => check.names.first()?,
                contact::Command::Info(info) => &info.id,
                contact::Command::Create(create) => &create.id,
                contact::Command::Update(update) => &update.id,
                contact::Command::Delete(delete) => &delete.name,
                contact::Command::Transfer { contact, .. } => &contact.id,
            };
            (Namespace::Contact, "id", id)
        }
        _ => return None,
    };
    Some(Element::new(ns, key).with_text(name.as_str()))
}

/// A domain name out of a command.
pub(crate) fn parse_domain(name: &ObjectName) -> Outcome<DomainName> {
    name.to_domain().map_err(|error| Refusal::syntax(error.to_string()))
}

/// A host name out of a command.
pub(crate) fn parse_host(name: &ObjectName) -> Outcome<HostName> {
    name.to_host().map_err(|error| Refusal::syntax(error.to_string()))
}

/// A contact identifier out of a command.
pub(crate) fn parse_contact(id: &ObjectName) -> Outcome<ContactHandle> {
    ContactHandle::parse(id.as_str()).map_err(|error| Refusal::syntax(error.to_string()))
}

/// Hosts are objects here, or there are none (RFC 5731 section 1.1).
pub(crate) fn ensure_host_objects(registry: &Registry) -> Outcome<()> {
    ensure(registry.uses_host_objects(), || {
        Refusal::new(ResultCode::UNIMPLEMENTED_SERVICE, "this registry keeps hosts as attributes of domains")
    })
}

/// Refuses a change of a domain that is being created, transferred or deleted.
pub(crate) fn ensure_active(domain: &Domain) -> Outcome<()> {
    let state = match domain.life {
        Life::Active if domain.has_pending_transfer() => "`pendingTransfer` is set",
        Life::Active => return Ok(()),
        Life::PendingCreate { .. } => "`pendingCreate` is set",
        Life::Redemption { .. } => "the name is in redemption; only a restore is possible",
        Life::PendingRestore { .. } => "a restore waits for its report; only the report is possible",
        Life::PendingDelete { .. } => "`pendingDelete` is set",
    };
    Err(Refusal::status(state))
}

/// Whether a code is the domain's own. A code that belongs to a contact (`roid`) opens nothing here.
pub(crate) fn is_code_of(domain: &Domain, auth: &AuthValue) -> bool {
    let is_for_it = match auth {
        AuthValue::Password { roid: Some(roid), .. } => *roid == *domain.origin.roid.as_str(),
        AuthValue::Password { roid: None, .. } => true,
        AuthValue::Extension(_) => false,
    };
    let secret = auth.secret();
    is_for_it && secret.is_some_and(|code| domain.auth.as_ref().is_some_and(|kept| kept.matches(code.expose())))
}

/// The namespace of a response payload.
pub(crate) fn namespace_of(data: &ResponseData) -> Ns {
    match data {
        ResponseData::Domain(_) => Namespace::Domain.into(),
        ResponseData::Host(_) => Namespace::Host.into(),
        ResponseData::Contact(_) => Namespace::Contact.into(),
        ResponseData::Maintenance(_) => Namespace::Maintenance.into(),
        ResponseData::Raw(element) => element.ns.clone(),
    }
}
