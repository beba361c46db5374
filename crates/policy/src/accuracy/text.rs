//! What any line of text must be, and what it hardly is: a fault only where it cannot be true.

use super::field::Field;
use super::finding::{Finding, Level, worst};
use super::fold::folded;

/// What registration data shows where somebody's data is withheld; copied from a lookup, it is nobody's name.
const WITHHELD: &[&str] = &["redactedforprivacy", "dataredacted", "registrationprivate", "statutorymaskingenabled", "gdprmasked"];

/// What people write to get past a form. All of them are somebody's name or some town's, so they are no more than doubtful.
const PLACEHOLDERS: &[&str] = &[
    "test",
    "testing",
    "none",
    "null",
    "nil",
    "unknown",
    "notapplicable",
    "nocity",
    "nostreet",
    "noname",
    "anonymous",
    "asdf",
    "asdfasdf",
    "qwerty",
    "abc",
    "foo",
    "bar",
    "foobar",
];

/// From so many letters on, one and the same letter is hardly a word.
const REPEATED_LETTERS: usize = 3;

/// The worst that is to be said of a line that is there.
pub(super) fn look_at(field: Field, text: &str) -> Option<Finding> {
    let looks = [control, direction, markup, silence, withheld, email, website, undecodable, placeholder];
    worst(looks.map(|look| look(field, text)))
}

/// What a line without any letter is worth.
pub(super) fn letters(field: Field, text: &str, level: Level) -> Option<Finding> {
    let sentence = format!("the {} has no letter", field.phrase());
    (!text.chars().any(char::is_alphabetic)).then(|| Finding::new(level, "accuracy.no-letter", sentence, "write it in words"))
}

fn control(field: Field, text: &str) -> Option<Finding> {
    let sentence = format!("the {} has a line break or control character", field.phrase());
    let is_control = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.contains(is_control).then(|| Finding::fault("accuracy.unprintable", sentence, "write it on one line, without tabs"))
}

/// Marks that reorder text (Unicode TR 9): what is read is not what is written.
fn direction(field: Field, text: &str) -> Option<Finding> {
    let sentence = format!("the {} has an invisible mark that changes the direction of writing", field.phrase());
    let is_mark = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.contains(is_mark).then(|| Finding::fault("accuracy.direction", sentence, "type it anew instead of pasting it"))
}

/// No script may stand in what is published (Response Profile 1.3), and nobody is called by a tag.
fn markup(field: Field, text: &str) -> Option<Finding> {
    let sentence = format!("the {} has an angle bracket in it", field.phrase());
    text.contains(['<', '>']).then(|| Finding::fault("accuracy.markup", sentence, "write it without `<` and `>`"))
}

fn silence(field: Field, text: &str) -> Option<Finding> {
    let sentence = format!("the {} has neither letter nor digit", field.phrase());
    (!text.chars().any(char::is_alphanumeric)).then(|| Finding::fault("accuracy.no-word", sentence, "fill it in with words"))
}

fn withheld(field: Field, text: &str) -> Option<Finding> {
    let folded = folded(text);
    let sentence = format!("the {} says that the data is withheld", field.phrase());
    let is_withheld = WITHHELD.iter().any(|phrase| folded.starts_with(phrase));
    is_withheld.then(|| Finding::fault("accuracy.withheld", sentence, "give the data itself; what is published is decided afterwards"))
}

/// An organisation may be called after its address; nothing else is.
fn email(field: Field, text: &str) -> Option<Finding> {
    let is_email = |word: &str| word.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
    let sentence = format!("the {} has an e-mail address in it", field.phrase());
    let hint = "write the e-mail address into its own field";
    text.split_whitespace().any(is_email).then(|| Finding::new(borrowed(field), "accuracy.email-inside", sentence, hint))
}

fn website(field: Field, text: &str) -> Option<Finding> {
    let is_address = |word: &str| {
        let word = word.to_lowercase();
        word.contains("://") || word.starts_with("www.")
    };
    let sentence = format!("the {} has the address of a website in it", field.phrase());
    let finding = || Finding::new(borrowed(field), "accuracy.website-inside", sentence, "leave the website out; it is not asked for");
    text.split_whitespace().any(is_address).then(finding)
}

fn borrowed(field: Field) -> Level {
    if field == Field::Organisation { Level::Doubt } else { Level::Fault }
}

/// U+FFFD stands where a program could not read a letter.
fn undecodable(field: Field, text: &str) -> Option<Finding> {
    let sentence = format!("the {} has a letter that was lost on its way", field.phrase());
    text.contains('\u{FFFD}').then(|| Finding::doubt("accuracy.lost-letter", sentence, "type it anew"))
}

fn placeholder(field: Field, text: &str) -> Option<Finding> {
    let folded = folded(text);
    let mut letters = folded.chars();
    let first = letters.next();
    let is_repeated = folded.chars().count() >= REPEATED_LETTERS && letters.all(|letter| Some(letter) == first && letter.is_alphabetic());
    let sentence = format!("the {} looks like something typed to fill the form", field.phrase());
    let is_filler = is_repeated || PLACEHOLDERS.contains(&folded.as_str());
    is_filler.then(|| Finding::doubt("accuracy.placeholder", sentence, "give the real one; false data can cost the name"))
}
