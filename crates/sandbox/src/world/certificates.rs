//! A certification authority of one world, and what it issues.

use std::net::IpAddr;

use epp::tls::Fingerprint;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// First and last year of every certificate. Long, because the virtual clock may be years ahead of the real one.
const VALID_YEARS: (i32, i32) = (2020, 2049);

/// The authority.
pub(super) struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// What a registrar gets.
pub(super) struct IssuedClient {
    pub(super) chain_pem: String,
    pub(super) key_pem: String,
    pub(super) sha256: [u8; 32],
}

/// What a server gets.
pub(super) struct IssuedServer {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
}

impl Authority {
    pub(super) fn new() -> Result<Authority, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = params("Namekeep sandbox CA", Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key)?;
        Ok(Authority { pem: certificate.pem(), issuer: Issuer::new(params, key) })
    }

    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    pub(super) fn client(&self, name: &str) -> Result<IssuedClient, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = params(name, Vec::new())?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.signed_by(&key, &self.issuer)?;
        let sha256 = Fingerprint::of(certificate.der()).0;
        Ok(IssuedClient { chain_pem: certificate.pem(), key_pem: key.serialize_pem(), sha256 })
    }

    pub(super) fn server(&self, name: &str, address: IpAddr) -> Result<IssuedServer, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = params(name, vec![name.to_owned(), "localhost".to_owned()])?;
        params.subject_alt_names.push(SanType::IpAddress(address));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&key, &self.issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Ok(IssuedServer { chain: vec![certificate.der().clone()], key })
    }
}

fn params(name: &str, names: Vec<String>) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(VALID_YEARS.0, 1, 1);
    params.not_after = date_time_ymd(VALID_YEARS.1, 12, 31);
    Ok(params)
}
