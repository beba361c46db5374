//! What is written is read back as it was: decode(encode(x)) == x for every sample.

use epp::samples::{SampleMessage, messages};
use epp::{ClientMessage, DeviationKind, ServerMessage};

#[test]
fn every_sample_is_read_back_as_it_was() {
    for sample in messages() {
        let frame = sample.frame().unwrap_or_else(|error| panic!("{}: {error}", sample.name));
        match &sample.message {
            SampleMessage::Hello => assert_eq!(epp::decode_client_frame(&frame), Ok(ClientMessage::Hello)),
            SampleMessage::Command(command) => {
                let read = epp::decode_command(&frame).unwrap_or_else(|refusal| panic!("{}: {refusal}", sample.name));
                assert_eq!(&read, command.as_ref(), "{}", sample.name);
            }
            SampleMessage::Greeting(_) | SampleMessage::Response(_) => {
                let decoded = epp::decode_server_frame(&frame).unwrap_or_else(|error| panic!("{}: {error}", sample.name));
                let expected = match &sample.message {
                    SampleMessage::Greeting(greeting) => ServerMessage::Greeting(greeting.clone()),
                    SampleMessage::Response(response) => ServerMessage::Response(response.clone()),
                    _ => unreachable!(),
                };
                assert_eq!(decoded.value, expected, "{}", sample.name);
                let odd: Vec<_> = decoded.deviations.iter().filter(|d| d.kind != DeviationKind::DateForm).collect();
                assert!(odd.is_empty(), "{}: {odd:?}", sample.name);
            }
        }
    }
}
