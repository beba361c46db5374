//! Outages that registries announce (RFC 9167): kept with the data, told to the port, and respected by the gate. While one lasts,
//! bulk work stays in the store, where it is safe, and what somebody waits for goes on as far as the registry lets it.

use epp::pool::MaintenanceWindow;
use model::{RegistryId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{StoreFault, Tx, settings};

/// Most windows kept for one registry; the latest announced stay.
const MAX_WINDOWS: usize = 100;

/// One announced outage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// First moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
    /// The registry's words.
    pub what: String,
}

fn name(registry: &RegistryId) -> String {
    format!("registry.{registry}.maintenance")
}

/// The announced outages of a registry that are not over, by their beginning.
pub(crate) fn list(tx: &mut Tx<'_>, registry: &RegistryId, now: Timestamp) -> Result<Vec<Outage>, StoreFault> {
    let kept = settings::find(tx, &name(registry))?.and_then(|json| serde_json::from_str::<Vec<Outage>>(&json).ok());
    Ok(kept.unwrap_or_default().into_iter().filter(|outage| outage.until > now).collect())
}

/// Keeps an announcement. The same again changes nothing.
pub(crate) fn announce(tx: &mut Tx<'_>, registry: &RegistryId, outage: Outage, now: Timestamp) -> Result<(), StoreFault> {
    let mut outages = list(tx, registry, now)?;
    if outage.until <= now || outages.contains(&outage) {
        return Ok(());
    }
    outages.push(outage);
    outages.sort_by_key(|outage| (outage.from, outage.until));
    let surplus = outages.len().saturating_sub(MAX_WINDOWS);
    outages.drain(..surplus);
    let json =
        serde_json::to_string(&outages).map_err(|error| StoreFault::Stopped { reason: format!("an outage is not JSON: {error}") })?;
    settings::set(tx, &name(registry), &json)
}

/// Whether an outage lasts at `now`.
pub(crate) fn is_under_way(outages: &[Outage], now: Timestamp) -> bool {
    outages.iter().any(|outage| outage.from <= now && now < outage.until)
}

/// The outages as a port takes them.
pub(crate) fn windows(outages: &[Outage]) -> Vec<MaintenanceWindow> {
    outages.iter().map(|outage| MaintenanceWindow { from: outage.from, until: outage.until }).collect()
}

#[cfg(test)]
mod tests {
    use store::testing::TestDatabases;

    use super::*;

    fn at(hour: u8) -> Timestamp {
        format!("2026-11-23T{hour:02}:00:00Z").parse().unwrap()
    }

    #[test]
    fn an_announcement_is_kept_once_and_until_it_is_over() {
        TestDatabases::each(|database| {
            let registry = RegistryId::parse("alpha").unwrap();
            let outage = Outage { from: at(14), until: at(16), what: "upgrade".to_owned() };
            for _ in 0..2 {
                let (registry, outage) = (registry.clone(), outage.clone());
                database.store().write(move |tx| announce(tx, &registry, outage.clone(), at(12))).unwrap();
            }
            let listed = |now| database.store().read(|tx| list(tx, &registry, now)).unwrap();
            assert_eq!(listed(at(12)), std::slice::from_ref(&outage), "{}", database.engine());
            assert_eq!(listed(at(16)), []);
            let under_way: Vec<bool> = [13, 14, 15, 16].map(|hour| is_under_way(&listed(at(12)), at(hour))).into();
            assert_eq!(under_way, [false, true, true, false]);
        });
    }
}
