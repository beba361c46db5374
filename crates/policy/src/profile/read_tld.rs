//! One `[[tld]]` table.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::{Currency, HostName, Money, Period, RegistryId, TldName};

use super::read_registry::Head;
use super::section::{Section, Source};
use super::validate;
use super::{
    AuthInfoRules, ContactRequirement, ContactRules, CountRange, DatedContactRules, ExpiryPolicy, FeeTable, GracePeriods, HostModel,
    IdnRules, LaunchPhase, LaunchPhaseKind, Periods, TldProfile, TransferRules,
};

/// What a TLD takes from the head of the file.
pub(super) struct Frame<'h> {
    version: &'h str,
    registry: Option<RegistryId>,
    host_model: HostModel,
    own_names: &'h [HostName],
}

impl<'h> Frame<'h> {
    pub(super) fn new(head: Option<&'h Head>, version: &'h str) -> Self {
        Self {
            version,
            registry: head.map(|head| head.profile.id.clone()),
            host_model: head.map_or(HostModel::Objects, |head| head.profile.host_model),
            own_names: head.map_or(&[], |head| &head.own_names),
        }
    }
}

/// Days that any period of a profile may count: a year.
const MAX_DAYS: u32 = 366;

/// Reads the table; the caller finishes it.
pub(super) fn read(section: &mut Section<'_, '_>, source: &mut Source<'_>, frame: &Frame<'_>) -> Option<TldProfile> {
    let name = section.parsed(source, "name", "\"example\"", TldName::parse);
    let auto_renew = section.flag(source, "auto_renew", true);
    let restore_report = section.flag(source, "restore_report", true);
    let country_code = section.flag(source, "country_code", false);
    let ds_max = section.number(source, "ds_max", 0..=64, Some(8));
    let namestore_product = section.text_if_given(source, "namestore_product", "\"dotEXAMPLE\"");
    let reserved = section.texts(source, "reserved");
    let rename_hosts_to = section.parsed_if_given(source, "rename_hosts_to", "\"sacrificial.invalid\"", |text| {
        let name = HostName::parse(text).map_err(|error| error.to_string())?;
        validate::rename_target(&name, frame.own_names).map(|()| name)
    });
    let contacts = contacts(section.sections(source, "contacts"), source);
    let periods = periods(section.section_or_empty(source, "periods"), source);
    let grace = grace(section.section_or_empty(source, "grace"), source);
    let transfer = transfer(section.section_or_empty(source, "transfer"), source);
    let expiry = expiry(section.section_or_empty(source, "expiry"), source, grace, auto_renew);
    let authinfo = authinfo(section.section_or_empty(source, "authinfo"), source);
    let (fees, premium) = all_fees(section, source);
    let nameservers = nameservers(section.section_or_empty(source, "nameservers"), source);
    let idn = idn(section.section_or_empty(source, "idn"), source);
    let phases = phases(section.sections(source, "phases"), source);
    Some(TldProfile {
        version: frame.version.to_owned(),
        registry: frame.registry.clone()?,
        name: name?,
        host_model: frame.host_model,
        contacts: contacts?,
        periods: periods?,
        grace: grace?,
        transfer: transfer?,
        auto_renew: auto_renew?,
        restore_report: restore_report?,
        expiry: expiry?,
        authinfo: authinfo?,
        fees: fees?,
        premium: premium?,
        reserved: reserved?.into_iter().map(|(label, _)| label).collect(),
        nameservers: nameservers?,
        ds_max: ds_max?,
        country_code: country_code?,
        idn: idn?,
        phases: phases?,
        rename_hosts_to: rename_hosts_to?,
        namestore_product: namestore_product?,
    })
}

fn contacts(sections: Vec<Section<'_, '_>>, source: &mut Source<'_>) -> Option<Vec<DatedContactRules>> {
    use ContactRequirement as R;
    const WORDS: &[(&str, ContactRequirement)] = &[("forbidden", R::Forbidden), ("optional", R::Optional), ("required", R::Required)];
    let mut dated = Vec::new();
    let mut is_whole = true;
    for mut section in sections {
        let from = section.date(source, "from");
        let mut role = |key| section.word(source, key, WORDS, Some(R::Forbidden));
        let (registrant, admin, tech, billing) = (role("registrant"), role("admin"), role("tech"), role("billing"));
        let (offset, key) = (section.offset_of("from"), section.path_of("from"));
        section.finish(source);
        let (Some(from), Some(registrant), Some(admin), Some(tech), Some(billing)) = (from, registrant, admin, tech, billing) else {
            is_whole = false;
            continue;
        };
        let from = from.unwrap_or(Date::MIN);
        if dated.last().is_some_and(|earlier: &DatedContactRules| earlier.from >= from) {
            source.fault(
                offset,
                key,
                "the entries are not in the order of their dates",
                "put the earliest first, and give each later one a `from`",
            );
        }
        dated.push(DatedContactRules { from, rules: ContactRules { registrant, admin, tech, billing } });
    }
    is_whole.then_some(dated)
}

fn periods(mut section: Section<'_, '_>, source: &mut Source<'_>) -> Option<Periods> {
    let (min, max, default) = (
        section.number::<u8>(source, "min_years", 1..=10, Some(1)),
        section.number::<u8>(source, "max_years", 1..=10, Some(10)),
        section.number::<u8>(source, "default_years", 1..=10, Some(1)),
    );
    let (offset, key) = (section.offset(), section.path_of(""));
    section.finish(source);
    let (min, max, default) = (min?, max?, default?);
    if !(min <= default && default <= max) {
        source.fault(
            offset,
            key,
            format!("{min}, {default} and {max} years do not fit together"),
            "choose min_years <= default_years <= max_years",
        );
        return None;
    }
    Some(Periods { min: Period::years(min).ok()?, max: Period::years(max).ok()?, default: Period::years(default).ok()? })
}

fn grace(mut section: Section<'_, '_>, source: &mut Source<'_>) -> Option<GracePeriods> {
    let mut days = |key, usual| section.number(source, key, 0..=MAX_DAYS, Some(usual));
    let (add, renew, auto_renew, transfer) =
        (days("add_days", 5), days("renew_days", 5), days("auto_renew_days", 45), days("transfer_days", 5));
    let (redemption, pending_restore, pending_delete) =
        (days("redemption_days", 30), days("pending_restore_days", 7), days("pending_delete_days", 5));
    section.finish(source);
    Some(GracePeriods {
        add_days: add?,
        renew_days: renew?,
        auto_renew_days: auto_renew?,
        transfer_days: transfer?,
        redemption_days: redemption?,
        pending_restore_days: pending_restore?,
        pending_delete_days: pending_delete?,
    })
}

fn transfer(mut section: Section<'_, '_>, source: &mut Source<'_>) -> Option<TransferRules> {
    let pending = section.number(source, "pending_days", 0..=30, Some(5));
    // The denial windows are 60 days by policy (TRF-7); a profile can shorten them, never lengthen them (TRF-9).
    let post_create = section.number(source, "post_create_denial_days", 0..=60, Some(60));
    let post_transfer = section.number(source, "post_transfer_denial_days", 0..=60, Some(60));
    let authorisation = section.number(source, "authorisation_days", 1..=60, Some(60));
    section.finish(source);
    Some(TransferRules {
        pending_days: pending?,
        post_create_denial_days: post_create?,
        post_transfer_denial_days: post_transfer?,
        authorisation_days: authorisation?,
    })
}

fn expiry(
    mut section: Section<'_, '_>,
    source: &mut Source<'_>,
    grace: Option<GracePeriods>,
    auto_renew: Option<bool>,
) -> Option<ExpiryPolicy> {
    let mut days = |key, usual| section.number(source, key, 0..=MAX_DAYS, Some(usual));
    let (first, second, after) = (days("first_notice_days_before", 32), days("second_notice_days_before", 7), days("after_notice_days", 1));
    let (interruption, delete) = (days("interruption_days_before_delete", 9), days("delete_after_days", 40));
    let policy = (|| {
        Some(ExpiryPolicy {
            first_notice_days_before: first?,
            second_notice_days_before: second?,
            after_notice_days: after?,
            interruption_days_before_delete: interruption?,
            delete_after_days: delete?,
        })
    })();
    if let (Some(policy), Some(grace), Some(auto_renew)) = (policy, grace, auto_renew) {
        validate::expiry(policy, grace, auto_renew, &section, source);
    }
    section.finish(source);
    policy
}

fn authinfo(mut section: Section<'_, '_>, source: &mut Source<'_>) -> Option<AuthInfoRules> {
    let rfc9154 = section.flag(source, "rfc9154", true);
    let ttl_days = section.number(source, "ttl_days", 1..=60, Some(14));
    section.finish(source);
    Some(AuthInfoRules { rfc9154: rfc9154?, ttl_days: ttl_days? })
}

type Premium = BTreeMap<String, FeeTable>;

fn all_fees(section: &mut Section<'_, '_>, source: &mut Source<'_>) -> (Option<FeeTable>, Option<Premium>) {
    let Some(mut fees) = section.section(source, "fees") else {
        source.fault(section.offset(), section.path_of("fees"), "this table is missing", "add it, such as `fees = { currency = \"USD\" }`");
        section.named_sections(source, "premium");
        return (None, None);
    };
    let currency = fees.parsed(source, "currency", "\"USD\"", Currency::parse);
    let table = currency.and_then(|currency| prices(&mut fees, source, currency));
    if currency.is_some() {
        fees.finish(source);
    }
    let mut premium = Premium::new();
    let mut is_whole = true;
    for (label, mut named) in section.named_sections(source, "premium") {
        let Some(currency) = currency else { break };
        match prices(&mut named, source, currency) {
            Some(own) => {
                premium.insert(label, own);
            }
            None => is_whole = false,
        }
        named.finish(source);
    }
    (table, is_whole.then_some(premium))
}

fn prices(section: &mut Section<'_, '_>, source: &mut Source<'_>, currency: Currency) -> Option<FeeTable> {
    let mut price = |key| {
        section.parsed_if_given(source, key, "\"10.00\"", |text| match Money::parse(text, currency) {
            Ok(money) if money.minor < 0 => Err(format!("`{text}` is below zero; a price is zero or more")),
            Ok(money) => Ok(money),
            Err(error) => Err(error.to_string()),
        })
    };
    let (create, renew, transfer, restore) = (price("create"), price("renew"), price("transfer"), price("restore"));
    Some(FeeTable { currency, create: create?, renew: renew?, transfer: transfer?, restore: restore? })
}

fn nameservers(mut section: Section<'_, '_>, source: &mut Source<'_>) -> Option<CountRange> {
    let (min, max) = (section.number(source, "min", 0..=13, Some(0)), section.number(source, "max", 1..=13, Some(13)));
    let (offset, key) = (section.offset(), section.path_of(""));
    section.finish(source);
    let range = CountRange { min: min?, max: max? };
    if range.min > range.max {
        source.fault(offset, key, "`min` is above `max`", "swap them");
    }
    Some(range)
}

fn idn(mut section: Section<'_, '_>, source: &mut Source<'_>) -> Option<IdnRules> {
    let (tables, languages) = (section.texts(source, "tables"), section.texts(source, "languages"));
    section.finish(source);
    let words = |texts: Vec<(String, std::ops::Range<usize>)>| texts.into_iter().map(|(text, _)| text).collect::<BTreeSet<_>>();
    Some(IdnRules { tables: words(tables?), languages: words(languages?) })
}

fn phases(sections: Vec<Section<'_, '_>>, source: &mut Source<'_>) -> Option<Vec<LaunchPhase>> {
    const WORDS: &[(&str, LaunchPhaseKind)] =
        &[("sunrise", LaunchPhaseKind::Sunrise), ("claims", LaunchPhaseKind::Claims), ("open", LaunchPhaseKind::Open)];
    let mut phases: Vec<LaunchPhase> = Vec::new();
    let mut is_whole = true;
    for mut section in sections {
        let kind = section.word(source, "kind", WORDS, None);
        let from = section.date(source, "from");
        let to = section.date(source, "to");
        let (offset, key) = (section.offset(), section.path_of(""));
        section.finish(source);
        let (Some(kind), Some(from), Some(to)) = (kind, from, to) else {
            is_whole = false;
            continue;
        };
        let phase = LaunchPhase { kind, from: from.unwrap_or(Date::MIN), to };
        if phase.to.is_some_and(|to| to <= phase.from) {
            source.fault(
                offset,
                key.clone(),
                "the phase ends before it begins",
                "put `to` after `from`; `to` is the first day after the phase",
            );
        }
        if phases.last().is_some_and(|earlier| earlier.to.is_none_or(|to| to > phase.from)) {
            source.fault(
                offset,
                key,
                "the phase begins before the one above it ends",
                "give the one above a `to`, and put the earliest first",
            );
        }
        phases.push(phase);
    }
    is_whole.then_some(phases)
}
