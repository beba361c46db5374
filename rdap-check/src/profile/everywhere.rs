//! What holds wherever it stands: links, statuses, addresses, phones, mail addresses, and no script.

use crate::card::{Property, named_everywhere};
use crate::finding::Findings;
use crate::form::email::is_email;
use crate::iana;
use crate::node::Node;
use crate::structure::words::has_repetition;

/// How many parts the value of an `adr` has (RFC 6350 section 6.3.1), and which of them is the country's name.
const ADDRESS_PARTS: usize = 7;
const COUNTRY_NAME: usize = 6;

/// Judges the whole body.
pub(crate) fn judge(found: &mut Findings, root: &Node<'_>) {
    for link in root.everywhere("links").iter().flat_map(Node::items).filter(Node::is_object) {
        found.demand(link.member("value").is_some(), -10612, &link, "The link has no `value`.");
        found.demand(link.member("rel").is_some(), -10613, &link, "The link has no `rel`.");
    }
    for status in root.everywhere("status") {
        found.demand(!has_repetition(&status), -11003, &status, "A status is given more than once.");
    }
    for address in named_everywhere(root, "adr") {
        judge_address(found, &address);
    }
    for phone in named_everywhere(root, "tel") {
        let has_kind = phone.types().iter().any(|word| word == "voice" || word == "fax");
        found.demand(has_kind, -20900, &phone.0, "The phone number has no `type` of `voice` or `fax`.");
    }
    for email in named_everywhere(root, "email") {
        let text = email.value().and_then(|value| value.text()).unwrap_or_default();
        found.demand(is_email(text), -12320, &email.0, format!("`{text}` isn't a mail address."));
    }
    for node in root.everything() {
        let has_script = node.text().is_some_and(has_script_tag) || node.members().iter().any(|(name, _)| has_script_tag(name));
        found.demand(!has_script, -40100, &node, "There is a script in the text.");
    }
}

fn judge_address(found: &mut Findings, address: &Property<'_>) {
    let parts = address.value().map(|value| value.items().len()).unwrap_or_default();
    found.demand(parts == ADDRESS_PARTS, -20800, &address.0, "The address isn't in seven parts.");
    let has_no_country_name = parts == ADDRESS_PARTS && address.part(COUNTRY_NAME).and_then(|part| part.text()) == Some("");
    found.demand(has_no_country_name, -62100, &address.0, "The seventh part of the address isn't an empty string.");
    let has_country_code = address.parameter("cc").and_then(|code| code.text()).is_some_and(iana::is_country_code);
    found.demand(has_country_code, -62101, &address.0, "The address has no `cc` parameter with a country code.");
}

/// Whether a text has a tag with the word `script` in it, `<script>` and `</script>` included.
fn has_script_tag(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.split('<').skip(1).any(|after| after.split_once('>').is_some_and(|(tag, _)| tag.contains("script")))
}
