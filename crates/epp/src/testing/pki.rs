//! A certificate authority in a temporary folder.

use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls_pki_types::{CertificateDer, pem::PemObject};

use super::Acceptor;
use crate::tls::{ClientTls, IdentityFiles, SpkiPin, Trust};

/// A CA with its certificate in a file.
pub(crate) struct Pki {
    folder: tempfile::TempDir,
    issuer: Issuer<'static, KeyPair>,
    pub(crate) ca: PathBuf,
}

/// A certificate of that CA with its key, both in files.
pub(crate) struct Signed {
    pub(crate) files: IdentityFiles,
    pub(crate) pin: SpkiPin,
}

impl Pki {
    pub(crate) fn new() -> Pki {
        let folder = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, params.self_signed(&key).unwrap().pem()).unwrap();
        Pki { issuer: Issuer::new(params, key), folder, ca }
    }

    /// A certificate for `name`, valid in these years.
    pub(crate) fn sign(&self, name: &str, from_year: i32, to_year: i32) -> Signed {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(from_year, 1, 1);
        params.not_after = date_time_ymd(to_year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let files =
            IdentityFiles { chain: self.path(&format!("{name}-{from_year}.pem")), key: self.path(&format!("{name}-{from_year}.key")) };
        std::fs::write(&files.chain, certificate.pem()).unwrap();
        std::fs::write(&files.key, key.serialize_pem()).unwrap();
        Signed { files, pin: SpkiPin::of(&CertificateDer::from_pem_slice(certificate.pem().as_bytes()).unwrap()).unwrap() }
    }

    /// A path in the folder of this CA.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn trust(&self) -> Trust {
        Trust::PrivateCa(vec![self.ca.clone()])
    }

    /// A server that is `localhost` and asks for certificates of this CA.
    pub(crate) fn acceptor(&self) -> Acceptor {
        Acceptor::load(&self.sign("localhost", 2020, 2090).files, std::slice::from_ref(&self.ca))
    }

    /// A client with a certificate of this CA that trusts it.
    pub(crate) fn client(&self) -> ClientTls {
        ClientTls::load(&self.trust(), &[self.sign("registrar.example", 2020, 2090).files]).unwrap()
    }
}
