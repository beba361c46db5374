//! Every id: what it asserts, of whom, with what weight, and where it is checked or why it isn't.

mod left_out;
mod objects;
mod our_own;
mod people;
mod registration;
mod response;
mod structures;
mod transport;

use crate::finding::Level;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// To whom a check applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// To every RDAP server.
    Always,
    /// To whoever is bound by ICANN's gTLD profile of February 2024.
    Profile,
    /// To registrars under that profile.
    Registrar,
    /// To registries under that profile.
    Registry,
    /// To nobody any more: an id of the 2019 profile.
    Retired,
    /// To us, by our own decision.
    Ours,
}

/// Where a check is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a module of this crate, by its path below `src`.
    Module(&'static str),
    /// Nowhere, for a reason.
    LeftOut(&'static str),
}

/// One id.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// ICANN's id (below zero) or one of ours (above).
    pub id: i32,
    /// To whom it applies.
    pub mode: Mode,
    /// Its weight.
    pub level: Level,
    /// Where it is checked.
    pub place: Place,
    /// What must hold, in our own words.
    pub asserts: &'static str,
}

const fn row(mode: Mode, id: i32, module: &'static str, asserts: &'static str) -> Row {
    Row { id, mode, level: Level::Error, place: Place::Module(module), asserts }
}

const fn always(id: i32, module: &'static str, asserts: &'static str) -> Row {
    row(Mode::Always, id, module, asserts)
}

const fn profile(id: i32, module: &'static str, asserts: &'static str) -> Row {
    row(Mode::Profile, id, module, asserts)
}

const fn registrar(id: i32, module: &'static str, asserts: &'static str) -> Row {
    row(Mode::Registrar, id, module, asserts)
}

impl Row {
    const fn warning(self) -> Self {
        Self { level: Level::Warning, ..self }
    }

    const fn ignored(self) -> Self {
        Self { level: Level::Ignored, ..self }
    }
}

/// All ids, by subject.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    let parts =
        [transport::ROWS, structures::ROWS, objects::ROWS, response::ROWS, registration::ROWS, people::ROWS, our_own::ROWS, left_out::ROWS];
    parts.into_iter().flatten()
}

/// The weight of an id.
pub(crate) fn level(id: i32) -> Level {
    static LEVELS: LazyLock<HashMap<i32, Level>> = LazyLock::new(|| rows().map(|row| (row.id, row.level)).collect());
    LEVELS.get(&id).copied().unwrap_or(Level::Error)
}

/// The table as a page of documentation.
#[must_use]
pub fn table_markdown() -> String {
    let mut page = String::from("| id | for | weight | asserted | where, or why not |\n| --- | --- | --- | --- | --- |\n");
    for row in rows() {
        let mode = match row.mode {
            Mode::Always => "everyone",
            Mode::Profile => "gTLD profile",
            Mode::Registrar => "registrar",
            Mode::Registry => "registry",
            Mode::Retired => "nobody (2019)",
            Mode::Ours => "ourselves",
        };
        let level = match row.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Ignored => "ignored",
        };
        let place = match row.place {
            Place::Module(module) => format!("`{module}`"),
            Place::LeftOut(reason) => format!("left out: {reason}"),
        };
        // Writing to a string can't fail.
        let _ = writeln!(page, "| {} | {mode} | {level} | {} | {place} |", row.id, row.asserts);
    }
    page
}
