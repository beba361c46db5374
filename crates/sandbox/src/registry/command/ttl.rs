//! Time to live of records at the parent (RFC 9803): kept, shown, and written into the zone.

use std::collections::BTreeMap;

use epp::Extension;
use epp::extension::ttl::{RecordType, Ttl, TtlValue};

use super::Call;
use crate::registry::object::Domain;
use crate::registry::refusal::{Outcome, Refusal, ensure};

/// Bounds of a TTL here, in seconds.
pub(crate) const TTL_RANGE_SECONDS: std::ops::RangeInclusive<u32> = 60..=604_800;
/// TTL of delegations where nobody asked for another, in seconds.
pub(crate) const DEFAULT_TTL_SECONDS: u32 = 3_600;

/// The values a create asks for.
pub(crate) fn on_create(call: &Call<'_>) -> Outcome<BTreeMap<String, u32>> {
    let mut ttls = BTreeMap::new();
    for extension in call.extensions {
        if let Extension::Ttl(Ttl::Create(values)) = extension {
            change(&mut ttls, values)?;
        }
    }
    Ok(ttls)
}

/// The values after an update, when it asks for any change.
pub(crate) fn on_update(call: &Call<'_>, domain: &Domain) -> Outcome<Option<BTreeMap<String, u32>>> {
    let mut changed = None;
    for extension in call.extensions {
        if let Extension::Ttl(Ttl::Update(values)) = extension {
            change(changed.get_or_insert_with(|| domain.ttls.clone()), values)?;
        }
    }
    Ok(changed)
}

fn change(ttls: &mut BTreeMap<String, u32>, values: &[TtlValue]) -> Outcome<()> {
    for value in values {
        let is_served = matches!(value.record, RecordType::Ns | RecordType::Ds | RecordType::A | RecordType::Aaaa);
        ensure(is_served, || Refusal::policy("only the TTL of NS, DS, A and AAAA records can be set"))?;
        let record = value.record.as_str().to_owned();
        match value.seconds {
            None => {
                ttls.remove(&record);
            }
            Some(seconds) => {
                let (least, most) = TTL_RANGE_SECONDS.into_inner();
                ensure(TTL_RANGE_SECONDS.contains(&seconds), || Refusal::range(format!("a TTL lies between {least} and {most} seconds")))?;
                ttls.insert(record, seconds);
            }
        }
    }
    Ok(())
}

/// The values for an info that asks for them.
pub(crate) fn show(call: &Call<'_>, domain: &Domain) -> Option<Extension> {
    let wants_policy = call.extensions.iter().find_map(|extension| match extension {
        Extension::Ttl(Ttl::Info { wants_policy }) => Some(*wants_policy),
        _ => None,
    })?;
    let (least, most) = TTL_RANGE_SECONDS.into_inner();
    let records = [RecordType::Ns, RecordType::Ds, RecordType::A, RecordType::Aaaa];
    let shown = records.into_iter().filter(|record| wants_policy || domain.ttls.contains_key(record.as_str()));
    let values = shown.map(|record| {
        let mut value = TtlValue::new(record, domain.ttls.get(record.as_str()).copied());
        if wants_policy {
            (value.min, value.default, value.max) = (Some(least), Some(DEFAULT_TTL_SECONDS), Some(most));
        }
        value
    });
    let values: Vec<TtlValue> = values.collect();
    (!values.is_empty()).then_some(Extension::Ttl(Ttl::InfoData(values)))
}
