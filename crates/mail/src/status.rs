//! Enhanced mail system status codes (RFC 3463): what went wrong, in three numbers.

use std::fmt;

/// Longest number in a code: three digits each for subject and detail (RFC 3463 section 2).
const NUMBER_DIGITS: usize = 3;

/// `class.subject.detail`, such as `5.1.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EnhancedStatus {
    /// 2 success, 4 not now, 5 not ever.
    pub class: u8,
    /// What it is about: 1 the address, 2 the mailbox, 3 the mail system, 4 the way there, 5 the protocol, 6 the content, 7 policy.
    pub subject: u16,
    /// Which case of it.
    pub detail: u16,
}

impl EnhancedStatus {
    /// A code.
    #[must_use]
    pub fn new(class: u8, subject: u16, detail: u16) -> Self {
        Self { class, subject, detail }
    }

    /// The code that `text` begins with; what follows, such as a comment, is left alone.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let word: &str = text.trim_start().split(|c: char| c.is_whitespace() || c == '(' || c == ';').next()?;
        let mut numbers = word.split('.');
        let class = match numbers.next()? {
            "2" => 2,
            "4" => 4,
            "5" => 5,
            _ => return None,
        };
        let (subject, detail) = (number(numbers.next()?)?, number(numbers.next()?)?);
        numbers.next().is_none().then_some(Self { class, subject, detail })
    }

    /// The first code among the words of `text`, such as that in `smtp; 550 5.1.1 unknown`.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        text.split(|c: char| c.is_whitespace() || c == ';' || c == '-' || c == '#').find_map(Self::parse)
    }

    /// Whether it says nothing but its class: a reply code says as much.
    #[must_use]
    pub fn is_vague(self) -> bool {
        self.subject == 0
    }

    /// Whether a refusal for good says that the address itself cannot be reached: no such mailbox, no such host, no way there. A full
    /// mailbox, a message that was too large or not liked, a policy of the other side say nothing about the address. `5.4.1` is among
    /// them because large providers say it of unknown mailboxes.
    #[must_use]
    pub fn blames_address(self) -> bool {
        // 5.1.7 and 5.1.8 are about the sender's address; 5.4.5 and 5.4.7 are congestion and time that ran out.
        self.class == 5
            && match self.subject {
                0 => true,
                1 => !matches!(self.detail, 7 | 8),
                2 => matches!(self.detail, 0 | 1),
                4 => !matches!(self.detail, 5 | 7),
                _ => false,
            }
    }
}

fn number(digits: &str) -> Option<u16> {
    let is_number = (1..=NUMBER_DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

impl fmt::Display for EnhancedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_they_are_written() {
        for (text, want) in [
            ("5.1.1", Some("5.1.1")),
            ("5.1.1 (bad destination mailbox address)", Some("5.1.1")),
            (" 4.4.7", Some("4.4.7")),
            ("2.0.0;", Some("2.0.0")),
            ("5.4.310 DNS domain does not exist", Some("5.4.310")),
            ("3.1.1", None),
            ("5.1", None),
            ("5.1.1.1", None),
            ("5.1.1111", None),
            ("5..1", None),
            ("5.+1.1", None),
            ("", None),
        ] {
            assert_eq!(EnhancedStatus::parse(text).map(|status| status.to_string()).as_deref(), want, "{text}");
        }
        assert_eq!(EnhancedStatus::find("smtp; 550-5.1.1 no such user"), Some(EnhancedStatus::new(5, 1, 1)));
        assert_eq!(EnhancedStatus::find("host 192.0.2.1 said: 550 unknown"), None);
    }

    #[test]
    fn only_the_address_is_blamed_for_what_is_the_address() {
        let blamed = ["5.0.0", "5.1.1", "5.1.2", "5.1.10", "5.2.1", "5.4.1", "5.4.4", "5.4.310"];
        let not = ["4.1.1", "5.1.8", "5.2.2", "5.2.3", "5.3.4", "5.4.7", "5.5.0", "5.6.0", "5.7.1", "5.7.26", "2.1.5"];
        for (text, want) in blamed.map(|text| (text, true)).into_iter().chain(not.map(|text| (text, false))) {
            assert_eq!(EnhancedStatus::parse(text).unwrap().blames_address(), want, "{text}");
        }
    }
}
