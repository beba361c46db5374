//! `domain:create` (RFC 5731 section 3.2.1): the rules one by one, then one change.

use std::collections::{BTreeMap, BTreeSet};

use epp::domain::{Create, CreateData, Data};
use epp::{Period, PeriodUnit, ResultCode};
use jiff::SignedDuration;
use model::{DomainName, RgpStatus, expiry};

use super::domain_contacts::{Roles, ensure_complete, read_registrant};
use super::domain_delegation::{Delegation, ensure_count};
use super::host_create::out_of_roids;
use super::{Call, Reply, dnssec, domain_contacts, domain_delegation, fees, idn, launch, parse_domain, tokens, ttl};
use crate::registry::authinfo::{AuthHash, check_strength};
use crate::registry::billing::Charge;
use crate::registry::ledger::BillingItem;
use crate::registry::life::after;
use crate::registry::object::domain::Dnssec;
use crate::registry::object::{Domain, Life, Origin};
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::rules::Rules;
use crate::registry::{Registry, Verb, object_key};

/// What a create asks for, once every rule has agreed.
struct Agreed {
    name: DomainName,
    years: u8,
    delegation: Delegation,
    registrant: Option<model::ContactHandle>,
    contacts: Roles,
    dnssec: Dnssec,
    auth: Option<AuthHash>,
    idn_table: Option<String>,
    ttls: BTreeMap<String, u32>,
    charge: Charge,
}

pub(crate) fn create(registry: &mut Registry, call: &mut Call<'_>, create: &Create) -> Outcome<Reply> {
    let agreed = agree(registry, call, create)?;
    let name = agreed.name.clone();
    let (charge, expires) = (agreed.charge.clone(), expiry::add_years(call.now, agreed.years));
    let is_pending = is_decided_later(registry, &name);
    place(registry, call, agreed, is_pending)?;

    registry.open_grace(&name, RgpStatus::AddPeriod, &charge, (call.now, expires), call.now);
    registry.reschedule(&name);
    let code = if is_pending { ResultCode::PENDING } else { ResultCode::COMPLETED };
    registry.record(call, Verb::Create, object_key("domain", &name), code, vec![charge.line()]);
    let data = CreateData { name: (&name).into(), created: call.now, expires: Some(expires) };
    let reply = Reply::domain(Data::Create(data));
    let reply = fees::show_charge(registry, call, reply, BillingItem::Create, charge.minor);
    Ok(if is_pending { reply.pending() } else { reply })
}

fn agree(registry: &Registry, call: &mut Call<'_>, create: &Create) -> Outcome<Agreed> {
    let name = parse_domain(&create.name)?;
    let rules =
        registry.rules_of(&name).ok_or_else(|| Refusal::policy(format!("`{name}` is not directly below a TLD of this registry")))?;
    ensure(!registry.domains.contains_key(&name), || Refusal::exists(&name))?;
    tokens::ensure_open(registry, call, rules, &name)?;
    let idn_table = idn::ensure_table(call, rules, &name)?;
    launch::ensure_allowed(registry, call, rules, &name)?;

    let years = term(create.period, rules)?;
    let registrant = create.registrant.as_ref().map(|id| read_registrant(registry, rules, id, call.now)).transpose()?;
    let contacts = domain_contacts::read(registry, rules, &create.contacts, call.now)?;
    ensure_complete(rules, registrant.as_ref(), &contacts, call.now)?;
    let delegation = domain_delegation::read(registry, &name, create.name_servers.as_ref())?;
    ensure_count(rules, &delegation)?;
    let dnssec = dnssec::on_create(call, rules)?;
    let auth = first_code(registry, call, rules, create)?;
    let ttls = ttl::on_create(call)?;

    let minor = registry.price(&name, BillingItem::Create, years);
    fees::ensure_acknowledged(registry, call, rules, &name, BillingItem::Create, minor)?;
    registry.ensure_funds(&call.registrar, minor)?;
    let charge = Charge { payer: call.registrar.clone(), item: BillingItem::Create, minor, years };
    Ok(Agreed { name, years, delegation, registrant, contacts, dnssec, auth, idn_table, ttls, charge })
}

/// The term in years: the profile's default when none is given; months must make whole years.
pub(crate) fn term(period: Option<Period>, rules: &Rules) -> Outcome<u8> {
    let periods = rules.profile.periods;
    let years = match period {
        None => Some(u16::from(periods.default.get())),
        Some(Period { count, unit: PeriodUnit::Years }) => Some(count),
        Some(Period { count, unit: PeriodUnit::Months }) => (count % 12 == 0).then_some(count / 12),
    };
    let years = years.and_then(|years| u8::try_from(years).ok()).filter(|years| (periods.min.get()..=periods.max.get()).contains(years));
    years.ok_or_else(|| Refusal::range(format!("the period must be {} to {} years", periods.min.get(), periods.max.get())))
}

/// Under RFC 9154 a name starts without a code; a strong one is taken too, unless the registry is strict (section 5.1 leaves it the
/// choice, and some clients cannot send an empty one). Elsewhere a code must be given.
fn first_code(registry: &Registry, call: &mut Call<'_>, rules: &Rules, create: &Create) -> Outcome<Option<AuthHash>> {
    let secure = rules.profile.authinfo.rfc9154;
    let Some(code) = create.auth.secret() else {
        ensure(secure, || Refusal::missing("the authorisation code is empty"))?;
        return Ok(None);
    };
    ensure(!secure || !registry.options.refuses_code_at_create, || {
        Refusal::policy(
            "the authorisation code must be empty at create; set one by update when a transfer is wanted (RFC 9154 section 5.1)",
        )
    })?;
    check_strength(code.expose(), secure)?;
    Ok(Some(AuthHash::of(code.expose(), call.entropy)))
}

fn is_decided_later(registry: &Registry, name: &DomainName) -> bool {
    let suffix = &registry.options.pending_create_suffix;
    let label = name.labels().next().unwrap_or_default();
    registry.options.refused_pending_creates.contains(name) || (!suffix.is_empty() && label.ends_with(suffix.as_str()))
}

fn place(registry: &mut Registry, call: &Call<'_>, agreed: Agreed, is_pending: bool) -> Outcome<()> {
    let Agreed { name, years, delegation, registrant, contacts, dnssec, auth, idn_table, ttls, .. } = agreed;
    let roid = registry.next_roid('D').ok_or_else(out_of_roids)?;
    let until = after(call.now, SignedDuration::from_hours(i64::from(registry.options.pending_create_hours)));
    let life = match is_pending {
        true => Life::PendingCreate { until, cltrid: call.cltrid.clone(), svtrid: call.svtrid.clone() },
        false => Life::Active,
    };
    let domain = Domain {
        name: name.clone(),
        origin: Origin::new(roid, &call.registrar, &call.registrar, call.now),
        expires: expiry::add_years(call.now, years),
        lapses: None,
        registrant,
        contacts,
        nameservers: delegation,
        set: BTreeSet::new(),
        dnssec,
        auth,
        graces: Vec::new(),
        life,
        transfer: None,
        ttls,
        idn_table,
        timer: None,
    };
    let linked = domain.linked_contacts().cloned().collect();
    registry.link_hosts(&name, domain.nameservers.keys());
    registry.relink_contacts(&name, &BTreeSet::new(), &linked);
    registry.domains.insert(name, domain);
    Ok(())
}
