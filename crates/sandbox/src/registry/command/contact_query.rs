//! `contact:check` and `contact:info` (RFC 5733 section 3.1). A contact is shown to its sponsor only: personal data is not public here.

use epp::ObjectName;
use epp::contact::{Authorised, Check, CheckData, CheckItem, Data, InfoData};
use model::ContactHandle;

use super::statuses::shown;
use super::{Call, Reply, parse_contact};
use crate::registry::Registry;
use crate::registry::refusal::{Outcome, Refusal, ensure};

pub(crate) fn check(registry: &Registry, check: &Check) -> Outcome<Reply> {
    let most = usize::from(registry.profile.limits.names_per_check);
    ensure(check.names.len() <= most, || Refusal::range(format!("at most {most} contacts can be checked at once")))?;
    let items = check.names.iter().map(|id| answer(registry, id)).collect();
    Ok(Reply::contact(Data::Check(CheckData { items })))
}

fn answer(registry: &Registry, id: &ObjectName) -> CheckItem {
    let reason = match ContactHandle::parse(id.as_str()) {
        Err(_) => Some("Not a contact identifier"),
        Ok(handle) if registry.contacts.contains_key(&handle) => Some("In use"),
        Ok(_) => None,
    };
    CheckItem { name: id.clone(), is_available: reason.is_none(), reason: reason.map(Into::into) }
}

pub(crate) fn info(registry: &Registry, call: &Call<'_>, info: &Authorised) -> Outcome<Reply> {
    let id = parse_contact(&info.id)?;
    let contact = registry.contacts.get(&id).ok_or_else(|| Refusal::not_found(&id))?;
    let secret = info.auth.as_ref().and_then(|auth| auth.secret());
    let knows_code = secret.is_some_and(|code| contact.auth.as_ref().is_some_and(|auth| auth.matches(code.expose())));
    ensure(contact.origin.sponsor == call.registrar || knows_code, || Refusal::not_sponsor(&id))?;
    let mut data = InfoData::new(&contact.id, &contact.origin.roid, contact.person.clone(), &contact.origin.sponsor);
    data.statuses = shown(&contact.statuses());
    data.provenance = contact.origin.provenance();
    data.disclose = contact.disclose.clone();
    Ok(Reply::contact(Data::Info(Box::new(data))))
}
