//! DS records and keys for the parent (RFC 5910): one of the two interfaces per name, removals before additions.

use std::collections::BTreeSet;

use epp::Extension;
use epp::extension::secdns::{Delegation, DsRecord, KeyRecord, Records, Remove, SecDns, Update};

use super::Call;
use crate::registry::object::domain::Dnssec;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::rules::Rules;

/// What a create asks for.
pub(crate) fn on_create(call: &Call<'_>, rules: &Rules) -> Outcome<Dnssec> {
    let mut dnssec = Dnssec::default();
    for extension in call.extensions {
        if let Extension::SecDns(SecDns::Create(delegation)) = extension {
            add(&mut dnssec, delegation)?;
        }
    }
    ensure_allowed(&dnssec, rules)?;
    Ok(dnssec)
}

/// The state after an update, when it asks for any change.
pub(crate) fn on_update(call: &Call<'_>, rules: &Rules, before: &Dnssec) -> Outcome<Option<Dnssec>> {
    let mut changed = None;
    for extension in call.extensions {
        if let Extension::SecDns(SecDns::Update(update)) = extension {
            apply(changed.get_or_insert_with(|| before.clone()), update)?;
        }
    }
    if let Some(changed) = &changed {
        ensure_allowed(changed, rules)?;
    }
    Ok(changed)
}

fn apply(dnssec: &mut Dnssec, update: &Update) -> Outcome<()> {
    match &update.remove {
        None => {}
        Some(Remove::All) => *dnssec = Dnssec { max_sig_life_s: dnssec.max_sig_life_s, ..Dnssec::default() },
        Some(Remove::These(Records::Ds(records))) => {
            for record in records {
                let ds = record.to_ds().map_err(|error| Refusal::range(error.to_string()))?;
                ensure(dnssec.ds.remove(&ds), || Refusal::policy(format!("the DS record with key tag {} is not there", ds.key_tag)))?;
            }
        }
        Some(Remove::These(Records::Keys(records))) => {
            for record in records {
                let key = record.to_key().map_err(|error| Refusal::range(error.to_string()))?;
                ensure(dnssec.keys.remove(&key), || Refusal::policy(format!("the key with tag {} is not there", key.key_tag())))?;
            }
        }
    }
    if let Some(delegation) = &update.add {
        add(dnssec, delegation)?;
    }
    if let Some(seconds) = update.max_sig_life {
        dnssec.max_sig_life_s = Some(seconds);
    }
    Ok(())
}

fn add(dnssec: &mut Dnssec, delegation: &Delegation) -> Outcome<()> {
    match &delegation.records {
        Records::Ds(records) => {
            for record in records {
                let ds = record.to_ds().map_err(|error| Refusal::range(error.to_string()))?;
                let tag = ds.key_tag;
                ensure(dnssec.ds.insert(ds), || Refusal::policy(format!("the DS record with key tag {tag} is there already")))?;
            }
        }
        Records::Keys(records) => {
            for record in records {
                let key = record.to_key().map_err(|error| Refusal::range(error.to_string()))?;
                let tag = key.key_tag();
                ensure(dnssec.keys.insert(key), || Refusal::policy(format!("the key with tag {tag} is there already")))?;
            }
        }
    }
    if delegation.max_sig_life.is_some() {
        dnssec.max_sig_life_s = delegation.max_sig_life;
    }
    Ok(())
}

fn ensure_allowed(dnssec: &Dnssec, rules: &Rules) -> Outcome<()> {
    let most = usize::from(rules.profile.ds_max);
    let count = dnssec.ds.len() + dnssec.keys.len();
    ensure(count <= most, || Refusal::policy(format!("a name has at most {most} DS records or keys here, not {count}")))?;
    ensure(dnssec.ds.is_empty() || dnssec.keys.is_empty(), || Refusal::policy("DS records and keys cannot be mixed (RFC 5910 section 4)"))
}

/// The records as `secDNS:infData` shows them; none for an unsigned name.
pub(crate) fn show(dnssec: &Dnssec) -> Option<Extension> {
    let records = if !dnssec.ds.is_empty() {
        Records::Ds(dnssec.ds.iter().map(DsRecord::from).collect())
    } else if !dnssec.keys.is_empty() {
        Records::Keys(dnssec.keys.iter().map(KeyRecord::from).collect())
    } else {
        return None;
    };
    Some(Extension::SecDns(SecDns::Info(Delegation { max_sig_life: dnssec.max_sig_life_s, records })))
}

/// DS records that appear in the zone: given ones, or made from the keys by the registry (left out here: keys stay keys).
pub(crate) fn published(dnssec: &Dnssec) -> &BTreeSet<model::DsData> {
    &dnssec.ds
}
