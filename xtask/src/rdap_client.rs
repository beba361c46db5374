//! The directory, read by ICANN's own client: `rdap -O gtld-whois` turns our RDAP answers into WHOIS, which has to say what our WHOIS
//! says, field by field; and it follows the paths of our redactions (RFC 9537), each to as many places as it is made for.
//!
//! Where the two differ by what they are, the client was read and the standard decides; [`whois_as_the_client_says_it`] and
//! [`client_as_whois_says_it`] hold every such difference with its reason. None is left in which our answer had to change.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::command_line::{CommandLine, Failure};
use crate::room::Room;
use crate::served_directory::ServedDirectory;
use crate::steps::Step;
use crate::tally::{Failed, Passed};

/// What stands where a value is withheld: in our WHOIS, and what the client puts where it found one emptied or gone.
const WITHHELD: &str = "REDACTED";
const SIMPLIFIED: &str = "////REDACTED_";
const EMPTIED: &str = "[[REDACTED]]";

/// The longest a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Label to its values in order, empty ones left out.
type Fields = BTreeMap<String, Vec<String>>;

/// Reads every name in both ways.
pub fn compare(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let (log, repeat) = (room.log(step.name), format!("cargo xtask test --only {}", step.name));
    let failure = |error: anyhow::Error| Failure { why: format!("{error:#}"), repeat: repeat.clone(), log: Some(log.clone()) };
    let directory = ServedDirectory::start(room, step.name, &log, |_| Ok(())).map_err(failure)?;
    let mut passed = Passed::default();
    let (mut fields, mut paths) = (0, 0);
    for name in &directory.names {
        let read = Reading { room, home: &directory.folder, directory: &directory, name };
        let done = read.fields().and_then(|fields| Ok((fields, read.paths()?))).with_context(|| format!("`{name}`"));
        let done = done.map_err(|error| Failed { passed: passed.checks, failed: 1, failure: failure(error) })?;
        (fields, paths) = (fields + done.0, paths + done.1);
        passed.checks += 2;
    }
    passed.notes.push(format!("{} names, {fields} fields alike, {paths} emptied places found", directory.names.len()));
    Ok(passed)
}

/// A name that is read.
struct Reading<'a> {
    room: &'a Room,
    /// Where the client keeps its own files.
    home: &'a Path,
    directory: &'a ServedDirectory,
    name: &'a str,
}

impl Reading<'_> {
    /// Compares what both say; gives how many fields there are.
    fn fields(&self) -> Result<usize> {
        let whois = whois_as_the_client_says_it(&self.whois()?);
        let mut client = client_as_whois_says_it(&self.client(&["-O", "gtld-whois"])?);
        // The client shows the U-labels of a name, our WHOIS its A-labels: they are the same name if WHOIS finds it by either.
        if let Some(unicode) = client.get("Domain Name").and_then(|names| names.first()).filter(|name| !name.is_ascii()) {
            let found = Reading { name: unicode.as_str(), ..*self }.whois()?;
            let ascii = whois_as_the_client_says_it(&found).remove("Domain Name").unwrap_or_default();
            client.insert("Domain Name".to_owned(), ascii);
        }
        ensure!(whois == client, "WHOIS and the client differ: {}", differences(&whois, &client));
        Ok(whois.len())
    }

    /// Has the client follow the paths to what we emptied; gives how many places it found, which is all of them and nothing else.
    fn paths(&self) -> Result<usize> {
        let flags = ["--redaction-flag", "do-rfc9537-redactions", "--redaction-flag", "do-not-simplify-rfc9537", "-O", "json"];
        let text = self.client(&flags)?;
        let answer: Value = serde_json::from_str(&text).context("the client says no JSON")?;
        let redacted = answer["redacted"].as_array().cloned().unwrap_or_default();
        let emptied = redacted.iter().filter(|redaction| redaction["method"] == "emptyValue");
        let wanted: usize = emptied.map(|redaction| places_of(redaction["name"]["type"].as_str().unwrap_or_default())).sum();
        let found = text.matches(EMPTIED).count();
        ensure!(found == wanted, "the client found {found} places by our paths, and {wanted} are empty");
        Ok(found)
    }

    fn client(&self, flags: &[&str]) -> Result<String> {
        let base = format!("https://127.0.0.1:{}/", self.directory.ports.https);
        // The certificate is our own, made out to a name that this machine does not resolve.
        let quiet = ["--no-cache", "--allow-invalid-certificates", "--allow-invalid-host-names", "--log-level", "off"];
        let line = CommandLine::new(["rdap"]).args(quiet).args(flags.iter().copied()).args(["--query-type", "domain", "--base-url"]);
        let line = line.args([base.as_str(), self.name]).env("HOME", self.home.display().to_string());
        let output = line.command(self.room.root()).output().with_context(|| format!("`{line}` cannot be started"))?;
        if !output.status.success() {
            bail!("`{line}` ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    fn whois(&self) -> Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.directory.ports.whois))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "{}\r\n", self.name)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

/// How many strings a redaction empties: a street is three parts of an address (RFC 6350 section 6.3.1: box, extension, street).
fn places_of(name: &str) -> usize {
    if name == "Registrant Street" { 3 } else { 1 }
}

/// Our WHOIS without what the client cannot say.
fn whois_as_the_client_says_it(text: &str) -> Fields {
    let mut fields = fields_of(text);
    // The client has no word for these: ids of contacts, the registrar's page, the end of the term that the registrar sold (it shows the
    // registry's), and it is silent where nothing is signed. The complaint form it names by itself, whatever is answered.
    let silent = ["Registry Registrant ID", "Registry Tech ID", "Registrar URL", "Registrar Registration Expiration Date"];
    silent.iter().for_each(|label| drop(fields.remove(*label)));
    fields.remove("URL of the ICANN RDDS Inaccuracy Complaint Form");
    if fields.get("DNSSEC").is_some_and(|values| values == &["unsigned"]) {
        fields.remove("DNSSEC");
    }
    for role in ["Registrant", "Tech"] {
        // What a redaction took away is not there to be shown (RFC 9537 section 3.1), and of what replaces an address of mail (section 3.4)
        // the client knows no `contact-uri`.
        for label in ["Phone", "Phone Ext", "Fax", "Fax Ext", "Email"] {
            let is_gone = |values: &Vec<String>| values.iter().all(|value| value == WITHHELD || value.starts_with("https://"));
            let label = format!("{role} {label}");
            if fields.get(&label).is_some_and(is_gone) {
                fields.remove(&label);
            }
        }
        // Lines of a street on one line.
        if let Some(lines) = fields.get_mut(&format!("{role} Street")) {
            *lines = vec![lines.join(" ")];
        }
    }
    // `ok https://icann.org/epp#ok`: the address repeats the word.
    if let Some(statuses) = fields.get_mut("Domain Status") {
        statuses.iter_mut().for_each(|status| *status = status.split(' ').next().unwrap_or_default().to_owned());
    }
    fields
}

/// What the client says, in the words of our WHOIS.
fn client_as_whois_says_it(text: &str) -> Fields {
    let mut fields = fields_of(text);
    if let Some(host) = fields.remove("Registrar Whois Server") {
        fields.insert("Registrar WHOIS Server".to_owned(), host);
    }
    for label in ["Registry Expiry Date", "URL of the ICANN Whois Inaccuracy Complaint Form", "DNSSEC DS Data"] {
        fields.remove(label);
    }
    for (label, values) in &mut fields {
        for value in values {
            let plain = match label.as_str() {
                "Domain Status" => epp_word(value),
                // It shows telephones as the URIs that they are in RDAP (RFC 3966).
                _ => value.strip_prefix("tel:").unwrap_or(value).to_owned(),
            };
            *value = if plain.starts_with(SIMPLIFIED) { WITHHELD.to_owned() } else { plain };
        }
    }
    fields
}

fn fields_of(text: &str) -> Fields {
    let mut fields = Fields::new();
    for line in text.lines().map(str::trim) {
        if let Some(updated) = line.strip_prefix(">>> Last update of ") {
            // One speaks of the WHOIS, the other of the RDAP database, at the same time.
            let at = updated.split_once(": ").map_or(updated, |(_, at)| at);
            fields.insert("Last update".to_owned(), vec![at.to_owned()]);
            break;
        }
        if let Some((label, value)) = line.split_once(": ").filter(|(_, value)| !value.is_empty()) {
            fields.entry(label.to_owned()).or_default().push(value.to_owned());
        }
    }
    fields
}

/// EPP's word for RDAP's words (RFC 8056).
fn epp_word(words: &str) -> String {
    if words == "active" {
        return "ok".to_owned();
    }
    let mut out = String::new();
    for (at, word) in words.split(' ').enumerate() {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| if at == 0 { letter } else { letter.to_ascii_uppercase() });
        out.extend(first.into_iter().chain(letters));
    }
    out
}

fn differences(whois: &Fields, client: &Fields) -> String {
    let labels: std::collections::BTreeSet<_> = whois.keys().chain(client.keys()).collect();
    let differing = labels.into_iter().filter(|label| whois.get(*label) != client.get(*label));
    let lines = differing.map(|label| format!("`{label}` is {:?} in WHOIS and {:?} by the client", whois.get(label), client.get(label)));
    lines.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_one_shows_and_the_other_withholds_is_a_difference() {
        let whois = whois_as_the_client_says_it("Registrant Name: REDACTED\r\nRegistrant Phone: REDACTED\r\nTech Name: \r\n>>> x\r\n");
        let alike = client_as_whois_says_it("Registrant Name: ////REDACTED_NAME////\n");
        assert_eq!(differences(&whois, &alike), "");
        for shown in ["Registrant Name: Ada\n", "Registrant Name: ////REDACTED_NAME////\nRegistrant Phone: tel:+1.4185550199\n", ""] {
            assert_ne!(differences(&whois, &client_as_whois_says_it(shown)), "", "{shown}");
        }
    }

    #[test]
    fn statuses_telephones_and_streets_read_alike() {
        let whois = "Domain Status: clientHold https://icann.org/epp#clientHold\nTech Phone: +1.418\nRegistrant Street: 1 A\nRegistrant \
                     Street: 2 B\n>>> Last update of WHOIS database: 2026-11-30T12:00:00Z <<<\nmore: x";
        let client = "Domain Status: client hold\nTech Phone: tel:+1.418\nRegistrant Street: 1 A 2 B\n>>> Last update of RDAP database: \
                      2026-11-30T12:00:00Z <<<\n";
        assert_eq!(differences(&whois_as_the_client_says_it(whois), &client_as_whois_says_it(client)), "");
    }
}
