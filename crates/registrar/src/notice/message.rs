//! A message as the mail system takes it: RFC 5322 header fields, RFC 2047 encoded words, a plain text body.
//!
//! Nothing that goes into a header can end it: control characters become blanks before anything else is done with a text, and
//! everything beyond plain ASCII words is encoded.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::tz::Offset;
use model::{Email, Timestamp};

/// Longest line of a header, in characters without the line break (RFC 5322 section 2.1.1: should).
const HEADER_LINE_CHARS: usize = 78;

/// Octets of text in one encoded word: 42 octets are 56 characters in base64, and with `=?UTF-8?B?` and `?=` 68, below the 75 of RFC
/// 2047 section 2 and short enough to stand on the line of `Subject:`.
const ENCODED_WORD_OCTETS: usize = 42;

/// Longest line of a quoted-printable body, in characters (RFC 2045 section 6.7).
const QUOTED_LINE_CHARS: usize = 76;

/// A message to one person, at one or two addresses.
pub(super) struct Message<'m> {
    /// The Message-ID without its brackets: the notice's, which makes a repeat recognisable and a bounce provable.
    pub(super) id: String,
    /// When it is sent.
    pub(super) at: Timestamp,
    /// Who sends it.
    pub(super) from: (&'m str, &'m Email),
    /// Who gets it.
    pub(super) to: (&'m str, &'m Email),
    /// Who gets a copy.
    pub(super) copy: Option<(&'m str, &'m Email)>,
    /// Where answers go, if not to the sender.
    pub(super) reply_to: Option<(&'m str, &'m Email)>,
    /// What it is about.
    pub(super) subject: &'m str,
    /// The text, lines separated by `\n`.
    pub(super) body: &'m str,
}

impl Message<'_> {
    /// The whole message, lines ended by CRLF.
    pub(super) fn to_text(&self) -> String {
        let (sender_name, sender) = self.from;
        let (name, address) = self.to;
        let mut out = String::new();
        field(&mut out, "Date", &date(self.at));
        field(&mut out, "From", &mailbox(sender_name, sender));
        field(&mut out, "To", &mailbox(name, address));
        if let Some((name, address)) = self.copy {
            field(&mut out, "Cc", &mailbox(name, address));
        }
        if let Some((name, address)) = self.reply_to {
            field(&mut out, "Reply-To", &mailbox(name, address));
        }
        field(&mut out, "Subject", &unstructured(self.subject));
        // Never folded: some servers do not find an id on the second line.
        push_line(&mut out, &format!("Message-ID: <{}>", self.id));
        field(&mut out, "MIME-Version", "1.0");
        // RFC 3834: vacation programs do not answer this.
        field(&mut out, "Auto-Submitted", "auto-generated");
        field(&mut out, "Content-Type", "text/plain; charset=utf-8");
        let is_plain = self.body.is_ascii() && self.body.lines().all(|line| line.len() <= HEADER_LINE_CHARS);
        if is_plain {
            field(&mut out, "Content-Transfer-Encoding", "7bit");
            out.push_str("\r\n");
            self.body.lines().for_each(|line| push_line(&mut out, line));
        } else {
            field(&mut out, "Content-Transfer-Encoding", "quoted-printable");
            out.push_str("\r\n");
            self.body.lines().for_each(|line| push_line(&mut out, &quoted_printable(line)));
        }
        out
    }
}

fn push_line(out: &mut String, line: &str) {
    out.push_str(line);
    out.push_str("\r\n");
}

/// One header field, folded at blanks so that its lines stay short (RFC 5322 section 2.2.3).
fn field(out: &mut String, name: &str, value: &str) {
    let mut line = format!("{name}:");
    for word in value.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > HEADER_LINE_CHARS && !line.trim().is_empty() {
            push_line(out, &line);
            line = String::new();
        }
        line.push(' ');
        line.push_str(word);
    }
    push_line(out, &line);
}

/// A name and an address (RFC 5322 section 3.4).
fn mailbox(name: &str, address: &Email) -> String {
    let name = one_line(name);
    let address = address.as_str();
    match name.trim() {
        "" => format!("<{address}>"),
        name if is_phrase(name) => format!("{name} <{address}>"),
        name if name.is_ascii() && !name.contains("=?") => format!("\"{}\" <{address}>", name.replace('\\', "\\\\").replace('"', "\\\"")),
        name => format!("{} <{address}>", encoded_words(name)),
    }
}

/// Free text in a header: as it is where it is plain, else in encoded words.
fn unstructured(text: &str) -> String {
    let text = one_line(text);
    let is_foldable = text.split(' ').all(|word| word.len() < HEADER_LINE_CHARS / 2);
    if text.is_ascii() && !text.contains("=?") && is_foldable { text } else { encoded_words(&text) }
}

/// Words of RFC 5322 atoms, which need no quotes.
fn is_phrase(name: &str) -> bool {
    let is_atom = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/^_`{|}~".contains(c));
    name.split(' ').all(is_atom)
}

/// No control character survives, so no header can be ended early.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c }).collect()
}

/// RFC 2047 section 4.1 (`B`), cut at characters so that each word decodes by itself.
fn encoded_words(text: &str) -> String {
    let mut words = Vec::new();
    let mut chunk = String::new();
    for c in text.chars() {
        if chunk.len() + c.len_utf8() > ENCODED_WORD_OCTETS {
            words.push(std::mem::take(&mut chunk));
        }
        chunk.push(c);
    }
    words.push(chunk);
    let words: Vec<String> = words.iter().map(|chunk| format!("=?UTF-8?B?{}?=", STANDARD.encode(chunk))).collect();
    words.join(" ")
}

/// RFC 5322 section 3.3, in UTC.
fn date(at: Timestamp) -> String {
    Offset::UTC.to_datetime(at).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// One line in quoted-printable, with soft line breaks.
fn quoted_printable(line: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    let last = line.len().saturating_sub(1);
    for (at, byte) in line.bytes().enumerate() {
        let is_blank = byte == b' ' || byte == b'\t';
        let is_literal = (byte.is_ascii_graphic() && byte != b'=') || (is_blank && at != last);
        let needs = if is_literal { 1 } else { 3 };
        if width + needs >= QUOTED_LINE_CHARS {
            out.push_str("=\r\n");
            width = 0;
        }
        if is_literal {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "={byte:02X}");
        }
        width += needs;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    fn text(name: &str, subject: &str, body: &str) -> String {
        let (from, to) = (email("notices@registrar.example"), email("ada@example.org"));
        let at = "2026-11-23T18:30:00Z".parse().unwrap();
        Message {
            id: "ntc_1@registrar.example".to_owned(),
            at,
            from: ("Example Registrar, Inc.", &from),
            to: (name, &to),
            copy: None,
            reply_to: None,
            subject,
            body,
        }
        .to_text()
    }

    #[test]
    fn a_plain_message_reads_plainly() {
        insta::assert_snapshot!(text("Ada Lovelace", "Your name expires", "Dear holder,\n\nit expires.\n").replace("\r\n", "\n"), @r#"
        Date: Mon, 23 Nov 2026 18:30:00 +0000
        From: "Example Registrar, Inc." <notices@registrar.example>
        To: Ada Lovelace <ada@example.org>
        Subject: Your name expires
        Message-ID: <ntc_1@registrar.example>
        MIME-Version: 1.0
        Auto-Submitted: auto-generated
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 7bit

        Dear holder,

        it expires.
        "#);
    }

    #[test]
    fn other_scripts_are_encoded() {
        let message =
            text("Zoë Ångström", "Ihr Name läuft ab: größte-straßennamen-der-welt-und-noch-mehr.example und weitere", "Größe = 1\n");
        insta::assert_snapshot!(message.replace("\r\n", "\n"), @r#"
        Date: Mon, 23 Nov 2026 18:30:00 +0000
        From: "Example Registrar, Inc." <notices@registrar.example>
        To: =?UTF-8?B?Wm/DqyDDhW5nc3Ryw7Zt?= <ada@example.org>
        Subject: =?UTF-8?B?SWhyIE5hbWUgbMOkdWZ0IGFiOiBncsO2w590ZS1zdHJhw59lbm5hbWVu?=
         =?UTF-8?B?LWRlci13ZWx0LXVuZC1ub2NoLW1laHIuZXhhbXBsZSB1bmQgd2VpdGVy?=
         =?UTF-8?B?ZQ==?=
        Message-ID: <ntc_1@registrar.example>
        MIME-Version: 1.0
        Auto-Submitted: auto-generated
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Gr=C3=B6=C3=9Fe =3D 1
        "#);
    }

    #[test]
    fn nothing_in_a_name_or_subject_ends_a_header() {
        for poison in ["a\r\nBcc: x@example.net", "a\nBcc: x@example.net", "a\rBcc: x", "a\u{2028}Bcc: x", "a\u{85}Bcc: x"] {
            let message = text(poison, poison, "x\n");
            assert!(!message.lines().any(|line| line.starts_with("Bcc")), "{message}");
        }
    }

    #[test]
    fn a_name_that_looks_encoded_is_encoded_again() {
        let message = text("=?UTF-8?B?QQ==?=", "=?UTF-8?B?QQ==?=", "x\n");
        assert!(!message.contains("B?QQ==?"), "{message}");
    }

    proptest! {
        /// Whatever a holder is called, the header has its ten lines of fields, each short, and then the body.
        #[test]
        fn a_header_keeps_its_shape(name in ".{0,200}", subject in ".{0,300}") {
            let message = text(&name, &subject, "x\n");
            let (header, body) = message.split_once("\r\n\r\n").unwrap();
            prop_assert_eq!(body, "x\r\n");
            let fields: Vec<&str> = header.split("\r\n").filter(|line| !line.starts_with(' ')).collect();
            prop_assert_eq!(fields.len(), 9);
            for line in header.split("\r\n") {
                prop_assert!(line.is_ascii() && line.len() <= 998 && !line.contains('\r') && !line.contains('\n'), "{:?}", line);
            }
        }
    }
}
