//! Laws: what can be written is read back as it was, for any values the schemas allow; what they do not allow is never written.

use std::net::IpAddr;

use epp::contact::{Disclose, DiscloseItem, Person, Postal, PostalAddress, PostalForm, Voice};
use epp::domain::{AddRemove, Change, DomainContact, HostAttribute, NameServers};
use epp::extension::fee::{CreditLine, Decimal, Fee, FeeBody, FeeLine, FeeVersion, Transform, TransformData};
use epp::extension::secdns::{Delegation, DsRecord, KeyRecord, Records, Remove, SecDns, Update as SecDnsUpdate};
use epp::{
    AuthChange, AuthValue, Command, CommandBody, EppResult, Extension, LangText, MessageQueue, Period, PeriodUnit, Provenance, Response,
    ResultCode, Status, TransactionId, contact, domain, host,
};
use model::{ContactRole, EppStatus, ObjectKind, Timestamp};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// A `token` of this many characters: no spaces at the ends, none doubled.
fn token(min: usize, max: usize) -> impl Strategy<Value = String> {
    vec(prop_oneof![9 => "[!-~]", 1 => "[à-ÿ例🦀]"], min..=max).prop_map(|chars| chars.concat())
}

/// A `normalizedString`: anything but line breaks and tabs.
fn normalized(min: usize, max: usize) -> impl Strategy<Value = String> {
    vec(prop_oneof![5 => "[ -~]", 1 => "[à-ÿ例🦀&<>\"']"], min..=max).prop_map(|chars| chars.concat())
}

fn instant() -> impl Strategy<Value = Timestamp> {
    (-62_135_596_800i64..=253_402_207_200, 0i32..1_000_000).prop_map(|(second, micro)| Timestamp::new(second, micro * 1_000).unwrap())
}

fn period() -> impl Strategy<Value = Period> {
    (1u16..=99, prop_oneof![Just(PeriodUnit::Years), Just(PeriodUnit::Months)]).prop_map(|(count, unit)| Period { count, unit })
}

fn address() -> impl Strategy<Value = IpAddr> {
    any::<IpAddr>()
}

fn note() -> impl Strategy<Value = LangText> {
    (normalized(0, 20), option::of("[a-z]{2}")).prop_map(|(text, lang)| LangText { text, lang })
}

fn status(kind: ObjectKind) -> impl Strategy<Value = Status> {
    let known: Vec<EppStatus> = EppStatus::ALL.iter().copied().filter(|status| kind.knows(*status)).collect();
    (prop::sample::select(known), note()).prop_map(|(status, note)| Status { note, ..status.into() })
}

fn auth() -> impl Strategy<Value = AuthValue> {
    normalized(0, 40).prop_map(AuthValue::password)
}

fn name_servers() -> impl Strategy<Value = NameServers> {
    let attribute = (token(1, 30), vec(address(), 0..3)).prop_map(|(name, addresses)| HostAttribute { name: name.into(), addresses });
    prop_oneof![vec(token(1, 40), 1..5).prop_map(NameServers::objects), vec(attribute, 1..4).prop_map(NameServers::Attributes),]
}

fn contacts() -> impl Strategy<Value = Vec<DomainContact>> {
    let role = prop_oneof![Just(ContactRole::Admin), Just(ContactRole::Tech), Just(ContactRole::Billing)];
    vec((option::of(role), token(3, 16)).prop_map(|(role, id)| DomainContact { role, id: id.into() }), 0..4)
}

fn provenance() -> impl Strategy<Value = Provenance> {
    (token(3, 16), token(3, 16), instant(), option::of(token(3, 16)), option::of(instant()), option::of(instant())).prop_map(
        |(sponsor, creator, created, updater, updated, transferred)| Provenance {
            sponsor: sponsor.into(),
            created_by: Some(creator.into()),
            created: Some(created),
            updated_by: updater.map(Into::into),
            updated,
            transferred,
        },
    )
}

fn domain_create() -> impl Strategy<Value = domain::Create> {
    (token(1, 255), option::of(period()), option::of(name_servers()), option::of(token(3, 16)), contacts(), auth()).prop_map(
        |(name, period, name_servers, registrant, contacts, auth)| domain::Create {
            name: name.into(),
            period,
            name_servers,
            registrant: registrant.map(Into::into),
            contacts,
            auth,
        },
    )
}

fn add_remove() -> impl Strategy<Value = AddRemove> {
    (option::of(name_servers()), contacts(), vec(status(ObjectKind::Domain), 0..=11))
        .prop_map(|(name_servers, contacts, statuses)| AddRemove { name_servers, contacts, statuses })
}

fn domain_update() -> impl Strategy<Value = domain::Update> {
    let change = prop_oneof![Just(AuthChange::Remove), auth().prop_map(AuthChange::Set)];
    (token(1, 40), add_remove(), add_remove(), option::of(token(0, 16)), option::of(change)).prop_map(
        |(name, add, remove, registrant, auth)| domain::Update {
            name: name.into(),
            add,
            remove,
            change: Change { registrant: registrant.map(Into::into), auth },
        },
    )
}

fn domain_info() -> impl Strategy<Value = domain::InfoData> {
    let lists = (vec(status(ObjectKind::Domain), 0..=11), contacts(), option::of(name_servers()), vec(token(1, 40), 0..3));
    (token(1, 40), "[A-Za-z0-9_]{1,80}-[A-Z0-9]{1,8}", lists, provenance(), option::of(instant()), option::of(auth())).prop_map(
        |(name, roid, (statuses, contacts, name_servers, hosts), provenance, expires, auth)| domain::InfoData {
            name: name.into(),
            roid: roid.into(),
            statuses,
            registrant: None,
            contacts,
            name_servers,
            subordinate_hosts: hosts.into_iter().map(Into::into).collect(),
            provenance,
            expires,
            auth,
        },
    )
}

fn host_info() -> impl Strategy<Value = host::InfoData> {
    (token(1, 40), vec(status(ObjectKind::Host), 1..=7), vec(address(), 0..5), provenance()).prop_map(
        |(name, statuses, addresses, provenance)| host::InfoData {
            statuses,
            addresses,
            provenance,
            ..host::InfoData::new(name, "NS1-REP", "ClientX")
        },
    )
}

fn postal(form: PostalForm) -> impl Strategy<Value = Postal> {
    let place = (vec(normalized(0, 40), 0..=3), normalized(1, 40), option::of(normalized(0, 20)), option::of(token(0, 16)), "[A-Z]{2}");
    (normalized(1, 255), option::of(normalized(0, 40)), place).prop_map(
        move |(name, organisation, (street, city, province, postcode, country))| Postal {
            form,
            name,
            organisation,
            address: PostalAddress { street, city, province, postcode, country },
        },
    )
}

fn voice() -> impl Strategy<Value = Voice> {
    ("\\+[0-9]{1,2}\\.[0-9]{1,12}", option::of("[0-9]{1,5}")).prop_map(|(number, extension)| Voice { number, extension })
}

fn person() -> impl Strategy<Value = Person> {
    let postal = prop_oneof![
        postal(PostalForm::International).prop_map(|one| vec![one]),
        (postal(PostalForm::International), postal(PostalForm::Localised)).prop_map(|(one, two)| vec![one, two]),
    ];
    (postal, option::of(voice()), option::of(voice()), token(1, 60)).prop_map(|(postal, voice, fax, email)| Person {
        postal,
        voice,
        fax,
        email,
    })
}

fn contact_create() -> impl Strategy<Value = contact::Create> {
    let disclose = (any::<bool>(), any::<bool>()).prop_map(|(may_show, with_name)| Disclose {
        may_show,
        items: if with_name { vec![DiscloseItem::Name(PostalForm::Localised), DiscloseItem::Email] } else { vec![DiscloseItem::Voice] },
    });
    (token(3, 16), person(), auth(), option::of(disclose)).prop_map(|(id, person, auth, disclose)| contact::Create {
        id: id.into(),
        person,
        auth,
        disclose,
    })
}

fn key() -> impl Strategy<Value = KeyRecord> {
    (any::<u16>(), any::<u8>(), any::<u8>(), vec(any::<u8>(), 1..80)).prop_map(|(flags, protocol, algorithm, public_key)| KeyRecord {
        flags,
        protocol,
        algorithm,
        public_key,
    })
}

fn records() -> impl Strategy<Value = Records> {
    let ds = (any::<u16>(), any::<u8>(), any::<u8>(), vec(any::<u8>(), 0..50), option::of(key()))
        .prop_map(|(key_tag, algorithm, digest_type, digest, key)| DsRecord { key_tag, algorithm, digest_type, digest, key });
    prop_oneof![vec(ds, 1..4).prop_map(Records::Ds), vec(key(), 1..4).prop_map(Records::Keys)]
}

fn secdns() -> impl Strategy<Value = SecDns> {
    let life = || option::of(1u32..=i32::MAX as u32);
    let delegation = || (life(), records()).prop_map(|(max_sig_life, records)| Delegation { max_sig_life, records });
    let remove = prop_oneof![Just(Remove::All), records().prop_map(Remove::These)];
    let update = (any::<bool>(), option::of(remove), option::of(delegation()), life())
        .prop_map(|(is_urgent, remove, add, max_sig_life)| SecDnsUpdate { is_urgent, remove, add, max_sig_life });
    prop_oneof![delegation().prop_map(SecDns::Create), delegation().prop_map(SecDns::Info), update.prop_map(SecDns::Update)]
}

fn fee() -> impl Strategy<Value = Fee> {
    let amount =
        |sign: &'static str| "[0-9]{1,9}(\\.[0-9]{1,5})?".prop_map(move |digits| Decimal::parse(&format!("{sign}{digits}")).unwrap());
    let line = (amount(""), option::of("[ -~]{0,20}"), option::of(any::<bool>()))
        .prop_map(|(amount, description, is_refundable)| FeeLine { description, is_refundable, ..FeeLine::new(amount) });
    let version = prop_oneof![Just(FeeVersion::V1_0), Just(FeeVersion::V0_23), Just(FeeVersion::V0_11)];
    (version, option::of("[A-Z]{3}"), vec(line, 1..4), vec(amount("-").prop_map(CreditLine::new), 0..3), any::<bool>()).prop_map(
        |(version, currency, fees, credits, is_answer)| {
            let body = if is_answer {
                let currency = currency.or_else(|| Some("USD".into()));
                FeeBody::CreateData(TransformData { currency, fees, credits, ..TransformData::default() })
            } else {
                FeeBody::Create(Transform { currency, fees, credits })
            };
            Fee::new(version, body)
        },
    )
}

fn body() -> impl Strategy<Value = CommandBody> {
    prop_oneof![
        domain_create().prop_map(|create| domain::Command::Create(create).into()),
        domain_update().prop_map(|update| domain::Command::Update(update).into()),
        contact_create().prop_map(|create| contact::Command::Create(create).into()),
        (token(1, 60), vec(address(), 0..5)).prop_map(|(name, addresses)| host::Command::Create(host::Create::new(name, addresses)).into()),
    ]
}

fn extensions() -> impl Strategy<Value = Vec<Extension>> {
    vec(prop_oneof![secdns().prop_map(Extension::from), fee().prop_map(Extension::from)], 0..4)
}

fn response() -> impl Strategy<Value = Response> {
    let queue = (any::<u64>(), token(1, 20), option::of(instant()), option::of(note()))
        .prop_map(|(count, id, queued, message)| MessageQueue { count, id, queued, message });
    let data = prop_oneof![
        domain_info().prop_map(|info| epp::ResponseData::from(domain::Data::Info(Box::new(info)))),
        host_info().prop_map(|info| epp::ResponseData::from(host::Data::Info(Box::new(info)))),
    ];
    (
        prop::sample::select(ResultCode::ALL),
        note(),
        option::of(queue),
        option::of(data),
        extensions(),
        option::of(token(3, 64)),
        token(3, 64),
    )
        .prop_map(|(code, message, queue, data, extensions, cltrid, svtrid)| Response {
            results: vec![EppResult { message, ..EppResult::new(code) }],
            queue,
            data: data.into_iter().collect(),
            extensions,
            cltrid: cltrid.map(TransactionId::from),
            svtrid: Some(svtrid.into()),
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn commands_are_read_back_as_they_were(body in body(), extensions in extensions(), cltrid in option::of(token(3, 64))) {
        let command = Command { body, extensions, cltrid: cltrid.map(TransactionId::from) };
        let frame = epp::encode_command(&command).unwrap();
        prop_assert_eq!(epp::decode_command(&frame).map_err(|refusal| refusal.to_string()), Ok(command));
    }

    #[test]
    fn responses_are_read_back_as_they_were(response in response()) {
        let frame = epp::encode_response(&response).unwrap();
        let decoded = epp::decode_response(&frame).unwrap();
        prop_assert_eq!(decoded.value, response);
        prop_assert!(decoded.deviations.iter().all(|deviation| deviation.kind == epp::DeviationKind::DateForm));
    }

    /// The encoder is the gate: any text either passes and is read back the same, or is refused.
    #[test]
    fn any_text_is_written_faithfully_or_not_at_all(name in "\\PC{0,300}|[ \\t\\r\\n]{1,3}x|x[\\x00-\\x20]y", pw in any::<String>(), id in any::<String>()) {
        let create = domain::Create { registrant: Some(id.as_str().into()), ..domain::Create::new(name.as_str(), None, AuthValue::password(pw)) };
        let command = Command::new(domain::Command::Create(create), id.as_str());
        if let Ok(frame) = epp::encode_command(&command) {
            prop_assert_eq!(epp::decode_command(&frame).map_err(|refusal| refusal.to_string()), Ok(command));
        }
    }
}

/// Whatever values it is given, what the encoder writes is valid: the schemas judge frames of random values.
#[test]
fn random_frames_are_valid() {
    const FRAMES_PER_SIDE: usize = 300;
    let folder = tempfile::tempdir().unwrap();
    let mut runner = TestRunner::deterministic();
    let mut files = Vec::new();
    for index in 0..FRAMES_PER_SIDE {
        let command = (body(), extensions()).new_tree(&mut runner).unwrap().current();
        let command = Command { body: command.0, extensions: command.1, cltrid: Some("NK-1".into()) };
        let response = response().new_tree(&mut runner).unwrap().current();
        for (side, frame) in [("command", epp::encode_command(&command)), ("response", epp::encode_response(&response))] {
            let file = folder.path().join(format!("{side}-{index}.xml"));
            std::fs::write(&file, frame.unwrap()).unwrap();
            files.push(file);
        }
    }
    let faults = super::schemas::faults(&super::schemas::judge(&files));
    assert_eq!(faults, Vec::<String>::new());
}
