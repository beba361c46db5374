//! The `[registry]` table: how to reach a registry, what it allows, what it speaks.

use std::collections::BTreeSet;

use model::{HostName, RegistryId};

use super::section::{Section, Source};
use super::{Deadlines, Endpoint, Extension, FeeVersion, HostModel, Lanes, Limits, Namespaces, Quirk, RegistryProfile};

/// What the head of the file says, for the TLDs to be read against.
pub(super) struct Head {
    /// The registry, without TLDs yet.
    pub(super) profile: RegistryProfile,
    /// Names that are ours, below which hosts may be renamed (RFC 9874).
    pub(super) own_names: Vec<HostName>,
}

/// One day, in seconds: the usual absolute lifetime of a session.
const DAY_SECONDS: u32 = 86_400;

pub(super) fn read(mut section: Section<'_, '_>, source: &mut Source<'_>) -> Option<Head> {
    let id = section.parsed(source, "id", "\"alpha\"", RegistryId::parse);
    let title = section.text_if_given(source, "title", "\"Alpha Registry\"");
    let host_model = section.word(
        source,
        "host_model",
        &[("objects", HostModel::Objects), ("attributes", HostModel::Attributes)],
        Some(HostModel::Objects),
    );
    let quirks = section.words(source, "quirks", Quirk::WORDS);
    let poll_interval_seconds = section.number(source, "poll_interval_seconds", 1..=3600, Some(60));
    let own_names = own_names(&mut section, source);
    let endpoint = endpoint(section.section_or_empty(source, "endpoint"), source);
    let lanes = lanes(section.section_or_empty(source, "lanes"), source);
    let limits = limits(section.section_or_empty(source, "limits"), source);
    let deadlines = deadlines(section.section_or_empty(source, "deadlines"), source);
    let namespaces = namespaces(section.section_or_empty(source, "namespaces"), source);
    if let (Some(lanes), Some(limits)) = (lanes, limits) {
        check_sessions(&section, source, lanes, limits);
    }
    section.finish(source);
    let id = id?;
    Some(Head {
        own_names: own_names?,
        profile: RegistryProfile {
            version: String::new(),
            title: title?.unwrap_or_else(|| id.to_string()),
            id,
            endpoint: endpoint?,
            lanes: lanes?,
            limits: limits?,
            deadlines: deadlines?,
            poll_interval_seconds: poll_interval_seconds?,
            namespaces: namespaces?,
            quirks: quirks?,
            host_model: host_model?,
            tlds: Vec::new(),
        },
    })
}

fn own_names(section: &mut Section<'_, '_>, source: &mut Source<'_>) -> Option<Vec<HostName>> {
    let texts = section.texts(source, "own_names")?;
    let mut names = Vec::new();
    for (text, span) in texts {
        match HostName::parse(&text) {
            Ok(name) => names.push(name),
            Err(error) => {
                source.fault(span.start, section.path_of("own_names"), error.to_string(), "list names that this registrar holds itself")
            }
        }
    }
    Some(names)
}

fn endpoint(mut section: Section<'_, '_>, source: &mut Source<'_>) -> Option<Endpoint> {
    let host = section.text(source, "host", "\"epp.registry.example\"");
    let port = section.number(source, "port", 1..=65_535, Some(700));
    let server_name = section.text_if_given(source, "server_name", "\"epp.registry.example\"");
    section.finish(source);
    let host = host?;
    Some(Endpoint { port: port?, server_name: server_name?.unwrap_or_else(|| host.clone()), host })
}

fn lanes(mut section: Section<'_, '_>, source: &mut Source<'_>) -> Option<Lanes> {
    let interactive = section.number(source, "interactive", 1..=1000, Some(1));
    let bulk = section.number(source, "bulk", 0..=1000, Some(1));
    let poll = section.number(source, "poll", 1..=1, Some(1));
    section.finish(source);
    Some(Lanes { interactive: interactive?, bulk: bulk?, poll: poll? })
}

fn limits(mut section: Section<'_, '_>, source: &mut Source<'_>) -> Option<Limits> {
    let sessions = section.number(source, "sessions", 1..=1000, Some(6));
    let names_per_check = section.number(source, "names_per_check", 1..=1000, Some(50));
    let commands_per_session = section.number_if_given(source, "commands_per_session", &(1..=u32::MAX));
    let idle_seconds = section.number(source, "idle_seconds", 10..=DAY_SECONDS, Some(600));
    let lifetime_seconds = section.number(source, "lifetime_seconds", 60..=30 * DAY_SECONDS, Some(DAY_SECONDS));
    let commands_per_minute = section.number_if_given(source, "commands_per_minute", &(1..=u32::MAX));
    let transform_window = section.number(source, "transform_window", 1..=64, Some(1));
    section.finish(source);
    Some(Limits {
        sessions: sessions?,
        names_per_check: names_per_check?,
        commands_per_session: commands_per_session?,
        idle_seconds: idle_seconds?,
        lifetime_seconds: lifetime_seconds?,
        commands_per_minute: commands_per_minute?,
        transform_window: transform_window?,
    })
}

fn deadlines(mut section: Section<'_, '_>, source: &mut Source<'_>) -> Option<Deadlines> {
    // Five times the service levels of Specification 10: after that an answer counts as lost.
    let login_seconds = section.number(source, "login_seconds", 1..=600, Some(20));
    let query_seconds = section.number(source, "query_seconds", 1..=600, Some(10));
    let transform_seconds = section.number(source, "transform_seconds", 1..=600, Some(20));
    section.finish(source);
    Some(Deadlines { login_seconds: login_seconds?, query_seconds: query_seconds?, transform_seconds: transform_seconds? })
}

fn namespaces(mut section: Section<'_, '_>, source: &mut Source<'_>) -> Option<Namespaces> {
    let needed = section.words(source, "needed", Extension::WORDS);
    let offered = section.words(source, "offered", Extension::WORDS);
    let fee_given = section.offset_of("fee_version") != section.offset();
    let fee_version = section.word(source, "fee_version", FeeVersion::WORDS, Some(FeeVersion::V1_0));
    let (needed, offered) = (needed?, offered?);
    let offered: BTreeSet<_> = offered.union(&needed).copied().collect();
    let has_fee = offered.contains(&Extension::Fee);
    if fee_given && !has_fee {
        let key = section.path_of("fee_version");
        source.fault(
            section.offset_of("fee_version"),
            key,
            "a version is named and `fee` is not offered",
            "add \"fee\" to `offered`, or remove this key",
        );
    }
    section.finish(source);
    Some(Namespaces { needed, offered, fee_version: fee_version.filter(|_| has_fee) })
}

fn check_sessions(section: &Section<'_, '_>, source: &mut Source<'_>, lanes: Lanes, limits: Limits) {
    let wanted = u32::from(lanes.interactive) + u32::from(lanes.bulk) + u32::from(lanes.poll);
    if wanted > u32::from(limits.sessions) {
        source.fault(
            section.offset_of("lanes"),
            section.path_of("lanes"),
            format!("the lanes need {wanted} sessions and the registry allows {}", limits.sessions),
            "lower `bulk`, or raise `limits.sessions` if the registry agreed to more",
        );
    }
}
