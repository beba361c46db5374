//! What the public may read of a name: from a process that has nothing else.

use model::ContactId;
use policy::publication::ConsentElement;
use registrar::contact::{ReadContact, SetConsent};

use super::super::tour::Tour;
use crate::demo::stage::NameOf;
use crate::failure::Failure;

/// Plays the scene.
pub async fn play(tour: &mut Tour) -> Result<(), Failure> {
    tour.scene("The public asks: RDAP and WHOIS, from a process that holds no key");
    let name = NameOf::thick("first-light")?;
    let holder = holder_of(tour, &name)?;
    let person = tour.ours().ask(ReadContact { id: holder })?;
    let directory = tour.stage().directory();
    let files = directory.files();
    let has_no_key = files == ["directory.log", "directory.toml", "rdap.key", "rdap.pem"];
    tour.claim("the directory has a certificate of its own and no key of the registrar", has_no_key, files.join(", "));
    let whois = directory.whois_until(name.as_str(), |answer| answer.contains("Registrant Name: REDACTED"));
    let withholds = |answer: &str| !answer.contains(&person.name) && !answer.contains(person.email.as_str());
    let is_withheld = whois.contains("Registrant Name: REDACTED") && withholds(&whois);
    tour.claim("WHOIS answers for a registered name and withholds its holder", is_withheld, first_line(&whois));
    let rdap = directory.rdap_until(name.as_str(), |answer| answer.starts_with("HTTP/1.1 200"));
    let is_redacted = rdap.starts_with("HTTP/1.1 200") && rdap.contains("\"Registrant Name\"") && withholds(&rdap);
    tour.claim("RDAP over TLS does too, and says what it withholds", is_redacted, first_line(&rdap));
    consent(tour, holder, true).await?;
    let shown = directory.rdap_until(name.as_str(), |answer| answer.contains(&person.name));
    let is_shown = shown.contains(&person.name) && !shown.contains("\"Registrant Name\"");
    tour.claim("the holder agrees to show its name, and it is shown", is_shown, String::new());
    consent(tour, holder, false).await?;
    let again = directory.rdap_until(name.as_str(), withholds);
    tour.claim("it changes its mind, and the name is withheld again", withholds(&again), String::new());
    let gone = NameOf::minimal("first-light")?;
    let absent = directory.rdap_until(gone.as_str(), |answer| answer.starts_with("HTTP/1.1 404"));
    tour.claim("of a name that moved away it knows nothing", absent.starts_with("HTTP/1.1 404"), first_line(&absent));
    Ok(())
}

fn holder_of(tour: &Tour, name: &model::DomainName) -> Result<ContactId, Failure> {
    let registrant = tour.ours().view(name)?.registration.registrant;
    registrant.ok_or_else(|| Failure::usage(format!("`{name}` has no holder.")))
}

async fn consent(tour: &Tour, contact: ContactId, is_given: bool) -> Result<(), Failure> {
    let source = "demo form v1".to_owned();
    tour.ours().order(SetConsent { contact, elements: vec![ConsentElement::Name], is_given, source })?;
    tour.ours().rest().await
}

fn first_line(answer: &str) -> String {
    answer.lines().next().unwrap_or_default().to_owned()
}
