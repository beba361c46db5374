//! Which namespaces a session will use: what we want of what the registry offers (RFC 5730 section 2.9.1.1).

use crate::wire::Greeting;

/// A namespace a profile wants in its sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedService {
    /// The namespace name, as in `objURI` and `extURI`.
    pub uri: String,
    /// Whether the account is of no use without it.
    pub is_required: bool,
}

impl WantedService {
    /// A namespace we cannot do without.
    pub fn required(uri: impl Into<String>) -> WantedService {
        WantedService { uri: uri.into(), is_required: true }
    }

    /// A namespace we use where it is offered.
    pub fn optional(uri: impl Into<String>) -> WantedService {
        WantedService { uri: uri.into(), is_required: false }
    }
}

/// Every namespace a profile wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedServices {
    /// Objects.
    pub objects: Vec<WantedService>,
    /// Extensions.
    pub extensions: Vec<WantedService>,
}

/// The namespaces of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Services {
    /// Objects, in the order wanted.
    pub objects: Vec<String>,
    /// Extensions, in the order wanted.
    pub extensions: Vec<String>,
}

/// The registry does not offer what its profile needs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the registry does not offer {}, which its profile requires; correct the profile, or ask the registry to enable it for this account", quoted(.missing))]
pub struct MissingServices {
    /// The namespaces it does not offer.
    pub missing: Vec<String>,
}

fn quoted(uris: &[String]) -> String {
    uris.iter().map(|uri| format!("`{uri}`")).collect::<Vec<_>>().join(", ")
}

impl WantedServices {
    /// Chooses what to declare at login.
    ///
    /// # Errors
    /// [`MissingServices`] when something required is not offered, or no object is left.
    pub fn choose(&self, greeting: &Greeting) -> Result<Services, MissingServices> {
        let mut missing = Vec::new();
        let mut choose = |wanted: &[WantedService], offered: &[String]| -> Vec<String> {
            let is_offered = |service: &&WantedService| offered.contains(&service.uri);
            missing.extend(wanted.iter().filter(|s| s.is_required && !is_offered(s)).map(|s| s.uri.clone()));
            wanted.iter().filter(is_offered).map(|s| s.uri.clone()).collect()
        };
        let services =
            Services { objects: choose(&self.objects, &greeting.objects), extensions: choose(&self.extensions, &greeting.extensions) };
        if services.objects.is_empty() && missing.is_empty() {
            missing.extend(self.objects.iter().map(|service| service.uri.clone()));
        }
        if missing.is_empty() && !services.objects.is_empty() { Ok(services) } else { Err(MissingServices { missing }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::namespace::Namespace;

    fn wanted() -> WantedServices {
        WantedServices {
            objects: vec![WantedService::required(Namespace::Domain.urn()), WantedService::optional(Namespace::Contact.urn())],
            extensions: vec![WantedService::required(Namespace::SecDns.urn()), WantedService::optional(Namespace::Fee.urn())],
        }
    }

    #[test]
    fn only_what_is_offered_and_wanted_is_declared() {
        use Namespace::{Domain, Fee, Host, Rgp, SecDns};
        let now = "2026-11-23T00:00:00Z".parse().unwrap();
        let chosen = wanted().choose(&Greeting::new("test", now, &[Domain, Host, SecDns, Rgp, Fee])).unwrap();
        assert_eq!(chosen.objects, [Domain.urn()]);
        assert_eq!(chosen.extensions, [SecDns.urn(), Fee.urn()]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let now = "2026-11-23T00:00:00Z".parse().unwrap();
        let fault = wanted().choose(&Greeting::new("test", now, &[Namespace::Contact])).unwrap_err();
        insta::assert_snapshot!(fault, @"the registry does not offer `urn:ietf:params:xml:ns:domain-1.0`, `urn:ietf:params:xml:ns:secDNS-1.1`, which its profile requires; correct the profile, or ask the registry to enable it for this account");
    }
}
