//! The extensions of a command, each added only where the registry's profile and the operation call for it.

use std::collections::BTreeSet;

use epp::Command;
use epp::extension::fee::{Fee, FeeBody, FeeVersion as WireVersion, Transform};
use epp::extension::idn::{IdnData, IdnLanguage};
use epp::extension::secdns::{Delegation, DsRecord, Records, Remove, SecDns, Update};
use epp::extension::verisign::Namestore;
use model::{DomainName, DsData, Money};
use policy::Operation;
use policy::profile::{Extension as Feature, FeeVersion};

use super::{FrameFault, Surroundings};

/// The product that every command names at a registry that runs several (Verisign).
pub(super) fn add_namestore(command: &mut Command, around: &Surroundings<'_>) {
    if let Some(product) = around.tld.and_then(|tld| tld.namestore_product.as_ref()).filter(|_| around.offers(Feature::NamestoreExt)) {
        command.extensions.push(Namestore::Product(product.clone()).into());
    }
}

/// The table or language of an internationalised name. A TLD with several tables gets its first: the order of the profile decides.
pub(super) fn add_idn(command: &mut Command, name: &DomainName, around: &Surroundings<'_>) {
    let Some(rules) = around.tld.map(|tld| &tld.idn).filter(|_| name.is_idn()) else {
        return;
    };
    if let Some(table) = rules.tables.first().filter(|_| around.offers(Feature::Idn)) {
        let unicode_name = Some(name.to_unicode().as_str().into());
        command.extensions.push(IdnData { table: table.clone(), unicode_name }.into());
    }
    if let Some(tag) = rules.languages.first().filter(|_| around.offers(Feature::IdnLang)) {
        command.extensions.push(IdnLanguage { tag: tag.clone() }.into());
    }
}

/// The fee we agree to (RFC 8748), in the version the registry speaks.
pub(super) fn add_fee(
    command: &mut Command,
    operation: &Operation,
    fee: Option<Money>,
    around: &Surroundings<'_>,
) -> Result<(), FrameFault> {
    let Some(fee) = fee else {
        return Ok(());
    };
    around.require(Feature::Fee, operation)?;
    let agreed = Transform::of(fee);
    let body = match operation {
        Operation::CreateDomain { .. } => FeeBody::Create(agreed),
        Operation::RenewDomain { .. } => FeeBody::Renew(agreed),
        Operation::RequestTransfer { .. } => FeeBody::Transfer(agreed),
        _ => FeeBody::Update(agreed),
    };
    command.extensions.push(Fee::new(wire_version(around), body).into());
    Ok(())
}

/// The fee version of the profile; RFC 8748 where it does not say.
pub(super) fn wire_version(around: &Surroundings<'_>) -> WireVersion {
    match around.registry.namespaces.fee_version {
        Some(FeeVersion::V0_11) => WireVersion::V0_11,
        Some(FeeVersion::V0_23) => WireVersion::V0_23,
        Some(FeeVersion::V1_0) | None => WireVersion::V1_0,
    }
}

/// DS records of a new name (RFC 5910 section 5.2.1).
pub(super) fn ds_at_create(ds: &BTreeSet<DsData>) -> SecDns {
    SecDns::Create(Delegation::ds(ds.iter().map(DsRecord::from)))
}

/// DS records to add and remove (RFC 5910 section 5.2.5).
pub(super) fn ds_at_update(add: &BTreeSet<DsData>, remove: &BTreeSet<DsData>) -> SecDns {
    let removed = Records::Ds(remove.iter().map(DsRecord::from).collect());
    SecDns::Update(Update {
        is_urgent: false,
        remove: (!remove.is_empty()).then_some(Remove::These(removed)),
        add: (!add.is_empty()).then(|| Delegation::ds(add.iter().map(DsRecord::from))),
        max_sig_life: None,
    })
}
