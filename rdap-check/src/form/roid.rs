//! Repository object ids (RFC 5730 section 2.8): a local part, a hyphen, and a repository that IANA lists.

use crate::finding::Findings;
use crate::iana;
use crate::node::Node;

/// Judges a handle: `form` goes wrong if it has no ROID's form, `repository` if IANA doesn't list what follows the hyphen.
pub(crate) fn judge_roid(found: &mut Findings, form: i32, repository: i32, handle: &Node<'_>) {
    let text = handle.text().unwrap_or_default();
    if !is_roid(text) {
        found.report(form, handle, format!("The handle `{text}` hasn't the form of a repository object id."));
    } else if !text.split_once('-').is_some_and(|(_, id)| iana::is_epp_repository(id)) {
        found.report(repository, handle, format!("The handle `{text}` ends in a repository id that IANA doesn't list."));
    }
}

/// Whether a handle shows that the registry restored it from escrow: the repository `ICANNRST` may not be shown.
pub(crate) fn ends_in_icannrst(handle: &Node<'_>) -> bool {
    handle.text().is_some_and(|text| text.ends_with("-ICANNRST"))
}

fn is_roid(text: &str) -> bool {
    let is_word = |part: &str, longest| {
        let length = part.chars().count();
        (1..=longest).contains(&length) && part.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'_')
    };
    text.split_once('-').is_some_and(|(local, repository)| is_word(local, 80) && is_word(repository, 8))
}

#[cfg(test)]
mod tests {
    use super::is_roid;

    #[test]
    fn forms() {
        assert!(is_roid("2336799_DOMAIN_COM-VRSN"));
        for bad in ["", "VRSN", "-VRSN", "A-B-VRSN", "A-", "A-TOOLONGID", "9999 X-VRSN"] {
            assert!(!is_roid(bad), "{bad}");
        }
    }
}
