//! What the subject of registration data agreed to publish (RDP-13, and RDP-4 for the organisation).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// An element that is published only if its subject agrees. State or province and country are none of them: they are always shown
/// (RDP-11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentElement {
    /// The name.
    Name,
    /// The organisation. Also what "agreed" means when the holder is asked whether the organisation may be published (RDP-4, RDP-16).
    Organisation,
    /// The street.
    Street,
    /// The city.
    City,
    /// The postcode.
    Postcode,
    /// The telephone with its extension.
    Phone,
    /// The fax with its extension.
    Fax,
    /// The e-mail address.
    Email,
}

impl ConsentElement {
    /// All of them, in the order in which a record shows them.
    pub const ALL: [Self; 8] =
        [Self::Name, Self::Organisation, Self::Street, Self::City, Self::Postcode, Self::Phone, Self::Fax, Self::Email];

    /// The word that people write and read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Organisation => "organisation",
            Self::Street => "street",
            Self::City => "city",
            Self::Postcode => "postcode",
            Self::Phone => "phone",
            Self::Fax => "fax",
            Self::Email => "email",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|element| element.word() == word)
    }
}

/// The elements that a subject agrees to publish now. When and how it said so is kept beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Consent(BTreeSet<ConsentElement>);

impl Consent {
    /// Consent to nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Consent to everything.
    #[must_use]
    pub fn all() -> Self {
        Self(ConsentElement::ALL.into_iter().collect())
    }

    /// Whether the element may be published.
    #[must_use]
    pub fn covers(&self, element: ConsentElement) -> bool {
        self.0.contains(&element)
    }

    /// The elements.
    pub fn elements(&self) -> impl Iterator<Item = ConsentElement> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<ConsentElement> for Consent {
    fn from_iter<I: IntoIterator<Item = ConsentElement>>(elements: I) -> Self {
        Self(elements.into_iter().collect())
    }
}
