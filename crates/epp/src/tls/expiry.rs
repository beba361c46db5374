//! Until when a certificate is of use, and how loudly to say so.

use jiff::SignedDuration;
use model::Timestamp;
use rustls_pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Days before expiry at which the first alarm is raised.
pub const NOTICE_DAYS: i64 = 90;
/// Days before expiry at which a certificate should have been replaced.
pub const WARNING_DAYS: i64 = 30;
/// Days before expiry at which somebody must act today.
pub const CRITICAL_DAYS: i64 = 7;

/// How loudly the expiry of a certificate is announced. Ordered from silence to alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryAlarm {
    /// More than 90 days remain.
    Quiet,
    /// At most 90 days remain: order the next certificate.
    Notice,
    /// At most 30 days remain: install the next certificate.
    Warning,
    /// At most 7 days remain: the link to the registry is about to break.
    Critical,
    /// The certificate is of no use any more.
    Expired,
}

impl ExpiryAlarm {
    /// The level at `now` for a certificate valid up to and including `not_after` (RFC 5280 section 4.1.2.5).
    pub fn at(not_after: Timestamp, now: Timestamp) -> ExpiryAlarm {
        let left = not_after.duration_since(now);
        let days = |days: i64| SignedDuration::from_hours(days * 24);
        match left {
            left if left.is_negative() => ExpiryAlarm::Expired,
            left if left <= days(CRITICAL_DAYS) => ExpiryAlarm::Critical,
            left if left <= days(WARNING_DAYS) => ExpiryAlarm::Warning,
            left if left <= days(NOTICE_DAYS) => ExpiryAlarm::Notice,
            _ => ExpiryAlarm::Quiet,
        }
    }
}

/// What a certificate says about itself that people ask for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CertificateInfo {
    /// Subject as a distinguished name (RFC 4514 form).
    pub subject: String,
    /// Issuer as a distinguished name.
    pub issuer: String,
    /// Serial number in hexadecimal.
    pub serial: String,
    /// First moment of validity.
    pub not_before: Timestamp,
    /// Last moment of validity.
    pub not_after: Timestamp,
    /// Whether the extended key usage lets it authenticate a client; `None` when the certificate does not restrict its use. Public
    /// CAs stop issuing this usage by 2027, so a registry that checks it will want a certificate of another issuer.
    pub client_auth: Option<bool>,
}

impl CertificateInfo {
    /// Reads a certificate.
    ///
    /// # Errors
    /// One phrase on what cannot be read.
    pub fn read(der: &CertificateDer<'_>) -> Result<CertificateInfo, &'static str> {
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| "is not an X.509 certificate")?;
        let moment = |seconds: i64| Timestamp::from_second(seconds).map_err(|_| "has a validity outside the calendar");
        let usage = certificate.extended_key_usage().map_err(|_| "has an unreadable extended key usage")?;
        Ok(CertificateInfo {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            serial: certificate.raw_serial_as_string(),
            not_before: moment(certificate.validity().not_before.timestamp())?,
            not_after: moment(certificate.validity().not_after.timestamp())?,
            client_auth: usage.map(|usage| usage.value.client_auth || usage.value.any),
        })
    }

    /// Whether `now` lies inside the validity.
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.not_before <= now && now <= self.not_after
    }

    /// How loudly its expiry is to be announced at `now`.
    pub fn alarm(&self, now: Timestamp) -> ExpiryAlarm {
        ExpiryAlarm::at(self.not_after, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alarm_grows_as_the_day_comes_near() {
        let not_after: Timestamp = "2027-03-01T00:00:00Z".parse().unwrap();
        let cases = [
            ("2026-11-30T23:59:59Z", ExpiryAlarm::Quiet),
            ("2026-12-01T00:00:00Z", ExpiryAlarm::Notice),
            ("2027-01-29T23:59:59Z", ExpiryAlarm::Notice),
            ("2027-01-30T00:00:00Z", ExpiryAlarm::Warning),
            ("2027-02-21T23:59:59Z", ExpiryAlarm::Warning),
            ("2027-02-22T00:00:00Z", ExpiryAlarm::Critical),
            ("2027-03-01T00:00:00Z", ExpiryAlarm::Critical),
            ("2027-03-01T00:00:01Z", ExpiryAlarm::Expired),
        ];
        for (now, expected) in cases {
            assert_eq!(ExpiryAlarm::at(not_after, now.parse().unwrap()), expected, "at {now}");
        }
    }
}
