//! A file of a deposit, opened layer by layer: the seal, the compression, the digest of the plain text.

use std::fs::File;
use std::io::{self, BufReader, Read};

use aws_lc_rs::digest::{Context, SHA256};
use flate2::read::MultiGzDecoder;

use super::expect::{Expect, Opener};
use super::finding::Findings;
use super::listing::Listed;
use crate::hex::to_hex;
use crate::openpgp::{self, Certificate, OpenFault, Opened, Recipient};

/// How much is read at once, in bytes.
const BUFFER_BYTES: usize = 1 << 18;

/// The plain text of a file, hashed as it is read.
pub(super) struct Plain<'f> {
    file: &'f Listed,
    layers: Layers,
    digest: Context,
    /// A fault below was met: what follows it is not judged.
    is_broken: bool,
}

enum Layers {
    Clear(BufReader<File>),
    Compressed(Box<MultiGzDecoder<BufReader<File>>>),
    Sealed(Box<Opened<'static>>),
    SealedCompressed(Box<MultiGzDecoder<BufReader<Opened<'static>>>>),
}

/// Opens a file; none if a layer does not open, which is a finding.
pub(super) fn open<'f>(file: &'f Listed, expect: &Expect<'_>, findings: &mut Findings) -> Option<Plain<'f>> {
    let place = &file.written_name;
    let on_disk = match File::open(&file.path) {
        Ok(file) => BufReader::with_capacity(BUFFER_BYTES, file),
        Err(error) => {
            findings.add("file.unreadable", place, error);
            return None;
        }
    };
    let layers = match (file.packing.is_sealed, file.packing.is_compressed) {
        (false, false) => Layers::Clear(on_disk),
        (false, true) => Layers::Compressed(Box::new(MultiGzDecoder::new(on_disk))),
        (true, is_compressed) => {
            let Some(opener) = expect.opener else {
                findings.add("pgp.no-key", place, "it is sealed, and no key was given that opens it");
                return None;
            };
            let opened = match openpgp::open(on_disk, opener.key) {
                Ok(opened) => opened,
                Err(fault) => {
                    findings.add(code(&fault), place, fault);
                    return None;
                }
            };
            judge_message(&opened, &opener, place, findings);
            if is_compressed {
                Layers::SealedCompressed(Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER_BYTES, opened))))
            } else {
                Layers::Sealed(Box::new(opened))
            }
        }
    };
    Some(Plain { file, layers, digest: Context::new(&SHA256), is_broken: false })
}

impl Plain<'_> {
    /// Reads what is left and judges digest, end and signature; gives the SHA-256 of the plain text, if all of it could be read.
    pub fn finish(mut self, expect: &Expect<'_>, findings: &mut Findings) -> Option<String> {
        let place = &self.file.written_name;
        if !self.is_broken
            && let Err(error) = io::copy(&mut self, &mut io::sink())
            && matches!(self.layers, Layers::Clear(_) | Layers::Compressed(_))
        {
            findings.add("gzip.damaged", place, error);
        }
        let is_whole = !self.is_broken;
        let opened = match self.layers {
            Layers::Clear(_) | Layers::Compressed(_) => None,
            Layers::Sealed(opened) => Some(*opened),
            Layers::SealedCompressed(decoder) => Some(decoder.into_inner().into_inner()),
        };
        if let (Some(opened), Some(opener)) = (opened, expect.opener) {
            match opened.finish(opener.signers, expect.now) {
                Ok(_) if !is_whole => findings.add("gzip.damaged", place, "its compression is broken inside a seal that is whole"),
                Ok(_) => {}
                Err(fault) => findings.add(code(&fault), place, fault),
            }
        }
        is_whole.then(|| to_hex(self.digest.finish().as_ref()))
    }
}

impl Read for Plain<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.layers {
            Layers::Clear(file) => file.read(buffer),
            Layers::Compressed(decoder) => decoder.read(buffer),
            Layers::Sealed(opened) => opened.read(buffer),
            Layers::SealedCompressed(decoder) => decoder.read(buffer),
        };
        match read {
            Ok(length) => {
                self.digest.update(&buffer[..length]);
                Ok(length)
            }
            Err(error) => {
                self.is_broken = true;
                Err(error)
            }
        }
    }
}

fn judge_message(opened: &Opened<'_>, opener: &Opener<'_>, place: &str, findings: &mut Findings) {
    if opened.is_compressed() {
        findings.add("pgp.compressed", place, "OpenPGP compressed it once more; switch that off");
    }
    let Some(wanted) = opener.recipients else { return };
    let is_for = |recipient: &Recipient, certificate: &Certificate| match recipient {
        Recipient::Fingerprint(fingerprint) => certificate.has_key(fingerprint),
        Recipient::KeyId(id) => certificate.has_key_id(id),
        Recipient::Hidden => false,
    };
    for recipient in opened.recipients() {
        if !wanted.iter().any(|certificate| is_for(recipient, certificate)) {
            findings.add("pgp.recipients", place, format!("it is also encrypted for {recipient}, who is not expected"));
        }
    }
    for certificate in wanted {
        if !opened.recipients().iter().any(|recipient| is_for(recipient, certificate)) {
            findings.add("pgp.recipients", place, format!("it is not encrypted for {}", certificate.fingerprint()));
        }
    }
}

fn code(fault: &OpenFault) -> &'static str {
    match fault {
        OpenFault::NoMessage { .. } => "pgp.no-message",
        OpenFault::NotEncrypted => "pgp.not-encrypted",
        OpenFault::OtherRecipient => "pgp.recipient",
        OpenFault::Unsigned => "pgp.unsigned",
        OpenFault::Signer { .. } => "pgp.signer",
        OpenFault::Damaged { .. } => "pgp.damaged",
    }
}
