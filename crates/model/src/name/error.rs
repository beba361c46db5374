//! Why a name was refused, in words for the one who typed it.

use thiserror::Error;

use super::{MAX_LABEL_OCTETS, MAX_NAME_OCTETS};

/// Why a name was refused. Labels are counted from the left, characters within a label from its start, both from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing was given, or only a dot.
    #[error("the name is empty; write at least one label, such as `example.com`")]
    Empty,
    /// Longer than the DNS carries.
    #[error("the name has {octets} octets, more than {MAX_NAME_OCTETS}; shorten it")]
    TooLong {
        /// Octets in A-label form (or as given, when far too long).
        octets: usize,
    },
    /// A-labels and U-labels in one name.
    #[error("the name mixes the encoded label `{a_label}` with the Unicode label `{u_label}`; write all labels in one form")]
    Mixed {
        /// The label that starts with `xn--`.
        a_label: String,
        /// The label beyond ASCII.
        u_label: String,
    },
    /// The last label is a number: the text is an address or a fragment of one.
    #[error("the last label `{label}` is all digits, as in an IP address; give a name instead (RFC 3696 section 2)")]
    Numeric {
        /// The last label.
        label: String,
    },
    /// A host name of one label.
    #[error("the host name `{label}` has one label only; write it in full, such as `ns1.example.com`")]
    Unqualified {
        /// The label.
        label: String,
    },
    /// One label is wrong.
    #[error("label {index}{} {fault}", in_brackets(label))]
    Label {
        /// Which label, counted from 1.
        index: usize,
        /// The label as given, made safe to print.
        label: String,
        /// What is wrong with it.
        fault: LabelFault,
    },
}

impl NameError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            NameError::Empty => "name.empty",
            NameError::TooLong { .. } => "name.too_long",
            NameError::Mixed { .. } => "name.mixed_forms",
            NameError::Numeric { .. } => "name.numeric",
            NameError::Unqualified { .. } => "name.unqualified",
            NameError::Label { fault, .. } => fault.code(),
        }
    }
}

/// What is wrong with a label: the rest of a sentence that begins with the label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelFault {
    /// Two dots in a row, or a dot in front.
    Empty,
    /// Longer than a label can be.
    TooLong {
        /// Octets in A-label form.
        octets: usize,
    },
    /// A hyphen where none may stand.
    Hyphen {
        /// Position counted from 1.
        position: usize,
        /// The rule.
        rule: &'static str,
    },
    /// A character that names cannot have.
    Character {
        /// The character, named.
        what: String,
        /// Position counted from 1.
        position: usize,
        /// A form of the label that would be accepted, if one is near.
        hint: Option<String>,
    },
    /// A character that may stand only in certain company.
    Context {
        /// The character, named.
        what: String,
        /// Position counted from 1.
        position: usize,
        /// Where it may stand, and the rule's source.
        rule: &'static str,
    },
    /// Not in Unicode normalisation form C.
    NotNfc {
        /// Position of the first difference, counted from 1.
        position: usize,
        /// The label in form NFC.
        composed: String,
    },
    /// Right-to-left and left-to-right characters combined as they may not be.
    Bidi {
        /// Position counted from 1.
        position: usize,
        /// The condition of RFC 5893 section 2.
        rule: &'static str,
    },
    /// Starts with `xn--` but encodes no valid U-label.
    BadALabel {
        /// What is wrong with it.
        why: String,
    },
}

impl LabelFault {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            LabelFault::Empty => "name.label_empty",
            LabelFault::TooLong { .. } => "name.label_too_long",
            LabelFault::Hyphen { .. } => "name.hyphen",
            LabelFault::Character { .. } => "name.character",
            LabelFault::Context { .. } => "name.context",
            LabelFault::NotNfc { .. } => "name.not_nfc",
            LabelFault::Bidi { .. } => "name.bidi",
            LabelFault::BadALabel { .. } => "name.a_label",
        }
    }

    /// What is wrong and where, without the advice.
    pub fn wrong(&self) -> String {
        match self {
            LabelFault::Empty => "is empty".into(),
            LabelFault::TooLong { octets } => format!("has {octets} octets in its encoded form, more than {MAX_LABEL_OCTETS}"),
            LabelFault::Hyphen { position, rule } => format!("has a hyphen at position {position}, but {rule}"),
            LabelFault::Character { what, position, .. } => format!("has {what} at position {position}, which names cannot have"),
            LabelFault::Context { what, position, rule } => format!("has {what} at position {position}, but {rule}"),
            LabelFault::NotNfc { position, .. } => {
                format!("has decomposed characters at position {position} (not Unicode form NFC, RFC 5891 section 4.1)")
            }
            LabelFault::Bidi { position, rule } => format!("mixes writing directions at position {position}: {rule}"),
            LabelFault::BadALabel { why } => format!("starts with `xn--` but is not a valid encoded label: {why}"),
        }
    }

    /// What to do about it.
    pub fn advice(&self) -> String {
        match self {
            LabelFault::Empty => "remove the extra dot".into(),
            LabelFault::TooLong { .. } => "shorten it".into(),
            LabelFault::Character { hint: Some(form), .. } => format!("did you mean `{form}`?"),
            LabelFault::Hyphen { .. } | LabelFault::Character { .. } => "remove it".into(),
            LabelFault::Context { .. } | LabelFault::Bidi { .. } => "change or remove it".into(),
            LabelFault::NotNfc { composed, .. } => format!("write it composed, as `{composed}`"),
            LabelFault::BadALabel { .. } => "write the name in its Unicode form".into(),
        }
    }
}

impl std::fmt::Display for LabelFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.wrong(), self.advice())
    }
}

impl std::error::Error for LabelFault {}

fn in_brackets(label: &str) -> String {
    if label.is_empty() { String::new() } else { format!(" (`{label}`)") }
}
