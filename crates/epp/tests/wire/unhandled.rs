//! What a session did not declare is moved out of the way by the server and found again by the client (RFC 9038).

use epp::extension::change_poll::ChangeData;
use epp::extension::unhandled::{lift, restored, unhandled};
use epp::samples::{SampleMessage, messages};
use epp::{Extension, Namespace, Ns, Response, ResponseData, ResultCode, decode_response, domain, encode_response};

fn change_message() -> Response {
    let sample = messages().into_iter().find(|sample| sample.name == "change-update").unwrap();
    let SampleMessage::Response(response) = sample.message else { panic!("not a response") };
    *response
}

#[test]
fn a_poll_message_survives_a_session_that_declared_too_little() {
    let whole = change_message();
    let cases: [(&[Namespace], usize, usize); 4] =
        [(&[Namespace::Domain, Namespace::ChangePoll], 0, 0), (&[Namespace::Domain], 0, 1), (&[Namespace::ChangePoll], 1, 0), (&[], 1, 1)];
    for (declared, lifted_data, lifted_extensions) in cases {
        let mut sent = whole.clone();
        lift(&mut sent, |ns| declared.iter().any(|known| ns == known)).unwrap();
        let received = decode_response(&encode_response(&sent).unwrap()).unwrap().value;
        assert_eq!(received.data.len(), 1 - lifted_data);
        assert_eq!(received.extensions.len(), 1 - lifted_extensions);

        let (data, extensions) = restored(&received.results[0]);
        assert_eq!((data.len(), extensions.len()), (lifted_data, lifted_extensions), "{declared:?}");
        let found: Vec<&ResponseData> = received.data.iter().chain(&data).collect();
        assert!(matches!(found[..], [ResponseData::Domain(domain::Data::Info(_))]));
        let found: Vec<&Extension> = received.extensions.iter().chain(&extensions).collect();
        assert_eq!(found, whole.extensions.iter().collect::<Vec<_>>());
        assert!(matches!(found[..], [Extension::ChangePoll(ChangeData { is_before: false, .. })]));
    }
}

#[test]
fn the_reason_names_the_namespace() {
    let mut sent = change_message();
    lift(&mut sent, |ns| *ns == Namespace::Domain).unwrap();
    let result = &sent.results[0];
    assert_eq!(result.ext_values[0].reason.text, "urn:ietf:params:xml:ns:changePoll-1.0 not in login services");
    assert_eq!(unhandled(result)[0].namespace, Ns::Known(Namespace::ChangePoll));
}

#[test]
fn the_values_of_a_failure_are_no_unhandled_namespaces() {
    let mut sent = change_message();
    lift(&mut sent, |_| false).unwrap();
    sent.results[0].code = ResultCode::COMMAND_FAILED;
    assert!(unhandled(&sent.results[0]).is_empty());
}
