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
    #[error("label {index} (`{label}`) {fault}")]
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
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LabelFault {
    /// Two dots in a row, or a dot in front.
    #[error("is empty; remove the extra dot")]
    Empty,
    /// Longer than a label can be.
    #[error("has {octets} octets in its encoded form, more than {MAX_LABEL_OCTETS}; shorten it")]
    TooLong {
        /// Octets in A-label form.
        octets: usize,
    },
    /// A hyphen where none may stand.
    #[error("has a hyphen at position {position}, where none may stand ({rule}); remove it")]
    Hyphen {
        /// Position counted from 1.
        position: usize,
        /// The rule.
        rule: &'static str,
    },
    /// A character that names cannot have.
    #[error("has {what} at position {position}, which names cannot have{}", hint_text(hint))]
    Character {
        /// The character, named.
        what: String,
        /// Position counted from 1.
        position: usize,
        /// A form of the label that would be accepted, if one is near.
        hint: Option<String>,
    },
    /// A character that may stand only in certain company.
    #[error("has {what} at position {position} out of place: {rule}")]
    Context {
        /// The character, named.
        what: String,
        /// Position counted from 1.
        position: usize,
        /// Where it may stand, and the rule's source.
        rule: &'static str,
    },
    /// Not in Unicode normalisation form C.
    #[error(
        "has decomposed characters at position {position} (not Unicode form NFC, RFC 5891 section 4.1); write it composed, as `{composed}`"
    )]
    NotNfc {
        /// Position of the first difference, counted from 1.
        position: usize,
        /// The label in form NFC.
        composed: String,
    },
    /// Right-to-left and left-to-right characters combined as they may not be.
    #[error("breaks the rule for right-to-left names at position {position}: {rule}")]
    Bidi {
        /// Position counted from 1.
        position: usize,
        /// The condition of RFC 5893 section 2.
        rule: &'static str,
    },
    /// Starts with `xn--` but encodes no valid U-label.
    #[error("starts with `xn--` but is not a valid encoded label: {why}; write the name in its Unicode form")]
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
}

fn hint_text(hint: &Option<String>) -> String {
    match hint {
        Some(form) => format!("; did you mean `{form}`?"),
        None => "; remove it".into(),
    }
}
