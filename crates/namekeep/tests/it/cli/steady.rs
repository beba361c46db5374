//! Outputs without what differs from run to run: ids, times, ports, keys, paths, and the widths of columns that follow from them.

use std::path::Path;

/// Prefixes of ids: `dom_` and 26 characters.
const ID_PREFIXES: [&str; 9] = ["dom_", "hst_", "con_", "int_", "dut_", "ntc_", "act_", "job_", "msg_"];
/// Characters of an id behind its prefix.
const ID_LEN: usize = 26;

/// Makes an output comparable. Times become `[time]`, ids `[con]` and so on, `folder` becomes `[folder]`.
pub fn steady(text: &str, folder: &Path) -> String {
    let mut text = text.replace(&folder.display().to_string(), "[folder]");
    if let Some((before, incident)) = text.split_once("(incident ") {
        text = format!("{before}(incident ...{}", &incident[incident.find(')').unwrap_or(0)..]);
    }
    text.lines().map(|line| columns(&words(line))).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// Replaces word by word; a word is what identifiers, times and keys are made of.
fn words(line: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_:.+/=-".contains(c);
    let mut out = String::new();
    let mut word = String::new();
    for c in line.chars() {
        if is_part(c) {
            word.push(c);
        } else {
            out.push_str(&placeholder(&std::mem::take(&mut word)));
            out.push(c);
        }
    }
    out + &placeholder(&word)
}

fn placeholder(word: &str) -> String {
    let bare = word.trim_end_matches(['.', ':', ',']);
    let tail = &word[bare.len()..];
    let id = ID_PREFIXES.iter().find(|prefix| bare.len() == prefix.len() + ID_LEN && bare.starts_with(**prefix));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_date = |text: &str| text.len() == 10 && text.split('-').all(is_digits) && text.split('-').count() == 3;
    let replaced = if let Some(prefix) = id {
        format!("[{}]", prefix.trim_end_matches('_'))
    } else if bare.len() > 10 && bare.is_char_boundary(10) && is_date(&bare[..10]) && bare.ends_with('Z') {
        "[time]".to_owned()
    } else if is_date(bare) {
        "[date]".to_owned()
    } else if bare.len() == 5 && bare.split_once(':').is_some_and(|(hour, minute)| is_digits(hour) && is_digits(minute)) {
        "[hh:mm]".to_owned()
    } else if bare.strip_prefix("127.0.0.1:").is_some_and(is_digits) {
        "127.0.0.1:[port]".to_owned()
    } else if bare.split('+').count() >= 3 && bare.split('+').nth(1).is_some_and(|hash| hash.len() == 8) {
        "[ledger key]".to_owned()
    } else if bare.strip_prefix("contact:NK").is_some_and(|rest| rest.len() == 14) {
        "contact:[handle]".to_owned()
    } else if bare.len() == 16 && bare.starts_with("NK") && bare.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        "[handle]".to_owned()
    } else {
        bare.to_owned()
    };
    replaced + tail
}

/// Runs of spaces become two, rules become short: column widths follow from the words.
fn columns(line: &str) -> String {
    let line = line.trim_end();
    if !line.is_empty() && line.chars().all(|c| c == '─') {
        return "───".to_owned();
    }
    let indent = line.len() - line.trim_start().len();
    let mut out = " ".repeat(indent.min(2));
    let mut spaces = 0;
    for c in line.trim_start().chars() {
        if c == ' ' {
            spaces += 1;
            continue;
        }
        out.push_str(&" ".repeat(spaces.min(2)));
        spaces = 0;
        out.push(c);
    }
    out
}

#[test]
fn what_differs_from_run_to_run_is_replaced() {
    let cases = [
        ("con_01m8511wvyerjb83hy597whk19", "[con]"),
        ("until 2026-11-23T20:20:39.690095Z.", "until [time]."),
        (" 2026-11-23 20:20    open", " [date] [hh:mm]  open"),
        ("127.0.0.1:44641", "127.0.0.1:[port]"),
        ("registrar.example+568ddd65+AY+8Cyfj7O4Ag1oK1IgbhLMouoZFQNJQKln0MbQUEXes", "[ledger key]"),
        ("contact:NKJB83HY597WHK19", "contact:[handle]"),
        ("in /tmp/x/instance/keys", "in [folder]/instance/keys"),
        ("──────────", "───"),
        ("ns1.provider.example", "ns1.provider.example"),
    ];
    for (text, expected) in cases {
        assert_eq!(steady(text, Path::new("/tmp/x")), expected, "{text}");
    }
}
