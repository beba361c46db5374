//! What registries in the field send is understood, and each place where it leaves the standard is counted.

use epp::DeviationKind::{self, *};
use epp::extension::rgp::Rgp;
use epp::{Response, ResponseData, ResultCode, StatusWord, decode_greeting, decode_response, domain};

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

fn response(inner: &str) -> String {
    format!(r#"{HEAD}<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><response>{inner}</response></epp>"#)
}

fn read(frame: &str) -> (Response, Vec<DeviationKind>) {
    let decoded = decode_response(frame.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{frame}"));
    (decoded.value, decoded.deviations.iter().map(|deviation| deviation.kind).collect())
}

const DONE: &str = r#"<result code="1000"><msg>Command completed successfully</msg></result>"#;
const IDS: &str = "<trID><clTRID>ABC-12345</clTRID><svTRID>54322-XYZ</svTRID></trID>";
const INFO: &str = r#"<domain:infData xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>example.com</domain:name><domain:roid>EXAMPLE1-REP</domain:roid><domain:clID>ClientX</domain:clID></domain:infData>"#;

/// The plain response with a prefix on every element of the core.
fn prefixed_core() -> String {
    format!(
        r#"{HEAD}<e:epp xmlns:e="urn:ietf:params:xml:ns:epp-1.0"><e:response><e:result code="1000"><e:msg>Done</e:msg></e:result><e:resData>{INFO}</e:resData><e:trID><e:clTRID>ABC-12345</e:clTRID><e:svTRID>54322-XYZ</e:svTRID></e:trID></e:response></e:epp>"#
    )
}

#[test]
fn each_deviation_is_understood_and_counted() {
    let plain = response(&format!("{DONE}<resData>{INFO}</resData>{IDS}"));
    let msgq = r#"<msgQ count="1" id="-5"><qDate>2026-11-23T18:30:00Z</qDate><msg>hello</msg></msgQ>"#;
    let table: Vec<(&str, String, Vec<DeviationKind>)> = vec![
        ("as the standard says", plain.clone(), vec![]),
        ("any prefix", plain.replace("domain:", "d:").replace("xmlns:domain", "xmlns:d"), vec![]),
        (
            "default namespaces and pretty printing",
            plain.replace("<domain:", "\n  <").replace("</domain:", "</").replace("xmlns:domain", "xmlns"),
            vec![],
        ),
        ("prefixed core", prefixed_core(), vec![]),
        ("resData before msgQ", response(&format!("{DONE}<resData>{INFO}</resData>{msgq}{IDS}")), vec![Order]),
        ("trID before resData", response(&format!("{DONE}{IDS}<resData>{INFO}</resData>")), vec![Order]),
        ("svTRID before clTRID", plain.replace(IDS, "<trID><svTRID>54322-XYZ</svTRID><clTRID>ABC-12345</clTRID></trID>"), vec![Order]),
        ("no declaration", plain.replace(HEAD, ""), vec![Declaration]),
        ("space before the declaration", format!("\r\n{plain}"), vec![Declaration]),
        ("space after the document", format!("{plain}\r\n"), vec![]),
        ("declared ASCII", plain.replace("UTF-8", "us-ascii"), vec![Encoding]),
        ("CDATA", plain.replace("Command completed successfully", "<![CDATA[Done & <dusted>]]>"), vec![Cdata]),
        ("language with region", plain.replace("<msg>", r#"<msg lang="en-US">"#), vec![Language]),
        (
            "another core namespace",
            plain.replace("urn:ietf:params:xml:ns:epp-1.0", "https://epp.tld.ee/schema/epp-ee-1.0.xsd"),
            vec![CoreNamespace],
        ),
        ("unknown element", plain.replace("<trID>", r#"<x:new xmlns:x="urn:x"/><trID>"#), vec![UnknownElement]),
        ("unknown element inside data", plain.replace("<domain:clID>", "<domain:new/><domain:clID>"), vec![UnknownElement]),
        (
            "child without namespace",
            plain.replace("<domain:clID>ClientX</domain:clID>", r#"<clID xmlns="">ClientX</clID>"#),
            vec![WrongNamespace],
        ),
        ("missing roid", plain.replace("<domain:roid>EXAMPLE1-REP</domain:roid>", ""), vec![Missing, Value]),
        ("handle too long", plain.replace("ClientX", "a-registrar-with-a-long-name"), vec![Value]),
        ("missing trID", plain.replace(IDS, ""), vec![Missing, Value]),
        ("empty clTRID", plain.replace("<clTRID>ABC-12345</clTRID>", "<clTRID/>"), vec![]),
        ("unknown code", plain.replace("1000", "1987"), vec![Value]),
        (
            "date with offset",
            plain.replace("</domain:clID>", "</domain:clID><domain:crDate>2026-11-23T18:30:00.0+02:00</domain:crDate>"),
            vec![DateForm],
        ),
        (
            "expiry a millisecond before creation",
            plain.replace(
                "</domain:clID>",
                "</domain:clID><domain:crDate>2026-11-23T18:30:00Z</domain:crDate><domain:exDate>2026-11-23T18:29:59.999Z</domain:exDate>",
            ),
            vec![DateForm],
        ),
        ("empty date", plain.replace("</domain:clID>", "</domain:clID><domain:upDate/>"), vec![Value]),
        ("value with text only", plain.replace("</msg>", "</msg><value>period</value>"), vec![Missing, Value]),
    ];
    for (name, frame, expected) in table {
        let (response, kinds) = read(&frame);
        assert_eq!(kinds, expected, "{name}");
        let Some(domain::Data::Info(info)) = response.domain() else { panic!("{name}: the data is lost") };
        assert_eq!(info.name, "example.com", "{name}");
        assert!(response.code().is_success(), "{name}");
    }
}

#[test]
fn utf_16_is_read_when_it_says_so() {
    let text = response(&format!("{DONE}<resData>{INFO}</resData>{IDS}")).replace("UTF-8", "UTF-16");
    for (mark, unit) in [(vec![0xFE, 0xFF], u16::to_be_bytes as fn(u16) -> [u8; 2]), (vec![], u16::to_le_bytes)] {
        let frame: Vec<u8> = mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect();
        let decoded = decode_response(&frame).unwrap();
        assert!(decoded.value.domain().is_some());
        assert_eq!(decoded.deviations[0].kind, Encoding);
    }
}

#[test]
fn results_are_never_lost_with_a_payload_that_cannot_be_read() {
    let broken = INFO.replace("<domain:name>example.com</domain:name>", "");
    let (response, kinds) = read(&response(&format!(
        r#"{DONE}<resData>{broken}</resData><extension><secDNS:infData xmlns:secDNS="urn:ietf:params:xml:ns:secDNS-1.1"/><rgp:infData xmlns:rgp="urn:ietf:params:xml:ns:rgp-1.0"><rgp:rgpStatus s="addPeriod"/></rgp:infData></extension>{IDS}"#
    )));
    assert_eq!(kinds, [UnreadablePayload, UnreadablePayload]);
    assert_eq!(response.code(), ResultCode::COMPLETED);
    assert!(matches!(&response.data[..], [ResponseData::Raw(element)] if element.child("roid").is_some()));
    assert!(matches!(response.extension::<Rgp>(), Some(Rgp::Info(statuses)) if statuses.len() == 1));
    assert_eq!(response.svtrid.unwrap(), "54322-XYZ");
}

#[test]
fn every_result_is_kept_with_its_values_and_the_extension_of_an_error() {
    let frame = response(&format!(
        r#"<result code="2004"><msg>Range</msg><value><d:period xmlns:d="urn:ietf:params:xml:ns:domain-1.0">99</d:period></value></result>
        <result code="2309"><msg lang="de">Etwas</msg><extValue><value><d:name xmlns:d="urn:ietf:params:xml:ns:domain-1.0">x</d:name></value><reason>why</reason></extValue></result>
        <extension><iis:result xmlns:iis="urn:se:iis:xml:epp:iis-1.2">the real reason</iis:result></extension>{IDS}"#
    ));
    let (response, _) = read(&frame);
    assert_eq!(response.results.len(), 2);
    assert_eq!(response.results[0].values[0].first_element().unwrap().text(), "99");
    assert_eq!(response.results[1].code, ResultCode(2309));
    assert_eq!(response.results[1].ext_values[0].reason.text, "why");
    let epp::Extension::Raw(raw) = &response.extensions[0] else { panic!("typed") };
    assert_eq!((raw.ns.urn(), raw.text().as_ref()), ("urn:se:iis:xml:epp:iis-1.2", "the real reason"));
}

#[test]
fn a_registrys_own_status_is_kept() {
    let (response, kinds) = read(&response(&format!(
        "{DONE}<resData>{}</resData>{IDS}",
        INFO.replace("<domain:clID>", r#"<domain:status s="expired"/><domain:clID>"#)
    )));
    let Some(domain::Data::Info(info)) = response.domain() else { panic!("no data") };
    assert_eq!(info.statuses[0].word, StatusWord::Other("expired".into()));
    assert_eq!(kinds, [Value, Value]);
}

#[test]
fn a_greeting_that_leaves_the_standard_still_tells_its_services() {
    let frame = r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><greeting><svID>x</svID><svcMenu><version>1.0</version><lang>en</lang>
        <objURI>urn:ietf:params:xml:ns:domain-1.0</objURI><svcExtension><extURI>urn:ietf:params:xml:ns:secDNS-1.1</extURI></svcExtension></svcMenu>
        <dcp><access><everyone/></access></dcp></greeting></epp>"#;
    let decoded = decode_greeting(frame.as_bytes()).unwrap();
    assert!(decoded.value.offers(epp::Namespace::Domain) && decoded.value.offers(epp::Namespace::SecDns));
    let kinds: Vec<_> = decoded.deviations.iter().map(|deviation| deviation.kind).collect();
    assert_eq!(kinds, [Declaration, Missing, UnreadablePayload]);
}

#[test]
fn what_is_no_answer_is_refused_with_a_sentence() {
    let table = [
        ("", "the document is not well-formed XML at byte 0: the document ends before its root element does"),
        ("<epp/>", "`epp`: is empty"),
        ("<html/>", "`html`: is not an `epp` document"),
        ("<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><hello/></epp>", "`epp`: `hello` is neither greeting nor response"),
        ("<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><response/></epp>", "`response`: the element `result` is missing"),
        (
            "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><response><result code='ok'><msg/></result></response></epp>",
            "`result@code`: is not a whole number",
        ),
    ];
    for (frame, sentence) in table {
        assert_eq!(decode_response(frame.as_bytes()).unwrap_err().to_string(), sentence, "{frame}");
    }
}
