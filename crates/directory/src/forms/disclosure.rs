//! Ask for data that is withheld: what a request holds, how it is answered and when (DSC-1), and the request itself (DSC-2).

use maud::{Markup, html};

use super::FormSettings;
use super::field::Filled;

pub(super) fn page(settings: &FormSettings, filled: &Filled<'_>) -> (&'static str, Markup) {
    let body = html! {
        h2 { "How requests are answered" }
        p {
            "A request says who you are and how you can be reached; for whom you ask and by what authority, if not for yourself; which elements \
             you ask for; your legal rights and why you need them; that you ask in good faith; and that you will process the data lawfully. A \
             request that lacks one of these is returned to you at once, with what it lacks."
        }
        p { (timeline(settings.is_nis2)) }
        p {
            "We weigh each request on its merits. You get the data, or our reasons for not giving it, by e-mail. Data is only ever sent encrypted: \
             give us an age recipient, or we ask you for one."
        }
        p { "Reports of abuse, also those of law enforcement, go to our abuse desk and are not made here." }
        h2 { "Your request" }
        (filled.line("domain", "Domain name", "text", "off", true))
        (filled.line("name", "Your name", "text", "name", true))
        (filled.line("organisation", "Your organisation (optional)", "text", "organization", false))
        (filled.line("email", "Your e-mail address", "email", "email", true))
        (filled.line("phone", "Your telephone number (optional)", "text", "tel", false))
        (filled.choice("capacity", "For whom you ask", &[("self", "For myself or my organisation"), ("representative", "For somebody else")]))
        (filled.text("authority", "For whom, and by what authority (if you ask for somebody else)", false))
        (filled.elements("Which elements of the registrant's data you ask for"))
        (filled.text("grounds", "Your legal rights, and why you need these elements", true))
        (filled.promise("good_faith", "I make this request in good faith, and what I state is true to the best of my knowledge."))
        (filled.promise("lawful", "I will process the data I am given lawfully, and only for the purpose stated here."))
        (filled.line("recipient", "Your age recipient, age1... (optional)", "text", "off", false))
    };
    ("Request non-public registration data", body)
}

fn timeline(is_nis2: bool) -> &'static str {
    if is_nis2 {
        "We acknowledge a complete request within two business days, usually at once, and reply within 72 hours of receipt."
    } else {
        "We acknowledge a complete request within two business days, usually at once, and answer it within 30 calendar days from the \
         acknowledgement. In exceptional circumstances we tell you in time that and why it takes longer."
    }
}
