//! From text to profile: syntax first, then the registry, then each TLD, then what must hold between them.

use std::collections::BTreeSet;

use toml::de::DeTable;

use super::section::{Section, Source};
use super::{ProfileFault, RegistryProfile, SCHEMA, read_registry, read_tld};

/// Reads a whole file; every fault in the order of its lines.
pub(super) fn read(text: &str, file: &str) -> Result<RegistryProfile, Vec<ProfileFault>> {
    let mut source = Source { text, file, faults: Vec::new() };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let offset = error.span().map_or(0, |span| span.start);
        source.fault(offset, "", format!("this is not TOML ({})", error.message()), "mend the line; see https://toml.io");
    }
    let profile = if errors.is_empty() { read_document(document.get_ref(), &mut source) } else { None };
    let mut faults = source.faults;
    faults.sort_by_key(|fault| fault.line);
    match profile {
        Some(profile) if faults.is_empty() => Ok(profile),
        _ => Err(faults),
    }
}

fn read_document(document: &DeTable<'_>, source: &mut Source<'_>) -> Option<RegistryProfile> {
    let mut root = Section::new(document, "", 0);
    let schema = root.number::<u32>(source, "schema", 1..=u32::MAX, None);
    if let Some(other) = schema.filter(|schema| *schema != SCHEMA) {
        let advice = format!("this program reads schema {SCHEMA}; rewrite the file in it, or use the release that reads {other}");
        source.fault(root.offset_of("schema"), "schema", format!("schema {other} is not known"), advice);
    }
    let version = root.text(source, "version", "\"2026-11-01\"");
    let registry = root.section_or_empty(source, "registry");
    let head = read_registry::read(registry, source);
    let sections = root.sections(source, "tld");
    if sections.is_empty() {
        source.fault(0, "tld", "no TLD is described", "add a `[[tld]]` table with a `name`");
    }
    root.finish(source);
    // A fault in the head must not hide the faults of the TLDs, so they are read against whatever was understood.
    let frame = read_tld::Frame::new(head.as_ref(), version.as_deref().unwrap_or_default());
    let mut tlds = Vec::new();
    let mut seen = BTreeSet::new();
    for mut section in sections {
        let (offset, key) = (section.offset_of("name"), section.path_of("name"));
        let tld = read_tld::read(&mut section, source, &frame);
        section.finish(source);
        if let Some(tld) = tld {
            if !seen.insert(tld.name.clone()) {
                source.fault(offset, key, format!("the TLD `{}` is described twice", tld.name), "keep one of the two");
            }
            tlds.push(tld);
        }
    }
    Some(RegistryProfile { version: version?, tlds, ..head?.profile })
}
