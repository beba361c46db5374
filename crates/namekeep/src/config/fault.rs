//! Faults of the configuration file, with line, key and the nearest known key.

use std::path::Path;

use crate::failure::{Exit, Failure};

/// Below this likeness (Jaro-Winkler, 0 to 1) a known key is no help as a guess.
const NEAREST_MIN: f64 = 0.75;

/// A fault that the TOML reader found.
pub fn of_toml(text: &str, path: &Path, error: &toml::de::Error) -> Failure {
    let line = error.span().map_or(1, |span| line_of(text, span.start));
    let message = error.message().trim().trim_end_matches('.').replace('\n', " ");
    let key = key_of(text, line).filter(|_| !message.contains(" field ")).map(|key| format!("`{key}`: ")).unwrap_or_default();
    let message = message.replace("expected u32", "expected a whole number");
    let failure = Failure::new(Exit::Usage, "config", format!("{}:{line}: {key}{message}.", path.display()));
    match nearest(&message) {
        Some(known) => failure.hint(format!("did you mean `{known}`?")),
        None => failure,
    }
}

/// A fault of one key's value.
pub fn at_key(text: &str, path: &Path, key: &str, problem: &str, advice: &str) -> Failure {
    let line = text.lines().position(|line| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('=')));
    let line = line.map_or(1, |index| index + 1);
    Failure::new(Exit::Usage, "config", format!("{}:{line}: `{key}`: {}.", path.display(), problem.trim_end_matches('.'))).hint(advice)
}

/// The key that a line gives a value to.
fn key_of(text: &str, line: usize) -> Option<&str> {
    let (key, _) = text.lines().nth(line.checked_sub(1)?)?.split_once('=')?;
    Some(key.trim()).filter(|key| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// The known key nearest to the unknown one, out of serde's sentence "unknown field `a`, expected one of `b`, `c`".
fn nearest(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field ").or_else(|| message.strip_prefix("unknown variant "))?;
    let mut quoted = rest.split('`').skip(1).step_by(2);
    let unknown = quoted.next()?;
    quoted
        .map(|known| (strsim::jaro_winkler(unknown, known), known))
        .filter(|(likeness, _)| *likeness >= NEAREST_MIN)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, known)| known.to_owned())
}
