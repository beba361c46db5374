//! No bytes from the network make a parser panic: a corpus, every cut of every frame, and mutated frames.

use std::sync::LazyLock;

use epp::fuzz::{fuzz_target_all, fuzz_target_frames, fuzz_target_server_frame, fuzz_target_xml};
use proptest::prelude::*;

/// The document of every sample.
fn frames() -> &'static [Vec<u8>] {
    static FRAMES: LazyLock<Vec<Vec<u8>>> =
        LazyLock::new(|| epp::samples::samples().unwrap().into_iter().map(|(_, frame)| frame).collect());
    &FRAMES
}

/// Documents that once were, or might be, trouble.
fn corpus() -> Vec<Vec<u8>> {
    let mut corpus: Vec<Vec<u8>> = [
        "",
        "<",
        "<a",
        "<a>",
        "</a>",
        "<a/><b/>",
        "&",
        "<a>&#0;</a>",
        "<a>&#x110000;</a>",
        "<a>&#xD800;</a>",
        "<a>&bomb;</a>",
        "<a b='&bomb;'/>",
        "<a b='1' b='2'/>",
        "<a b=1/>",
        "<a xmlns:xml='urn:x'/>",
        "<a xmlns:x=''/>",
        "<x:a/>",
        "<a xmlns='urn:\t&amp;&#62;x'><b xmlns='urn:a>b' c='>'/></a>",
        "<a xmlns='urn:&bomb;'/>",
        "<a:b:c xmlns:a='urn:x'/>",
        "<?xml version='1.1'?><a/>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<a><![CDATA[ ]]&gt; ]]></a>",
        "<a><!-- -- --></a>",
        "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'/>",
        "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><command/></epp>",
        "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><command><clTRID/></command></epp>",
        "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><command><transfer/></command></epp>",
        "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><response><result code='99999'/></response></epp>",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    corpus.push("<a>".repeat(100_000).into_bytes());
    corpus.push(format!("<a {}/>", "b='c' ".repeat(50_000)).into_bytes());
    corpus.push(format!("<a>{}</a>", "<b/>".repeat(100_001)).into_bytes());
    corpus.push(vec![0xFF; 1_000]);
    corpus.push(vec![0xFE, 0xFF, 0x00]);
    corpus.push(vec![0x00, b'<', 0xD8, 0x00]);
    corpus
}

#[test]
fn the_corpus_is_refused_or_understood() {
    for document in corpus().iter().chain(frames().iter()) {
        fuzz_target_all(document);
    }
}

#[test]
fn every_frame_may_be_cut_anywhere() {
    for frame in frames().iter().step_by(7) {
        for end in 0..frame.len() {
            fuzz_target_xml(&frame[..end]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        fuzz_target_all(&bytes);
    }

    #[test]
    fn a_frame_with_bytes_changed(
        index in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut frame = index.get(frames()).clone();
        for (at, byte) in changes {
            let at = at.index(frame.len());
            frame[at] = byte;
        }
        fuzz_target_all(&frame);
    }

    #[test]
    fn a_frame_with_pieces_of_another(
        (one, other) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        (from, to, at) in (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<prop::sample::Index>()),
    ) {
        let (one, other) = (text(one), text(other));
        let pieces: Vec<&str> = other.split_inclusive('>').collect();
        let (from, to) = (from.index(pieces.len()), to.index(pieces.len()));
        let piece: String = pieces[from.min(to)..=from.max(to)].concat();
        let mut tags: Vec<&str> = one.split_inclusive('>').collect();
        tags.insert(at.index(tags.len()), &piece);
        fuzz_target_all(tags.concat().as_bytes());
    }

    #[test]
    fn a_frame_with_elements_moved_or_repeated(
        frame in any::<prop::sample::Index>(),
        (from, to) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        is_repeated in any::<bool>(),
    ) {
        let text = text(frame);
        let mut tags: Vec<&str> = text.split_inclusive('>').collect();
        let (from, to) = (from.index(tags.len()), to.index(tags.len()));
        let tag = tags[from];
        if !is_repeated {
            tags.remove(from);
        }
        tags.insert(to.min(tags.len()), tag);
        fuzz_target_server_frame(tags.concat().as_bytes());
        fuzz_target_all(tags.concat().as_bytes());
    }

    #[test]
    fn streams_of_data_units(bytes in proptest::collection::vec(prop_oneof![Just(0u8), Just(5), any::<u8>()], 0..200)) {
        fuzz_target_frames(&bytes);
    }
}

fn text(index: prop::sample::Index) -> String {
    String::from_utf8(index.get(frames()).clone()).unwrap()
}
