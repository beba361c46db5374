//! Rename a host object, so that the name above it can be deleted.
//!
//! Rule: RFC 9874 (BCP 244). A host renamed below a name that nobody holds gives every name that delegates to it away to whoever
//! registers that name. So a host may only move to, or below, the name that the TLD's profile lists for this purpose; a TLD
//! without such a name refuses. There is no way round: this is the only way for a person to rename a host, and the renames that a
//! deletion makes by itself (`policy`'s `deletion`) go below the same listed name.

use model::{DomainName, HostName};
use policy::profile::TldProfile;
use policy::{ObjectKey, Operation, Permission, Refusal};
use store::hosts;

use super::{known, superordinate};
use crate::authorised::NeedsPermission;
use crate::execute::intend;
use crate::failure::Failure;
use crate::order::Receipt;
use crate::use_case::{UseCase, Work};

/// Rename a host object to a name kept for this purpose.
#[derive(Clone, Debug)]
pub struct RenameHost {
    /// The host.
    pub host: HostName,
    /// Its new name.
    pub to: HostName,
}

impl NeedsPermission for RenameHost {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

impl UseCase for RenameHost {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let above = superordinate(work, &self.host)?;
        may_move_to(above.subject.profile, &self.to)?;
        known(work, &above, &self.host)?;
        if hosts::find(work.tx, above.subject.registry(), &self.to)?.is_some() {
            return Err(Refusal::new("host.exists", "RFC 5730 3", format!("the host `{}` exists already", self.to))
                .hint(format!("choose a fresh label below `{}`", self.to))
                .into());
        }
        let occasion = above.registration.version.to_string();
        intend(
            work,
            above.registration,
            ObjectKey::Host(self.host.clone()),
            Operation::RenameHost { to: self.to.clone() },
            &occasion,
            Vec::new(),
        )
    }
}

/// RFC 9874: into the listed name and nowhere else.
fn may_move_to(profile: &TldProfile, to: &HostName) -> Result<(), Refusal> {
    let Some(listed) = &profile.rename_hosts_to else {
        let sentence = format!("hosts below `.{}` cannot be renamed: its profile lists no name that is kept for this", profile.name);
        return Err(Refusal::new("host.rename_unlisted", "RFC 9874", sentence)
            .hint("ask the registrars of the linking names to change them, or set `rename_hosts_to` in the profile"));
    };
    let is_listed = DomainName::parse(listed.as_str()).is_ok_and(|listed| to.is_within(&listed));
    if is_listed {
        return Ok(());
    }
    let sentence =
        format!("`{to}` is not below `{listed}`; renaming a host into a name that others can register would hand them its users");
    Err(Refusal::new("host.rename_unlisted", "RFC 9874", sentence).hint(format!("choose a fresh label below `{listed}`")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::profile;

    fn host(text: &str) -> HostName {
        HostName::parse(text).unwrap()
    }

    #[test]
    fn only_the_listed_name_takes_hosts() {
        let mut tld = profile().tlds.remove(0);
        tld.rename_hosts_to = Some(host("sacrificial.registrar.example"));
        for (to, is_allowed) in [
            ("ns1.sacrificial.registrar.example", true),
            ("a.b.sacrificial.registrar.example", true),
            ("ns1.registrar.example", false),
            ("ns1.sacrificial.registrar.example.alpha", false),
            ("ns1.xsacrificial.registrar.example", false),
            ("ns1.free-name.alpha", false),
        ] {
            assert_eq!(may_move_to(&tld, &host(to)).is_ok(), is_allowed, "{to}");
        }
        tld.rename_hosts_to = None;
        assert_eq!(may_move_to(&tld, &host("ns1.sacrificial.registrar.example")).unwrap_err().code, "host.rename_unlisted");
    }

    proptest! {
        /// RFC 9874: no name outside the list gets through, whatever it looks like.
        #[test]
        fn no_other_name_takes_hosts(label in "[a-z][a-z0-9]{0,8}", parent in "[a-z][a-z0-9]{0,8}(\\.[a-z][a-z0-9]{1,5}){1,3}") {
            let mut tld = profile().tlds.remove(0);
            tld.rename_hosts_to = Some(host("sacrificial.registrar.example"));
            let to = host(&format!("{label}.{parent}"));
            let is_below = to.as_str().ends_with(".sacrificial.registrar.example");
            prop_assert_eq!(may_move_to(&tld, &to).is_ok(), is_below);
        }
    }
}
