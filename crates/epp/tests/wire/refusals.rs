//! The encoder refuses what the schemas refuse, with a sentence that names the element.

use epp::contact::{Disclose, DiscloseItem, Person, Postal, PostalAddress, PostalForm, Voice};
use epp::domain::{AddRemove, DomainContact, InfoData, NameServers, Update};
use epp::extension::fee::{Check, Decimal, Fee, FeeBody, FeeCommand, FeeLine, FeeVersion, PricedVerb, Transform, TransformData};
use epp::extension::rgp::{Report, Rgp};
use epp::extension::secdns::{Delegation, KeyRecord, Records, SecDns};
use epp::extension::ttl::{RecordType, Ttl, TtlValue};
use epp::extension::verisign::{Namestore, Sync};
use epp::extension::{allocation_token::AllocationToken, login_sec::LoginSec, login_sec::LoginSecurity, login_sec::UserAgent};
use epp::xml::Element;
use epp::{
    AuthValue, Check as NameCheck, Command, CommandBody, CreateData, EppResult, Extension, Greeting, Login, Named, Namespace, Period,
    Response, ResultCode, Status, StatusWord, contact, domain, encode_command, encode_greeting, encode_response, host,
};
use model::{ContactRole, EppStatus, Secret, Timestamp};

fn refused(body: impl Into<CommandBody>) -> String {
    encode_command(&Command::new(body, "NK-1")).unwrap_err().to_string()
}

fn create() -> domain::Create {
    domain::Create::new("a.example", None, AuthValue::empty())
}

#[test]
fn objects() {
    let period = domain::Create { period: Some(Period::years(0)), ..create() };
    let registrant = DomainContact { role: Some(ContactRole::Registrant), id: "sh8013".into() };
    let hold: Status = EppStatus::ClientHold.into();
    let many = Update { add: AddRemove { statuses: vec![hold.clone(); 12], ..AddRemove::default() }, ..Update::new("a.example") };
    let own_word = Status { word: StatusWord::Other("expired".into()), ..hold.clone() };
    let mut host_update = host::Update::new("ns1.a.example");
    host_update.add.statuses.push(hold);
    let table = [
        (refused(domain::Command::Create(period)), "`domain:period` is not between 1 and 99"),
        (
            refused(domain::Command::Delete(Named::new(" a.example"))),
            "`domain:name` begins or ends with a space, which the schema does not allow",
        ),
        (refused(domain::Command::Delete(Named::new("a\nb"))), "`domain:name` holds line breaks or tabs, which the schema does not allow"),
        (refused(domain::Command::Delete(Named::new("a  b"))), "`domain:name` holds two spaces in a row, which the schema does not allow"),
        (refused(domain::Command::Check(NameCheck { names: vec![] })), "`domain:name` is given 0 times; the schema asks for at least 1"),
        (
            refused(domain::Command::Create(domain::Create { contacts: vec![registrant], ..create() })),
            "`domain:contact@type` cannot be the registrant, which has its own element",
        ),
        (refused(domain::Command::Update(many)), "`domain:status` is given 12 times; the schema allows at most 11"),
        (
            refused(domain::Command::Update(Update {
                remove: AddRemove { statuses: vec![own_word], ..AddRemove::default() },
                ..Update::new("a.example")
            })),
            "`domain:status` is none of the standard's",
        ),
        (refused(host::Command::Update(host_update)), "`host:status` cannot be `clientHold` for a host"),
        (refused(contact::Command::Delete(Named::new("sh"))), "`contact:id` has 2 characters; the schema allows 3 to 16"),
        (
            refused(domain::Command::Delete(Named::new("a\u{0}b"))),
            "`the document` cannot be written: `domain:name` holds a control character that XML cannot carry",
        ),
    ];
    for (sentence, expected) in table {
        assert_eq!(sentence, expected);
    }
    // An empty list of name servers is no list: nothing is written for it.
    let empty = domain::Create { name_servers: Some(NameServers::Objects(vec![])), ..create() };
    assert_eq!(
        encode_command(&Command::new(domain::Command::Create(empty), "NK-1")),
        encode_command(&Command::new(domain::Command::Create(create()), "NK-1"))
    );
}

#[test]
fn contacts() {
    let address = PostalAddress { street: vec![], city: "Bern".into(), province: None, postcode: None, country: "CH".into() };
    let postal = Postal { form: PostalForm::International, name: "A".into(), organisation: None, address };
    let person = Person { postal: vec![postal.clone()], voice: None, fax: None, email: "a@example.ch".into() };
    let with = |person: Person| {
        refused(contact::Command::Create(contact::Create { id: "sh8013".into(), person, auth: AuthValue::empty(), disclose: None }))
    };
    let with_address = |change: fn(&mut PostalAddress)| {
        let mut postal = postal.clone();
        change(&mut postal.address);
        with(Person { postal: vec![postal], ..person.clone() })
    };
    let twice = Disclose { may_show: true, items: vec![DiscloseItem::Email, DiscloseItem::Email] };
    let create = contact::Create { id: "sh8013".into(), person: person.clone(), auth: AuthValue::empty(), disclose: Some(twice) };
    let table = [
        (with(Person { postal: vec![], ..person.clone() }), "`contact:postalInfo` is given 0 times; the schema asks for at least 1"),
        (with(Person { email: String::new(), ..person.clone() }), "`contact:email` has 0 characters; the schema allows at least 1"),
        (
            with(Person { voice: Some(Voice::new("030 1234")), ..person.clone() }),
            "`contact:voice` is not a telephone number of the form +44.2071234567",
        ),
        (with_address(|address| address.country = "CHE".into()), "`contact:cc` has 3 characters; the schema allows 2 to 2"),
        (with_address(|address| address.street = vec!["x".into(); 4]), "`contact:street` is given 4 times; the schema allows at most 3"),
        (with_address(|address| address.postcode = Some("1".repeat(17))), "`contact:pc` has 17 characters; the schema allows 0 to 16"),
        (refused(contact::Command::Create(create)), "`contact:disclose/email` is given 2 times; the schema allows at most 1"),
    ];
    for (sentence, expected) in table {
        assert_eq!(sentence, expected);
    }
}

#[test]
fn sessions_and_responses() {
    let login = Login::new("NAMEKEEP-1", Secret::new("foo-BAR2"), vec![Namespace::Domain.urn().into()], vec![]);
    let response = Response::new(ResultCode::COMPLETED, None, "SRV-1");
    let with = |change: fn(&mut Response)| {
        let mut response = response.clone();
        change(&mut response);
        encode_response(&response).unwrap_err().to_string()
    };
    let host_data = |change: fn(&mut CreateData)| {
        let mut data = CreateData { name: "ns1.a.example".into(), created: Timestamp::UNIX_EPOCH, expires: None };
        change(&mut data);
        encode_response(&response.clone().with_data(host::Data::Create(data))).unwrap_err().to_string()
    };
    let bad_roid = InfoData::new("a.example", "no hyphen", "ClientX");
    let mut greeting = Greeting::new("Alpha", Timestamp::UNIX_EPOCH, &[Namespace::Domain]);
    greeting.objects.clear();
    let table = [
        (refused(Login { password: Secret::new("x".repeat(17)), ..login.clone() }), "`pw` has 17 characters; the schema allows 6 to 16"),
        (refused(Login { objects: vec![], ..login.clone() }), "`objURI` is given 0 times; the schema asks for at least 1"),
        (with(|response| response.results.clear()), "`result` is given 0 times; the schema asks for at least 1"),
        (with(|response| response.svtrid = None), "`svTRID` is missing"),
        (with(|response| response.cltrid = Some("x".into())), "`clTRID` has 1 characters; the schema allows 3 to 64"),
        (with(|response| response.results[0].code = ResultCode(2309)), "`result@code` is not a code of RFC 5730"),
        (
            with(|response| response.results.push(EppResult::new(ResultCode::COMMAND_FAILED))),
            "`result` is given several times; only failures may be (RFC 5730 section 2.6)",
        ),
        (host_data(|data| data.expires = Some(data.created)), "`host:exDate` is given, but only domains expire"),
        (host_data(|data| data.created = Timestamp::MIN), "`host:crDate` lies outside the years 1 to 9999"),
        (
            encode_response(&response.clone().with_data(domain::Data::Info(Box::new(bad_roid)))).unwrap_err().to_string(),
            "`domain:roid` is not a repository object identifier of the form 1A-REP",
        ),
        (
            encode_response(&response.clone().with_data(host::Data::Info(Box::new(host::InfoData::new("a", "A-B", "ClientX")))))
                .unwrap_err()
                .to_string(),
            "`host:status` is given 0 times; the schema asks for at least 1",
        ),
        (encode_greeting(&greeting).unwrap_err().to_string(), "`objURI` is given 0 times; the schema asks for at least 1"),
    ];
    for (sentence, expected) in table {
        assert_eq!(sentence, expected);
    }
}

#[test]
fn extensions() {
    let with = |extension: Extension| {
        let command = Command::new(domain::Command::Create(create()), "NK-1").with(extension);
        encode_command(&command).unwrap_err().to_string()
    };
    let fee = |version, body| with(Fee::new(version, body).into());
    let amount = |text| FeeLine::new(Decimal::parse(text).unwrap());
    let transform = |fees| Transform { currency: Some("USD".into()), fees, credits: vec![] };
    let two = Check::of([FeeCommand::new(PricedVerb::Create, None), FeeCommand::new(PricedVerb::Renew, None)]);
    let described = FeeLine { lang: Some("en".into()), ..amount("1") };
    let key = KeyRecord { flags: 257, protocol: 3, algorithm: 13, public_key: vec![] };
    let report = Report {
        before: "".into(),
        after: "".into(),
        deleted: Timestamp::UNIX_EPOCH,
        restored: Timestamp::UNIX_EPOCH,
        reason: "x".into(),
        statements: vec![],
        other: None,
    };
    let policy = TtlValue { min: Some(1), ..TtlValue::new(RecordType::Ns, None) };
    let twice = vec![TtlValue::new(RecordType::Ns, None), TtlValue::new(RecordType::Ns, Some(1))];
    let table = [
        (fee(FeeVersion::V1_0, FeeBody::Create(transform(vec![]))), "`fee:fee` is given 0 times; the schema asks for at least 1"),
        (fee(FeeVersion::V1_0, FeeBody::Create(transform(vec![amount("-1")]))), "`fee:fee` is negative; what comes back is a credit"),
        (
            fee(FeeVersion::V1_0, FeeBody::Create(Transform { currency: Some("usd".into()), ..transform(vec![amount("1")]) })),
            "`fee:currency` is not a currency code of three capital letters",
        ),
        (fee(FeeVersion::V0_11, FeeBody::Check(two)), "`fee:command` must be given exactly once in fee-0.11; check the others separately"),
        (fee(FeeVersion::V0_23, FeeBody::Create(transform(vec![described]))), "`fee:fee` has a language, which only fee-1.0 can carry"),
        (
            fee(FeeVersion::V0_11, FeeBody::CreateData(TransformData::default())),
            "`fee:creData` names no currency, which fee-0.11 does not allow",
        ),
        (
            with(SecDns::Create(Delegation { max_sig_life: Some(0), records: Records::Keys(vec![]) }).into()),
            "`secDNS:maxSigLife` is not between 1 and 2147483647 seconds",
        ),
        (with(SecDns::Create(Delegation::ds([])).into()), "`secDNS:dsData` is given 0 times; the schema asks for at least 1"),
        (with(SecDns::Info(Delegation { max_sig_life: None, records: Records::Keys(vec![key]) }).into()), "`secDNS:pubKey` is empty"),
        (with(Rgp::Report(Box::new(report)).into()), "`rgp:statement` is given 0 times; the schema asks for at least 1"),
        (with(Ttl::Create(vec![policy]).into()), "`ttl:ttl` carries the server's policy, which only answers do"),
        (with(Ttl::Update(twice).into()), "`ttl:ttl` is given twice for one record type"),
        (with(Ttl::Create(vec![TtlValue::new(RecordType::Ns, Some(1 << 31))]).into()), "`ttl:ttl` is more than 2147483647 seconds"),
        (with(Sync { month: 2, day: 30 }.into()), "`sync:expMonthDay` is not a day of the year"),
        (with(Namestore::Product(String::new()).into()), "`namestoreExt:subProduct` has 0 characters; the schema allows 1 to 64"),
        (
            with(AllocationToken::Token(Secret::new("")).into()),
            "`allocationToken:allocationToken` has 0 characters; the schema allows at least 1",
        ),
        (
            with(LoginSec::Login(LoginSecurity { user_agent: Some(UserAgent::default()), ..LoginSecurity::default() }).into()),
            "`loginSec:userAgent` is empty; name an application, a technology or a system",
        ),
        (
            with(Element::new(Namespace::Idn, "a b").into()),
            "`the document` cannot be written: an element or attribute inside `the document` has a name that XML does not allow",
        ),
    ];
    for (sentence, expected) in table {
        assert_eq!(sentence, expected);
    }
}
