//! The greeting: what the registry offers (RFC 5730 section 2.4).

use epp::{Greeting, Namespace, Ns};
use model::Timestamp;
use policy::profile::{Extension, FeeVersion};

use crate::registry::Registry;

impl Registry {
    /// The greeting of a new session, and the answer to a hello.
    #[must_use]
    pub fn greeting(&self, now: Timestamp) -> Greeting {
        let server_id = format!("{} (sandbox)", self.profile.title).chars().take(64).collect::<String>();
        Greeting::new(server_id, now, &self.namespaces())
    }

    /// Every namespace on offer.
    pub(crate) fn namespaces(&self) -> Vec<Namespace> {
        let mut offered = vec![Namespace::Domain];
        if self.uses_host_objects() {
            offered.push(Namespace::Host);
        }
        let takes_contacts = self.tlds.values().any(|rules| !rules.profile.contacts_at(self.now).is_minimum());
        if takes_contacts {
            offered.push(Namespace::Contact);
        }
        let namespaces = &self.profile.namespaces;
        offered.extend(namespaces.needed.union(&namespaces.offered).filter_map(|word| self.namespace_of(*word)));
        offered
    }

    pub(crate) fn offers(&self, namespace: &Ns) -> bool {
        matches!(namespace, Ns::Known(known) if self.namespaces().contains(known))
    }

    fn namespace_of(&self, word: Extension) -> Option<Namespace> {
        Some(match word {
            Extension::SecDns => Namespace::SecDns,
            Extension::Rgp => Namespace::Rgp,
            Extension::Fee => match self.profile.namespaces.fee_version? {
                FeeVersion::V1_0 => Namespace::Fee,
                FeeVersion::V0_23 => Namespace::Fee023,
                FeeVersion::V0_11 => Namespace::Fee011,
            },
            Extension::Launch => Namespace::Launch,
            Extension::LoginSec => Namespace::LoginSec,
            Extension::SecureAuthInfo => Namespace::SecureAuthInfo,
            Extension::UnhandledNamespaces => Namespace::UnhandledNamespaces,
            Extension::ChangePoll => Namespace::ChangePoll,
            Extension::AllocationToken => Namespace::AllocationToken,
            Extension::Maintenance => Namespace::Maintenance,
            Extension::Idn => Namespace::Idn,
            Extension::Ttl => Namespace::Ttl,
            Extension::NamestoreExt => Namespace::Namestore,
            Extension::IdnLang => Namespace::IdnLang,
            // Moving an expiry day is not rehearsed here, so it is not offered.
            Extension::Sync => return None,
        })
    }
}
