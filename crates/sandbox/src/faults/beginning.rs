//! What a command is, told from the beginning of its frame: a cut in a request falls before the whole of it was read.

use epp::{TransferOp, Verb, VerbClass};

/// The group of the command whose frame begins with `body`; none where its verb has not come yet, and none where it is no command.
///
/// This is no parser. It looks for the third start tag, as RFC 5730 section 2.5 has it (`epp`, `command`, the verb), and what it
/// overlooks is decided once the frame is whole.
pub(crate) fn class_of(body: &[u8]) -> Option<VerbClass> {
    let mut rest = body;
    let (_epp, command, verb) = (next_tag(&mut rest)?, next_tag(&mut rest)?, next_tag(&mut rest)?);
    if local_name(command) != b"command" {
        return None;
    }
    let known = Verb::from_word(std::str::from_utf8(local_name(verb)).ok()?)?;
    let is_query = verb.windows(7).any(|window| window == b"\"query\"" || window == b"'query'");
    Some(known.class((known == Verb::Transfer && is_query).then_some(TransferOp::Query)))
}

/// The next start tag without its brackets; none where it is not whole yet.
fn next_tag<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    loop {
        let open = rest.iter().position(|byte| *byte == b'<')? + 1;
        let after = &rest[open..];
        let end = if after.starts_with(b"!--") { after.windows(3).position(|window| window == b"-->")? + 2 } else { end_of_tag(after)? };
        *rest = &after[end + 1..];
        if !matches!(after.first()?, b'?' | b'!' | b'/') {
            return Some(&after[..end]);
        }
    }
}

/// Where the bracket is that ends a tag: not within quotes.
fn end_of_tag(tag: &[u8]) -> Option<usize> {
    let mut quote = None;
    tag.iter().position(|byte| {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
        quote.is_none() && *byte == b'>'
    })
}

fn local_name(tag: &[u8]) -> &[u8] {
    let end = tag.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(tag.len());
    let name = &tag[..end];
    name.iter().position(|byte| *byte == b':').map_or(name, |colon| &name[colon + 1..])
}

#[cfg(test)]
mod tests {
    use epp::{Command, domain, encode_command};

    use super::*;

    #[test]
    fn a_command_is_known_once_its_verb_has_come() {
        let create = domain::Create::new("name.thick", None, epp::AuthValue::empty());
        let frame = encode_command(&Command::new(domain::Command::Create(create), "ABC-12345")).unwrap();
        let known_from = (0..frame.len()).find(|length| class_of(&frame[..*length]).is_some()).unwrap();
        assert!(frame[..known_from].ends_with(b"<create>"), "{}", String::from_utf8_lossy(&frame[..known_from]));
        for length in known_from..=frame.len() {
            assert_eq!(class_of(&frame[..length]), Some(VerbClass::Transform), "after {length} bytes");
        }
    }

    #[test]
    fn each_form_of_a_beginning_is_read() {
        let cases = [
            ("<?xml version='1.0' note='>'?><epp xmlns='a>b'><command><check>", Some(VerbClass::Query)),
            ("<e:epp xmlns:e='u'><!-- <login> --><e:command>\n<e:login>", Some(VerbClass::Session)),
            ("<epp><command><transfer op=\"query\">", Some(VerbClass::Query)),
            ("<epp><command><transfer op='request'>", Some(VerbClass::Transform)),
            ("<epp><command><logout/>", Some(VerbClass::Session)),
            ("<epp><command><crea", None),
            ("<epp><command><transfer op='que", None),
            ("<epp><hello/></epp>", None),
            ("<epp><extension><x><create>", None),
            ("<epp><command><conjure>", None),
            ("", None),
        ];
        for (body, class) in cases {
            assert_eq!(class_of(body.as_bytes()), class, "{body}");
        }
    }
}
