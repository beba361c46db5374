//! A server goes by the letter: what breaks a schema is refused with the right code, what the RFCs allow is accepted.

use epp::extension::launch::Launch;
use epp::{
    AuthValue, ClientMessage, CommandBody, Period, TransferOp, Verb, VerbClass, contact, decode_client_frame, decode_command, domain,
};

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#;

fn command(inner: &str) -> String {
    format!(r#"{HEAD}<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command>{inner}<clTRID>ABC-12345</clTRID></command></epp>"#)
}

fn create(inner: &str) -> String {
    command(&format!(r#"<create><domain:create xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">{inner}</domain:create></create>"#))
}

const NAME: &str = "<domain:name>example.com</domain:name>";
const AUTH: &str = "<domain:authInfo><domain:pw>2fooBAR</domain:pw></domain:authInfo>";

#[test]
fn what_the_standards_allow_is_accepted() {
    let plain = create(&format!(r#"{NAME}<domain:period unit="y">2</domain:period>{AUTH}"#));
    let table = [
        ("plain", plain.clone()),
        ("CR LF after the document", format!("{plain}\r\n")),
        ("no declaration", plain.replace(HEAD, "")),
        ("any prefix", plain.replace("domain:", "obj:").replace("xmlns:domain", "xmlns:obj")),
        ("default namespace", plain.replace("<domain:", "<").replace("</domain:", "</").replace("xmlns:domain", "xmlns")),
        ("comments and white space", plain.replace("<domain:period", "\n  <!-- two -->\n  <domain:period")),
        ("CDATA", plain.replace(">2fooBAR<", "><![CDATA[2fooBAR]]><")),
        (
            "schema location",
            plain.replace(
                "<command>",
                r#"<command xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x x.xsd">"#,
            ),
        ),
        ("byte order mark", format!("\u{FEFF}{plain}")),
        ("space around a token", plain.replace(">example.com<", ">\n example.com\n<")),
    ];
    for (name, frame) in table {
        let read = decode_command(frame.as_bytes()).unwrap_or_else(|refusal| panic!("{name}: {refusal}\n{frame}"));
        let CommandBody::Domain(domain::Command::Create(create)) = read.body else { panic!("{name}: another command") };
        assert_eq!((create.name.as_str(), create.period), ("example.com", Some(Period::years(2))), "{name}");
        assert_eq!(create.auth, AuthValue::password("2fooBAR"), "{name}");
        assert_eq!(read.cltrid.unwrap(), "ABC-12345", "{name}");
    }
}

#[test]
fn what_breaks_a_schema_is_refused_with_its_code() {
    let period = |value: &str| create(&format!(r#"{NAME}<domain:period unit="y">{value}</domain:period>{AUTH}"#));
    let secdns = |inner: &str| {
        create(&format!("{NAME}{AUTH}")).replace(
            "<clTRID>",
            &format!(r#"<extension><s:create xmlns:s="urn:ietf:params:xml:ns:secDNS-1.1">{inner}</s:create></extension><clTRID>"#),
        )
    };
    let table = [
        ("<greet/>", 2000, "`command`: `greet` is not a command of EPP"),
        (r#"<x:check xmlns:x="urn:x"/>"#, 2000, "`command`: `{urn:x}check` is not a command of EPP"),
        ("<check/>", 2003, "`check`: names no object"),
        (&create(&format!("{AUTH}{NAME}")), 2001, "`domain:create`: the element `domain:authInfo` comes later than the schema has it"),
        (&create(NAME), 2003, "`domain:create`: the element `authInfo` is missing"),
        (&create(&format!("{NAME}{NAME}{AUTH}")), 2001, "`domain:create`: the element `domain:name` does not belong here"),
        (&create(&format!("{NAME}<domain:colour/>{AUTH}")), 2001, "`domain:create`: the element `domain:colour` does not belong here"),
        (&create(&format!("{NAME}<name>x</name>{AUTH}")), 2001, "`domain:create`: the element `name` does not belong here"),
        (&period("0"), 2004, "`domain:period`: is not between 1 and 99"),
        (&period("100"), 2004, "`domain:period`: is not between 1 and 99"),
        (&period("70000"), 2004, "`domain:period`: is a number beyond its range"),
        (&period("two"), 2005, "`domain:period`: is not a whole number"),
        (&period("2").replace(r#"unit="y""#, r#"unit="d""#), 2005, "`domain:period`: has a unit other than y and m"),
        (&period("2").replace(r#" unit="y""#, ""), 2003, "`domain:period`: the attribute `unit` is missing"),
        (&create(&format!("<domain:name></domain:name>{AUTH}")), 2005, "`domain:name`: has 0 characters; the schema allows 1 to 255"),
        (
            &create(&format!("{NAME}<domain:registrant>ab</domain:registrant>{AUTH}")),
            2005,
            "`domain:registrant`: has 2 characters; the schema allows 3 to 16",
        ),
        (
            &create(&format!(
                "{NAME}<domain:ns><domain:hostObj>a.example</domain:hostObj><domain:hostAttr><domain:hostName>b.example</domain:hostName></domain:hostAttr></domain:ns>{AUTH}"
            )),
            2001,
            "`domain:ns`: mixes host objects and host attributes",
        ),
        (
            &create(&format!(
                "{NAME}<domain:ns><domain:hostAttr><domain:hostName>a.example</domain:hostName><domain:hostAddr>::1</domain:hostAddr></domain:hostAttr></domain:ns>{AUTH}"
            )),
            2005,
            "`domain:hostAddr`: the address is not of the family its `ip` attribute says",
        ),
        (&secdns(""), 2003, "`secDNS:create`: holds neither DS records nor keys"),
        (
            &secdns("<s:dsData><s:keyTag>1</s:keyTag><s:alg>300</s:alg><s:digestType>1</s:digestType><s:digest>00</s:digest></s:dsData>"),
            2004,
            "`secDNS:alg`: is a number beyond its range",
        ),
        (
            &secdns("<s:dsData><s:keyTag>1</s:keyTag><s:alg>13</s:alg><s:digestType>1</s:digestType><s:digest>0G</s:digest></s:dsData>"),
            2005,
            "`secDNS:digest`: is not hexadecimal",
        ),
        (&command(r#"<poll op="ack"/>"#), 2003, "`poll`: the attribute `msgID` is missing"),
        (
            &command(
                r#"<transfer><domain:transfer xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>a.example</domain:name></domain:transfer></transfer>"#,
            ),
            2003,
            "`transfer`: the attribute `op` is missing",
        ),
        (
            &command(
                r#"<check><domain:info xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>a.example</domain:name></domain:info></check>"#,
            ),
            2001,
            "`check`: holds `domain:info`, which is not the same verb",
        ),
    ];
    for (frame, code, sentence) in table {
        let frame = if frame.starts_with("<?xml") { frame.to_owned() } else { command(frame) };
        let refusal = decode_command(frame.as_bytes()).expect_err(&frame);
        assert_eq!((refusal.result_code().get(), refusal.to_string().as_str()), (code, sentence), "{frame}");
        assert_eq!(refusal.cltrid.as_ref().map(|id| id.as_str()), Some("ABC-12345"), "{frame}");
    }
}

#[test]
fn frames_that_are_no_command_are_refused() {
    let table = [
        ("not xml", 2001),
        ("<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><response/></epp>", 2000),
        ("<epp xmlns='urn:example:other'><hello/></epp>", 2001),
        ("<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><hello/><hello/></epp>", 2001),
        ("<!DOCTYPE epp><epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><hello/></epp>", 2001),
    ];
    for (frame, code) in table {
        assert_eq!(decode_client_frame(frame.as_bytes()).unwrap_err().result_code().get(), code, "{frame}");
    }
    let hello = "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><hello/></epp>";
    assert_eq!(decode_client_frame(hello.as_bytes()), Ok(ClientMessage::Hello));
}

#[test]
fn a_transaction_identifier_that_may_not_be_echoed_is_not() {
    let frame = create(NAME).replace("ABC-12345", "AB");
    assert_eq!(decode_command(frame.as_bytes()).unwrap_err().cltrid, None);
}

#[test]
fn objects_and_extensions_without_types_reach_the_server_as_they_came() {
    let frame = command(
        r#"<check><org:check xmlns:org="urn:ietf:params:xml:ns:epp:org-1.0"><org:id>res1523</org:id></org:check></check><extension><x:y xmlns:x="urn:x">z</x:y></extension>"#,
    );
    let read = decode_command(frame.as_bytes()).unwrap();
    let CommandBody::Other { verb: Verb::Check, op: None, object } = &read.body else { panic!("typed") };
    assert_eq!(object.ns.urn(), "urn:ietf:params:xml:ns:epp:org-1.0");
    assert_eq!(read.extensions[0].namespace().urn(), "urn:x");
    assert!(read.extension::<Launch>().is_none());
}

#[test]
fn the_class_of_a_command_decides_whether_it_may_be_repeated() {
    let transfer = |op| CommandBody::from(domain::Command::Transfer(domain::Transfer::new(op, "a.example")));
    assert_eq!(transfer(TransferOp::Query).class(), VerbClass::Query);
    for op in [TransferOp::Request, TransferOp::Approve, TransferOp::Reject, TransferOp::Cancel] {
        assert_eq!(transfer(op).class(), VerbClass::Transform);
    }
    let contact = contact::Command::Transfer { op: TransferOp::Query, contact: contact::Authorised::new("sh8013") };
    assert_eq!(CommandBody::from(contact).class(), VerbClass::Query);
    assert_eq!(CommandBody::Logout.class(), VerbClass::Session);
}
