//! What the directory says of itself and of the registrar. Read once; answers repeat it.

use std::fmt;

use thiserror::Error;

/// The registrar, as its public record at ICANN has it.
#[derive(Clone, Debug)]
pub struct Registrar {
    /// IANA registrar id.
    pub iana_id: u32,
    /// Name.
    pub name: String,
    /// Web site.
    pub url: String,
    /// Abuse desk: telephone, `+1.2025550101`.
    pub abuse_phone: String,
    /// Abuse desk: e-mail.
    pub abuse_email: String,
}

/// What every answer is made with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The registrar.
    pub registrar: Registrar,
    /// The RDAP base as registered at IANA, byte for byte (RDAP-10); it ends in `/`.
    pub base_url: BaseUrl,
    /// The terms of service: a page that exists (RP 2.10).
    pub terms_url: String,
    /// The terms in a sentence, for the notice and for WHOIS.
    pub terms: String,
    /// The form that reaches a holder without revealing it (RDP-12); `?domain=NAME` is appended.
    pub contact_form_url: String,
    /// The host that answers on port 43; none where WHOIS is off.
    pub whois_host: Option<String>,
}

/// An `https` address that ends in `/`.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    /// Where the path begins.
    path_at: usize,
}

impl BaseUrl {
    /// Reads the address.
    ///
    /// # Errors
    /// [`BaseUrlFault`] if it is not `https`, has no host, does not end in `/`, or has a query.
    pub fn parse(text: &str) -> Result<Self, BaseUrlFault> {
        let rest = text.strip_prefix("https://").ok_or(BaseUrlFault::Scheme)?;
        let path = rest.find('/').ok_or(BaseUrlFault::Slash)?;
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"?#\"<>\\@".contains(&byte);
        if path == 0 || !rest.bytes().all(is_plain) {
            return Err(BaseUrlFault::Form);
        }
        if !rest.ends_with('/') {
            return Err(BaseUrlFault::Slash);
        }
        Ok(Self { text: text.to_owned(), path_at: text.len() - rest.len() + path })
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme and host, without a slash at the end: what stands before the path of every request.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.text[..self.path_at]
    }

    /// The host alone.
    #[must_use]
    pub fn host(&self) -> &str {
        let authority = self.origin().trim_start_matches("https://");
        match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        }
    }

    /// The port: what is written, or that of HTTPS.
    #[must_use]
    pub fn port(&self) -> u16 {
        let port = self.origin().rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        port.unwrap_or(443)
    }

    /// The path, from slash to slash.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.text[self.path_at..]
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why an address is no base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BaseUrlFault {
    /// Another scheme.
    #[error("the RDAP base has to begin with `https://` (TIG 1.4)")]
    Scheme,
    /// No slash at its end.
    #[error("the RDAP base has to end in `/`, exactly as it is registered at IANA (TIG 1.13)")]
    Slash,
    /// Something that does not belong into it.
    #[error("the RDAP base is a host and a path, such as `https://rdap.registrar.example/`, without user, query or fragment")]
    Form,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_https_and_ends_in_a_slash() {
        let base = BaseUrl::parse("https://rdap.registrar.example:8443/v1/").unwrap();
        assert_eq!((base.origin(), base.path()), ("https://rdap.registrar.example:8443", "/v1/"));
        assert_eq!((base.host(), base.port()), ("rdap.registrar.example", 8443));
        let base = BaseUrl::parse("https://rdap.registrar.example/").unwrap();
        assert_eq!((base.host(), base.port()), ("rdap.registrar.example", 443));
        for (text, want) in [
            ("http://rdap.registrar.example/", BaseUrlFault::Scheme),
            ("https://rdap.registrar.example", BaseUrlFault::Slash),
            ("https://rdap.registrar.example/rdap", BaseUrlFault::Slash),
            ("https:///", BaseUrlFault::Form),
            ("https://a/?x/", BaseUrlFault::Form),
            ("https://user@a/", BaseUrlFault::Form),
        ] {
            assert_eq!(BaseUrl::parse(text), Err(want), "{text}");
        }
    }
}
