//! The configuration of a directory: a file of its own, since the process that serves the public knows nothing of the instance.

mod optional;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use directory::limit::Rate;
use directory::probe::Asked;
use directory::settings::BaseUrl;
use directory::{Registrar, Settings};
use policy::desk::FormKind;
use serde::Deserialize;
use store::VerifierKey;
use store::intake::IntakePublicKey;

use crate::config::{fault, read_text};
use crate::failure::Failure;

pub use optional::{Acme, Metrics, Probe, Web};

/// The version of the file's shape that this program reads.
const SCHEMA: u32 = 1;

/// A whole configuration. Relative paths are relative to the file's folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryConfig {
    /// The version of the file's shape.
    pub schema: u32,
    /// Where the records come from.
    pub feed: Feed,
    /// Who answers.
    pub registrar: RegistrarSection,
    /// RDAP.
    pub rdap: Rdap,
    /// WHOIS on port 43, where it is wanted (RDAP-13).
    pub whois: Option<Whois>,
    /// Pages for people, where they are wanted.
    pub web: Option<Web>,
    /// Numbers for Prometheus, where they are wanted.
    pub metrics: Option<Metrics>,
    /// The self-probe, where it is wanted.
    pub probe: Option<Probe>,
    /// An authority for certificates, where they are not put there by hand.
    pub acme: Option<Acme>,
    /// How much one network may ask.
    #[serde(default)]
    pub limits: Limits,
    /// What the public may send, where this directory takes it.
    pub forms: Option<Forms>,
}

/// What the public may send.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forms {
    /// The folder that forms are put into.
    pub folder: PathBuf,
    /// The public key they are sealed to: `intake-x25519+HASH+KEY`.
    pub key: String,
    /// Whether the pages promise a reply within 72 hours, as the instance's `[desk] nis2` says.
    #[serde(default)]
    pub nis2: bool,
}

/// Where the records come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// The folder of the feed.
    pub folder: PathBuf,
    /// The public key it is signed with: `NAME+HASH+KEY`.
    pub key: String,
}

/// Who answers, as ICANN's list of registrars has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrarSection {
    /// IANA registrar id.
    pub iana_id: u32,
    /// Name.
    pub name: String,
    /// Web site.
    pub url: String,
    /// Abuse desk: telephone.
    pub abuse_phone: String,
    /// Abuse desk: e-mail.
    pub abuse_email: String,
    /// The terms of service: a page that exists.
    pub terms_url: String,
    /// The terms in a sentence.
    pub terms: String,
    /// The form that reaches a holder without revealing it.
    pub contact_form_url: String,
}

/// RDAP over HTTPS.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rdap {
    /// The base as registered at IANA.
    pub base_url: String,
    /// Where to listen; both IP versions (TIG 1.9).
    pub listen: Vec<SocketAddr>,
    /// Where plain HTTP is answered with the way to HTTPS.
    #[serde(default)]
    pub redirect: Vec<SocketAddr>,
    /// PEM file with the chain, our certificate first. Read again when it changes.
    pub certificate: PathBuf,
    /// PEM file with the private key.
    pub key: PathBuf,
}

/// WHOIS on port 43.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whois {
    /// The public name of the host.
    pub host: String,
    /// Where to listen.
    pub listen: Vec<SocketAddr>,
}

/// How much one network may ask: an IPv4 address, or the /64 of an IPv6 address.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Questions a second.
    pub per_second: u32,
    /// Questions at once after a pause.
    pub burst: u32,
    /// How many questions a miss counts as.
    pub miss_cost: u32,
    /// Networks without a limit, `192.0.2.0/24`: ICANN's probes, your own.
    pub exempt: Vec<String>,
}

impl Default for Limits {
    fn default() -> Self {
        let Rate { per_second, burst, miss_cost, .. } = Rate::default();
        Self { per_second, burst, miss_cost, exempt: Vec::new() }
    }
}

/// What a configuration gives, checked.
#[derive(Debug)]
pub struct Checked {
    /// What answers are made with.
    pub settings: Settings,
    /// How much one network may ask.
    pub rate: Rate,
    /// The key of the feed.
    pub feed_key: VerifierKey,
    /// What the probe asks.
    pub asked: Option<Asked>,
    /// The key of the forms, and the path before their last word.
    pub forms: Option<(IntakePublicKey, String)>,
}

impl DirectoryConfig {
    /// Reads the configuration in `path`.
    ///
    /// # Errors
    /// [`Failure`] with the line, the key, what is wrong and what to do.
    pub fn read(path: &Path) -> Result<(Self, Checked), Failure> {
        let text = read_text(path, "`namekeep directory init` writes a file in which every key is explained")?;
        Self::parse(&text, path)
    }

    /// Parses a configuration; `path` is only named in faults.
    ///
    /// # Errors
    /// As [`DirectoryConfig::read`].
    pub fn parse(text: &str, path: &Path) -> Result<(Self, Checked), Failure> {
        let config: Self = toml::from_str(text).map_err(|error| fault::of_toml(text, path, &error))?;
        let checked = config.check(text, path)?;
        Ok((config, checked))
    }

    fn check(&self, text: &str, path: &Path) -> Result<Checked, Failure> {
        let wrong = |key: &str, problem: &str, advice: &str| fault::at_key(text, path, key, problem, advice);
        if self.schema != SCHEMA {
            return Err(wrong("schema", "this program reads schema 1", "write `schema = 1`, or use the program this file was written for"));
        }
        let feed_key = VerifierKey::parse(&self.feed.key)
            .map_err(|fault| wrong("key", &fault.to_string(), "`namekeep --dir INSTANCE directory key` prints it"))?;
        let base_url = BaseUrl::parse(&self.rdap.base_url)
            .map_err(|fault| wrong("base_url", &fault.to_string(), "write it as it stands in IANA's list of registrars"))?;
        if self.rdap.listen.is_empty() {
            return Err(wrong("listen", "RDAP listens nowhere", "name an address of each IP version, `[\"0.0.0.0:443\", \"[::]:443\"]`"));
        }
        for (key, url) in
            [("url", &self.registrar.url), ("terms_url", &self.registrar.terms_url), ("contact_form_url", &self.registrar.contact_form_url)]
        {
            if !is_page(url) {
                return Err(wrong(key, "it is no address of a page", "write it whole, beginning with `https://`"));
            }
        }
        if let Err(error) = model::Email::parse(&self.registrar.abuse_email) {
            return Err(wrong("abuse_email", &error.to_string(), "write the address of the abuse desk"));
        }
        if let Err(error) = model::Phone::parse(&self.registrar.abuse_phone, None) {
            return Err(wrong("abuse_phone", &error.to_string(), "write the number of the abuse desk"));
        }
        if self.limits.per_second == 0 || self.limits.burst == 0 {
            return Err(wrong("per_second", "nobody could ask anything", "leave the limits out, or write numbers from 1 on"));
        }
        let exempt = self.limits.exempt.iter().map(|network| {
            read_network(network)
                .ok_or_else(|| wrong("exempt", &format!("`{network}` is no network"), "write it as `192.0.2.0/24` or `2001:db8::/32`"))
        });
        let rate = Rate {
            per_second: self.limits.per_second,
            burst: self.limits.burst,
            miss_cost: self.limits.miss_cost,
            exempt: exempt.collect::<Result<_, _>>()?,
        };
        let asked = self.check_optional(&base_url, &wrong)?;
        let forms = self.forms.as_ref().map(|forms| self.check_forms(forms, &wrong)).transpose()?;
        Ok(Checked { settings: self.settings(base_url), rate, feed_key, asked, forms })
    }

    /// The address in answers is that of a page which is served here: RDP-12 has to be more than an address.
    fn check_forms(&self, forms: &Forms, wrong: &dyn Fn(&str, &str, &str) -> Failure) -> Result<(IntakePublicKey, String), Failure> {
        let key = IntakePublicKey::parse(&forms.key)
            .map_err(|fault| wrong("key", &fault.to_string(), "`namekeep --dir INSTANCE directory intake-key` prints it"))?;
        let address = self.registrar.contact_form_url.split_once("://").map_or("", |(_, rest)| rest);
        let path = address.find('/').map_or("", |at| &address[at..]);
        let base_path = path.strip_suffix(FormKind::Contact.word()).filter(|base| base.ends_with('/') && !base.contains(['?', '#']));
        let base_path = base_path.ok_or_else(|| {
            let advice = "write the address at which this directory is reached, or leave `[forms]` out";
            wrong("contact_form_url", "with `[forms]` its path ends in `/contact`, which is served here", advice)
        })?;
        Ok((key, base_path.to_owned()))
    }

    fn settings(&self, base_url: BaseUrl) -> Settings {
        let RegistrarSection { iana_id, name, url, abuse_phone, abuse_email, terms_url, terms, contact_form_url } = self.registrar.clone();
        Settings {
            registrar: Registrar { iana_id, name, url, abuse_phone, abuse_email },
            base_url,
            terms_url,
            terms,
            contact_form_url,
            whois_host: self.whois.as_ref().map(|whois| whois.host.clone()),
        }
    }
}

/// Whether a text is the address of a page.
fn is_page(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://")) && !url.contains(|c: char| c.is_whitespace() || "\"<>\\".contains(c))
}

/// An address with the length of its prefix.
fn read_network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, prefix) = text.split_once('/')?;
    let (address, prefix): (IpAddr, u8) = (address.parse().ok()?, prefix.parse().ok()?);
    (prefix <= if address.is_ipv4() { 32 } else { 128 }).then_some((address, prefix))
}

/// What a fresh configuration is made with.
pub struct Given<'g> {
    /// The folder of the feed.
    pub feed: &'g Path,
    /// Its key.
    pub feed_key: Option<&'g str>,
    /// The folder of the forms.
    pub intake: &'g Path,
    /// The key they are sealed to; without one there are none.
    pub intake_key: Option<&'g str>,
}

/// The text of a fresh configuration. It is valid as it stands once the key of the feed is in.
pub fn filled(given: &Given<'_>) -> String {
    let value = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let path = |path: &Path| value(&path.display().to_string());
    let forms = match given.intake_key {
        Some(key) => FORMS.replacen("\"intake\"", &path(given.intake), 1).replacen("\"KEY\"", &value(key), 1),
        None => FORMS
            .replacen("[forms]\n", "# [forms]\n", 1)
            .replace("\nfolder", "\n# folder")
            .replace("\nkey", "\n# key")
            .replace("\nnis2", "\n# nis2"),
    };
    let feed_key = value(given.feed_key.unwrap_or("NAME+HASH+KEY"));
    TEMPLATE.replacen("\"feed\"", &path(given.feed), 1).replacen("\"NAME+HASH+KEY\"", &feed_key, 1) + &forms
}

const FORMS: &str = r#"
# The pages by which a holder is reached, inaccurate data is reported and withheld data is asked for: `contact`, `inaccuracy` and
# `disclosure`, at the address that `contact_form_url` names. What is sent is sealed before it is written; this process cannot read it.
[forms]
# The folder that the instance's `[desk] intake` names, or one whose files are moved there.
folder = "intake"
# `namekeep --dir INSTANCE directory intake-key` prints it.
key = "KEY"
# As the instance's `[desk] nis2`: the page promises what the desk keeps.
nis2 = false
"#;

const TEMPLATE: &str = r#"# Namekeep: the configuration of one public directory (RDAP, WHOIS). Unknown keys are refused.
# Relative paths are relative to the folder this file is in. This process needs no key of the instance and should have none.
schema = 1

[feed]
# The folder that the instance's `[publication] feed` names, or a copy of it.
folder = "feed"
# What it is signed with; `namekeep --dir INSTANCE directory key` prints it.
key = "NAME+HASH+KEY"

[registrar]
# As ICANN's list of accredited registrars has it.
iana_id = 9999
name = "Registrar Example"
url = "https://www.registrar.example/"
abuse_phone = "+1.2025550101"
abuse_email = "abuse@registrar.example"
# A page that exists, and its sense in a sentence.
terms_url = "https://www.registrar.example/rdap-terms"
terms = "Access to this registration data is provided for lawful purposes only; mass marketing and bulk queries are not allowed."
# Answers give this address, with `?domain=NAME`, in the place of an e-mail address that is withheld.
contact_form_url = "https://rdap.registrar.example/contact"

[rdap]
# Byte for byte as registered at IANA; it ends in a slash.
base_url = "https://rdap.registrar.example/"
listen = ["0.0.0.0:443", "[::]:443"]
# Plain HTTP is answered with the way to HTTPS and nothing else.
redirect = ["0.0.0.0:80", "[::]:80"]
# PEM: the chain with our certificate first, and its key, which nobody else may read (mode 0600). They are read again when they change.
certificate = "certificates/rdap.pem"
key = "certificates/rdap.key"

# WHOIS is no duty any more; leave the section out to do without.
[whois]
host = "whois.registrar.example"
listen = ["0.0.0.0:43", "[::]:43"]

# Pages for people at `/` and `/lookup`; leave the section out to do without.
[web]
# A page of yours that says how to ask for what is withheld, where you have one.
# disclosure_url = "https://www.registrar.example/disclosure"

# Numbers for Prometheus at `/metrics`, for this machine alone.
[metrics]
address = "127.0.0.1:9464"

# Asks the public address as ICANN does, over IPv4 and IPv6, and keeps the month's availability, round trips and update times in a file;
# `namekeep directory report` prints them. Better still from another network: `namekeep directory probe` asks once.
# [probe]
# names = ["a-name-of-ours.example"]
# interval_s = 60
# book = "probe.json"

# Certificates from an authority by ACME (http-01 on the addresses of `redirect`), written into the files of `[rdap]` and renewed in time.
# [acme]
# authority = "https://acme-v02.api.letsencrypt.org/directory"
# agree_to_terms = true
# contact = "hostmaster@registrar.example"
# account = "certificates/acme-account.json"

[limits]
# For one IPv4 address, or the /64 of an IPv6 address. Names that are not found count as several questions.
per_second = 10
burst = 60
miss_cost = 4
# Networks without a limit: ICANN's probes, your own.
exempt = []
"#;

#[cfg(test)]
mod tests {
    use super::*;

    fn fault_of(change: impl FnOnce(String) -> String) -> String {
        let key = store::SignerKey::generate("feed.test").unwrap().verifier().to_string();
        let intake = store::intake::IntakeKey::generate().unwrap().public().to_string();
        let given = Given { feed: Path::new("feed"), feed_key: Some(&key), intake: Path::new("intake"), intake_key: Some(&intake) };
        let text = change(filled(&given));
        match DirectoryConfig::parse(&text, Path::new("directory.toml")) {
            Ok(_) => "accepted".to_owned(),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn the_template_of_init_is_a_valid_configuration() {
        assert_eq!(fault_of(|text| text), "accepted");
        assert_eq!(fault_of(with_everything), "accepted");
        assert_eq!(fault_of(|text| text.replace("exempt = []", "exempt = [\"192.0.2.0/24\", \"2001:db8::/32\"]")), "accepted");
    }

    /// The template with what it leaves to the operator.
    fn with_everything(text: String) -> String {
        let is_optional = |line: &str| line.starts_with("# [") || line.starts_with("# ") && line.contains(" = ") && !line.contains('`');
        let lines = text.lines().map(|line| if is_optional(line) { &line[2..] } else { line });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn faults_of_optional_sections_name_the_key_too() {
        let cases = [
            ("127.0.0.1:9464", "0.0.0.0:9464", "`address`: metrics are for this machine alone"),
            ("https://www.registrar.example/disclosure", "ask us", "`disclosure_url`: it is no address of a page"),
            ("interval_s = 60", "interval_s = 5", "`interval_s`: the probe asks every 10 to 3600 seconds"),
            ("[\"a-name-of-ours.example\"]", "[]", "`names`: the probe asks for 1 to 10 names"),
            ("[\"a-name-of-ours.example\"]", "[\"a b\"]", "`names`:"),
            ("book = \"probe.json\"", "book = \"probe.json\"\npublic_whois = \"x\"", "`public_whois`: it is no host with a port"),
            ("agree_to_terms = true", "agree_to_terms = false", "`agree_to_terms`: without agreement there is no certificate"),
            ("https://acme-v02", "http://acme-v02", "`authority`: it is no address of HTTPS"),
            ("redirect = [\"0.0.0.0:80\", \"[::]:80\"]", "redirect = []", "`authority`: the authority asks on port 80"),
        ];
        for (right, wrong, want) in cases {
            let said = fault_of(|text| with_everything(text).replacen(right, wrong, 1));
            assert!(said.starts_with("directory.toml:") && said.contains(want), "{said}");
        }
    }

    /// What is changed, and the line and the beginning of the sentence.
    #[test]
    fn faults_name_the_line_the_key_and_the_way_out() {
        let cases = [
            (
                "= \"https://rdap.registrar.example/\"",
                "= \"https://rdap.registrar.example\"",
                "`base_url`: the RDAP base has to end in `/`",
            ),
            ("iana_id = 9999", "iana_id = \"x\"", "`iana_id`: invalid type"),
            ("exempt = []", "exempt = [\"192.0.2.0/33\"]", "`exempt`: `192.0.2.0/33` is no network"),
            ("+1.2025550101", "555", "`abuse_phone`: the telephone number is not in the registries' form"),
            ("per_second = 10", "per_second = 0", "`per_second`: nobody could ask anything"),
            ("miss_cost = 4", "miss_costs = 4", "unknown field `miss_costs`"),
            ("https://rdap.registrar.example/contact", "contact", "`contact_form_url`: it is no address of a page"),
            (
                "https://rdap.registrar.example/contact",
                "https://rdap.registrar.example/reach-us",
                "`contact_form_url`: with `[forms]` its path",
            ),
            ("intake-x25519+", "intake-x25519+0", "`key`: "),
        ];
        for (right, wrong, want) in cases {
            let said = fault_of(|text| text.replacen(right, wrong, 1));
            assert!(said.starts_with("directory.toml:") && said.contains(want), "{said}");
        }
        let said = fault_of(|text| text.replacen("key = \"feed.test", "key = \"broken", 1));
        assert!(said.contains("`key`:"), "{said}");
    }
}
