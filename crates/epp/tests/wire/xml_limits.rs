//! The element tree: what the parser refuses, what it normalises, and how the serialiser chooses prefixes.

use epp::xml::{Element, MAX_ATTRIBUTES, MAX_DEPTH, MAX_NODES, Node, WriteError, parse, to_document, to_fragment};
use epp::{Namespace, Ns};

#[test]
fn each_refusal_says_what_and_where() {
    let deep = format!("{}{}", "<a>".repeat(MAX_DEPTH + 1), "</a>".repeat(MAX_DEPTH + 1));
    let many = format!("<a>{}</a>", "<b/>".repeat(MAX_NODES));
    let attributes: String = (0..=MAX_ATTRIBUTES).map(|n| format!(" a{n}=''")).collect();
    let wide = format!("<a{attributes}/>");
    let long = format!("<a b='{}'/>", "x".repeat(70_000));
    let table: &[(&str, &str)] = &[
        ("<!DOCTYPE a><a/>", "the document holds a document type declaration at byte 0, which EPP does not need and this software refuses"),
        ("<a><?php 1 ?></a>", "the document holds a processing instruction at byte 3, which EPP does not need and this software refuses"),
        (
            "<a>&nbsp;</a>",
            "the document holds an entity that XML does not define itself at byte 3, which EPP does not need and this software refuses",
        ),
        (&deep, "the document has more than 64 levels of nesting (at byte 192)"),
        (&many, "the document has more than 100000 nodes (at byte 399999)"),
        (&wide, "the document has more than 64 attributes on one element (at byte 0)"),
        (&long, "the document has more than 65536 bytes in one start tag (at byte 0)"),
        ("<a/>x", "the document is not well-formed XML at byte 4: data after the end of the document"),
        ("<a/><b/>", "the document is not well-formed XML at byte 4: more than one root element"),
        ("x<a/>", "the document is not well-formed XML at byte 0: text before the root element"),
        ("<a></b>", "the document is not well-formed XML at byte 3: an end tag that does not match its start tag"),
        ("<a", "the document is not well-formed XML at byte 0: markup that does not end"),
        ("<p:a/>", "the document is not well-formed XML at byte 0: a prefix that is not declared"),
        ("<a b='1' b='2'/>", "the document is not well-formed XML at byte 0: an attribute that cannot be read"),
        ("<a b='<'/>", "the document is not well-formed XML at byte 0: an attribute that cannot be read"),
        ("<a>\u{1}</a>", "the document is not well-formed XML at byte 3: a control character that XML does not allow"),
        ("<a>&#1;</a>", "the document is not well-formed XML at byte 3: a character reference that XML does not allow"),
        ("<1a/>", "the document is not well-formed XML at byte 0: a name that XML does not allow"),
        ("<a/><?xml version='1.0'?>", "the document is not well-formed XML at byte 4: an XML declaration that is not at the start"),
        ("<?xml version='1.1'?><a/>", "the document is not well-formed XML at byte 0: only XML version 1.0 is accepted"),
        ("<?xml version='1.0' encoding='latin1'?><a/>", "the document is not UTF-8 (or declared UTF-16): it declares another encoding"),
        (
            "<?xml version='1.0' encoding='US-ASCII'?><a>ä</a>",
            "the document is not UTF-8 (or declared UTF-16): it declares US-ASCII but holds other characters",
        ),
    ];
    for (text, sentence) in table {
        let error = parse(text.as_bytes()).expect_err(&text[..text.len().min(60)]);
        assert_eq!(error.to_string(), *sentence, "{}", &text[..text.len().min(60)]);
    }
    assert_eq!(
        parse(b"<a>\xE4</a>").unwrap_err().to_string(),
        "the document is not UTF-8 (or declared UTF-16): the byte at 3 does not belong to UTF-8"
    );
}

#[test]
fn the_limits_themselves_are_accepted() {
    let deep = format!("{}{}", "<a>".repeat(MAX_DEPTH), "</a>".repeat(MAX_DEPTH));
    assert!(parse(deep.as_bytes()).is_ok());
    let many = format!("<a>{}</a>", "<b/>".repeat(MAX_NODES - 1));
    assert!(parse(many.as_bytes()).is_ok());
    let attributes: String = (0..MAX_ATTRIBUTES).map(|n| format!(" a{n}=''")).collect();
    assert!(parse(format!("<a{attributes}/>").as_bytes()).is_ok());
}

#[test]
fn text_is_normalised_and_joined() {
    let table = [
        ("<a>&lt;&amp;&gt;&quot;&apos;&#x41;&#66;</a>", "<&>\"'AB"),
        ("<a>one<![CDATA[ <two> ]]>three</a>", "one <two> three"),
        ("<a>one<!-- not this -->two</a>", "onetwo"),
        ("<a>\r\n</a>", "\n"),
        ("<a>  </a>", "  "),
        ("<a/>", ""),
    ];
    for (document, text) in table {
        assert_eq!(parse(document.as_bytes()).unwrap().root.text(), text, "{document}");
    }
    let root = parse(b"<a>\n  <b/>\n  <c/>\n</a>").unwrap().root;
    assert!(root.children.iter().all(|node| matches!(node, Node::Element(_))), "white space between elements is not kept");
    assert_eq!(parse(b"<a b=' x&#10;\n&amp;y '/>").unwrap().root.attr("b"), Some(" x\n &y "));
}

#[test]
fn prefixes_are_ours_and_namespaces_survive() {
    let document = r#"<q:epp xmlns:q="urn:ietf:params:xml:ns:epp-1.0"><q:hello/><fee xmlns="urn:ietf:params:xml:ns:fee-0.11"><x:fee xmlns:x="urn:ietf:params:xml:ns:epp:fee-1.0" x:a="1"><fee/></x:fee></fee><none xmlns=""><y:o xmlns:y="urn:o" y:b="2"/></none></q:epp>"#;
    let root = parse(document.as_bytes()).unwrap().root;
    let written = to_fragment(&root).unwrap();
    insta::assert_snapshot!(written, @r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><hello/><fee:fee xmlns:fee="urn:ietf:params:xml:ns:fee-0.11"><fee:fee xmlns:fee="urn:ietf:params:xml:ns:epp:fee-1.0" fee:a="1"><fee:fee xmlns:fee="urn:ietf:params:xml:ns:fee-0.11"/></fee:fee></fee:fee><none xmlns=""><ns3:o xmlns:ns3="urn:o" ns3:b="2"/></none></epp>"#);
    assert_eq!(parse(written.as_bytes()).unwrap().root, root);
}

#[test]
fn what_xml_cannot_carry_is_not_written() {
    let text = Element::new(Namespace::Domain, "name").with_text("\u{0}");
    assert_eq!(to_document(&text), Err(WriteError::Character { element: "domain:name".into() }));
    assert!(matches!(to_document(&Element::new(Ns::None, "a b")), Err(WriteError::Name { .. })));
    let deep = (0..MAX_DEPTH).fold(Element::new(Ns::None, "a"), |inner, _| Element::new(Ns::None, "a").with_child(inner));
    assert_eq!(to_document(&deep), Err(WriteError::Depth));
}
