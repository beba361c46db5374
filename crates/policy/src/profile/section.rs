//! Reading one table of a profile file: each value with its line, each fault kept, unknown keys refused at the end.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::{Range, RangeInclusive};

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ProfileFault;

/// The text of the file and the faults found in it so far.
pub(super) struct Source<'t> {
    pub(super) text: &'t str,
    pub(super) file: &'t str,
    pub(super) faults: Vec<ProfileFault>,
}

impl Source<'_> {
    /// Records a fault at a byte offset.
    pub(super) fn fault(&mut self, offset: usize, key: impl Into<String>, problem: impl Into<String>, advice: impl Into<String>) {
        let before = self.text.get(..offset.min(self.text.len())).unwrap_or(self.text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count().saturating_add(1);
        self.faults.push(ProfileFault {
            file: self.file.to_owned(),
            line,
            key: key.into(),
            problem: problem.into(),
            advice: advice.into(),
        });
    }
}

/// One table, with the keys that were asked for so far.
pub(super) struct Section<'d, 't> {
    /// None where the table is absent: its keys are then all missing or at their defaults.
    table: Option<&'d DeTable<'t>>,
    path: String,
    offset: usize,
    asked: BTreeSet<&'static str>,
}

impl<'d, 't> Section<'d, 't> {
    pub(super) fn new(table: &'d DeTable<'t>, path: impl Into<String>, offset: usize) -> Self {
        Self { table: Some(table), path: path.into(), offset, asked: BTreeSet::new() }
    }

    /// The offset of the table's head, for faults of the table as a whole.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// The full name of a key.
    pub(super) fn path_of(&self, key: &str) -> String {
        match (self.path.as_str(), key) {
            ("", key) => key.to_owned(),
            (path, "") => path.to_owned(),
            (path, key) => format!("{path}.{key}"),
        }
    }

    /// The offset of a key's value, or of the table where the key is absent.
    pub(super) fn offset_of(&self, key: &str) -> usize {
        self.find(key).map_or(self.offset, |value| value.span().start)
    }

    fn entries(&self) -> impl Iterator<Item = (&'d Spanned<std::borrow::Cow<'t, str>>, &'d Spanned<DeValue<'t>>)> + use<'d, 't> {
        self.table.into_iter().flat_map(DeTable::iter)
    }

    fn find(&self, key: &str) -> Option<&'d Spanned<DeValue<'t>>> {
        self.entries().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    fn ask(&mut self, key: &'static str) -> Option<&'d Spanned<DeValue<'t>>> {
        self.asked.insert(key);
        self.find(key)
    }

    fn mismatch<T>(&self, source: &mut Source<'_>, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str, example: &str) -> Option<T> {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number with a fraction",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        source.fault(
            value.span().start,
            self.path_of(key),
            format!("{wanted} is wanted here, and this is {found}"),
            format!("write it like `{key} = {example}`"),
        );
        None
    }

    /// A fault for a key that must be there.
    fn missing<T>(&self, source: &mut Source<'_>, key: &str, example: &str) -> Option<T> {
        source.fault(self.offset, self.path_of(key), "this key is missing", format!("add it, such as `{key} = {example}`"));
        None
    }

    /// A required string, turned into a value by `parse`.
    pub(super) fn parsed<T, E: Display>(
        &mut self,
        source: &mut Source<'_>,
        key: &'static str,
        example: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if self.ask(key).is_none() {
            return self.missing(source, key, example);
        }
        self.parsed_if_given(source, key, example, parse)?
    }

    /// An optional string, turned into a value by `parse`; the outer option is none where a fault was recorded.
    #[allow(clippy::option_option, reason = "outside whether it is well said, inside whether it is said at all")]
    pub(super) fn parsed_if_given<T, E: Display>(
        &mut self,
        source: &mut Source<'_>,
        key: &'static str,
        example: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        let Some(value) = self.ask(key) else { return Some(None) };
        let DeValue::String(text) = value.get_ref() else {
            return self.mismatch(source, key, value, "a string", example);
        };
        match parse(text) {
            Ok(parsed) => Some(Some(parsed)),
            Err(error) => {
                source.fault(value.span().start, self.path_of(key), error.to_string(), format!("write it like `{key} = {example}`"));
                None
            }
        }
    }

    /// A required string that is not empty.
    pub(super) fn text(&mut self, source: &mut Source<'_>, key: &'static str, example: &str) -> Option<String> {
        self.parsed(source, key, example, not_empty)
    }

    /// An optional string that is not empty.
    #[allow(clippy::option_option, reason = "outside whether it is well said, inside whether it is said at all")]
    pub(super) fn text_if_given(&mut self, source: &mut Source<'_>, key: &'static str, example: &str) -> Option<Option<String>> {
        self.parsed_if_given(source, key, example, not_empty)
    }

    /// A whole number in a range; `default` where the key is absent, a fault where there is no default.
    pub(super) fn number<N: TryFrom<u32>>(
        &mut self,
        source: &mut Source<'_>,
        key: &'static str,
        range: RangeInclusive<u32>,
        default: Option<u32>,
    ) -> Option<N> {
        let number = match self.ask(key) {
            None => match default {
                Some(default) => default,
                None => return self.missing(source, key, &range.start().to_string()),
            },
            Some(value) => self.number_in(source, key, value, &range)?,
        };
        N::try_from(number).ok()
    }

    /// An optional whole number in a range.
    #[allow(clippy::option_option, reason = "outside whether it is well said, inside whether it is said at all")]
    pub(super) fn number_if_given(
        &mut self,
        source: &mut Source<'_>,
        key: &'static str,
        range: &RangeInclusive<u32>,
    ) -> Option<Option<u32>> {
        match self.ask(key) {
            None => Some(None),
            Some(value) => self.number_in(source, key, value, range).map(Some),
        }
    }

    fn number_in(&self, source: &mut Source<'_>, key: &str, value: &Spanned<DeValue<'_>>, range: &RangeInclusive<u32>) -> Option<u32> {
        let DeValue::Integer(integer) = value.get_ref() else {
            return self.mismatch(source, key, value, "a whole number", &range.start().to_string());
        };
        let number =
            i64::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok().and_then(|number| u32::try_from(number).ok());
        match number.filter(|number| range.contains(number)) {
            Some(number) => Some(number),
            None => {
                source.fault(
                    value.span().start,
                    self.path_of(key),
                    format!("{integer} is out of range"),
                    format!("choose {} to {}", range.start(), range.end()),
                );
                None
            }
        }
    }

    /// True or false; `default` where the key is absent.
    pub(super) fn flag(&mut self, source: &mut Source<'_>, key: &'static str, default: bool) -> Option<bool> {
        match self.ask(key).map(|value| (value, value.get_ref())) {
            None => Some(default),
            Some((_, DeValue::Boolean(flag))) => Some(*flag),
            Some((value, _)) => self.mismatch(source, key, value, "true or false", "true"),
        }
    }

    /// One word of a closed list; `default` where the key is absent, a fault where there is no default.
    pub(super) fn word<T: Copy>(
        &mut self,
        source: &mut Source<'_>,
        key: &'static str,
        words: &[(&str, T)],
        default: Option<T>,
    ) -> Option<T> {
        let example = format!("\"{}\"", words.first().map_or("", |(word, _)| word));
        match self.ask(key).map(|value| (value, value.get_ref())) {
            None => default.or_else(|| self.missing(source, key, &example)),
            Some((value, DeValue::String(text))) => self.word_at(source, key, value.span(), text, words),
            Some((value, _)) => self.mismatch(source, key, value, "a string", &example),
        }
    }

    fn word_at<T: Copy>(&self, source: &mut Source<'_>, key: &str, span: Range<usize>, text: &str, words: &[(&str, T)]) -> Option<T> {
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let advice = match nearest(text, words.iter().map(|(word, _)| *word)) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("use one of {}", words.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(", ")),
        };
        source.fault(span.start, self.path_of(key), format!("`{text}` is not known here"), advice);
        None
    }

    /// A list of words of a closed list; empty where the key is absent.
    pub(super) fn words<T: Copy + Ord>(&mut self, source: &mut Source<'_>, key: &'static str, words: &[(&str, T)]) -> Option<BTreeSet<T>> {
        let texts = self.texts(source, key)?;
        let read: Vec<Option<T>> = texts.iter().map(|(text, span)| self.word_at(source, key, span.clone(), text, words)).collect();
        read.into_iter().collect()
    }

    /// A list of strings with their places; empty where the key is absent.
    pub(super) fn texts(&mut self, source: &mut Source<'_>, key: &'static str) -> Option<Vec<(String, Range<usize>)>> {
        let Some(value) = self.ask(key) else { return Some(Vec::new()) };
        let DeValue::Array(items) = value.get_ref() else {
            return self.mismatch(source, key, value, "a list of strings", "[\"…\"]");
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                DeValue::String(text) => texts.push((text.to_string(), item.span())),
                _ => return self.mismatch(source, key, item, "a string", "[\"…\"]"),
            }
        }
        Some(texts)
    }

    /// A date, written bare or as a string; the outer option is none where a fault was recorded.
    #[allow(clippy::option_option, reason = "outside whether it is well said, inside whether it is said at all")]
    pub(super) fn date(&mut self, source: &mut Source<'_>, key: &'static str) -> Option<Option<Date>> {
        let Some(value) = self.ask(key) else { return Some(None) };
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(date) => date.to_string(),
            _ => return self.mismatch(source, key, value, "a date", "2026-11-01"),
        };
        match text.parse::<Date>() {
            Ok(date) if text.len() == "2026-11-01".len() => Some(Some(date)),
            _ => {
                source.fault(
                    value.span().start,
                    self.path_of(key),
                    format!("`{text}` is not a date"),
                    "write year, month and day, such as `2026-11-01`",
                );
                None
            }
        }
    }

    /// A table below this one; none where it is absent.
    pub(super) fn section(&mut self, source: &mut Source<'_>, key: &'static str) -> Option<Section<'d, 't>> {
        let value = self.ask(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Section::new(table, self.path_of(key), value.span().start)),
            _ => self.mismatch(source, key, value, "a table", "{ … }"),
        }
    }

    /// A table below this one, or an empty one in its place, so that its defaults and missing keys speak for themselves.
    pub(super) fn section_or_empty(&mut self, source: &mut Source<'_>, key: &'static str) -> Section<'d, 't> {
        let absent = Section { table: None, path: self.path_of(key), offset: self.offset, asked: BTreeSet::new() };
        self.section(source, key).unwrap_or(absent)
    }

    /// A list of tables; empty where it is absent.
    pub(super) fn sections(&mut self, source: &mut Source<'_>, key: &'static str) -> Vec<Section<'d, 't>> {
        let Some(value) = self.ask(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            return self.mismatch::<Vec<_>>(source, key, value, "a list of tables", "[{ … }]").unwrap_or_default();
        };
        let mut sections = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item.get_ref() {
                DeValue::Table(table) => sections.push(Section::new(table, format!("{}[{index}]", self.path_of(key)), item.span().start)),
                _ => return self.mismatch::<Vec<_>>(source, key, item, "a table", "[{ … }]").unwrap_or_default(),
            }
        }
        sections
    }

    /// The tables below this one whose keys are free, such as premium labels.
    pub(super) fn named_sections(&mut self, source: &mut Source<'_>, key: &'static str) -> Vec<(String, Section<'d, 't>)> {
        let Some(section) = self.section(source, key) else { return Vec::new() };
        let mut named = Vec::new();
        for (name, value) in section.entries() {
            let name = name.get_ref().to_string();
            match value.get_ref() {
                DeValue::Table(table) => {
                    let path = section.path_of(&name);
                    named.push((name, Section::new(table, path, value.span().start)));
                }
                _ => return section.mismatch::<Vec<_>>(source, &name, value, "a table", "{ … }").unwrap_or_default(),
            }
        }
        named
    }

    /// Refuses every key that was not asked for, with the nearest one that was.
    pub(super) fn finish(self, source: &mut Source<'_>) {
        for (name, _) in self.entries().filter(|(name, _)| !self.asked.contains(name.get_ref().as_ref())) {
            let text = name.get_ref().as_ref();
            let advice = match nearest(text, self.asked.iter().copied()) {
                Some(key) => format!("did you mean `{key}`?"),
                None => format!(
                    "remove it; the keys here are {}",
                    self.asked.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
                ),
            };
            source.fault(name.span().start, self.path_of(text), "this key is not known", advice);
        }
    }
}

fn not_empty(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("this is empty"),
        trimmed => Ok(trimmed.to_owned()),
    }
}

/// The nearest known word, if one is near enough to be meant.
fn nearest<'w>(text: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    /// Similarity (Jaro-Winkler, 0 to 1) from which a word is worth suggesting.
    const NEAR_ENOUGH: f64 = 0.8;
    words
        .map(|word| (strsim::jaro_winkler(&text.to_ascii_lowercase(), &word.to_ascii_lowercase()), word))
        .filter(|(likeness, _)| *likeness >= NEAR_ENOUGH)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, word)| word)
}
