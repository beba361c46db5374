//! Internationalised names: each is registered by an IDN table (idn-1.0) or language tag (idnLang-1.0) of the profile.

use epp::Extension;
use epp::extension::idn::IdnData;
use model::DomainName;

use super::Call;
use crate::registry::object::Domain;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::rules::Rules;

/// The table or tag a name is to be registered with; none for an ASCII name.
pub(crate) fn ensure_table(call: &Call<'_>, rules: &Rules, name: &DomainName) -> Outcome<Option<String>> {
    let accepted = &rules.profile.idn;
    let label = name.labels().next().unwrap_or_default();
    let is_idn = label.starts_with("xn--");
    let table = call.extensions.iter().find_map(|extension| match extension {
        Extension::Idn(data) => Some(data),
        _ => None,
    });
    let language = call.extensions.iter().find_map(|extension| match extension {
        Extension::IdnLang(language) => Some(language.tag.clone()),
        _ => None,
    });
    if !is_idn {
        return Ok(None);
    }
    ensure(!accepted.tables.is_empty() || !accepted.languages.is_empty(), || Refusal::policy("this TLD takes ASCII names only"))?;
    match (table, language) {
        (Some(data), _) => {
            ensure(accepted.tables.contains(&data.table), || Refusal::policy(format!("this TLD has no IDN table `{}`", data.table)))?;
            let unicode = data.unicode_name.as_ref().map(|shown| shown.to_domain());
            let agrees = unicode.is_none_or(|shown| shown.is_ok_and(|shown| shown == *name));
            ensure(agrees, || Refusal::policy("`idn:uname` is another name than `domain:name`"))?;
            Ok(Some(data.table.clone()))
        }
        (None, Some(tag)) => {
            ensure(accepted.languages.contains(&tag), || Refusal::policy(format!("this TLD takes no names of language `{tag}`")))?;
            Ok(Some(tag))
        }
        (None, None) => {
            Err(Refusal::missing("an internationalised name needs an IDN table (`idn:data`) or a language tag (`idnLang:tag`)"))
        }
    }
}

/// The table of a registered name, for its info.
pub(crate) fn show(domain: &Domain) -> Option<Extension> {
    let table = domain.idn_table.clone()?;
    Some(Extension::Idn(IdnData { table, unicode_name: Some(domain.name.to_unicode().into()) }))
}
