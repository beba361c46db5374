//! Mail addresses: RFC 5322 addr-spec with a dot-atom as local part and a domain of at least two labels.

use super::domain_name::name_fault;

/// Whether a text is such an address.
pub(crate) fn is_email(text: &str) -> bool {
    let mut halves = text.split('@');
    let (Some(local), Some(domain), None) = (halves.next(), halves.next(), halves.next()) else { return false };
    local.split('.').all(is_atom) && !domain.ends_with('.') && name_fault(domain).is_none()
}

fn is_atom(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&octet))
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn forms() {
        for good in ["abuse@registrar.example", "a.b+c@xn--bcher-kva.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "abuse", "a@b", "a@b@c.example", ".a@b.example", "a b@c.example", "a@c .example", "a@c.example."] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
