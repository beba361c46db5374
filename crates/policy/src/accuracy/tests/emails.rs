use super::*;

fn check(email: &str, want: &str) {
    let contact = Contact { email: Email::parse(email).unwrap(), ..ada() };
    assert_eq!(found(&contact), want, "{email}");
}

#[test]
fn addresses_that_can_receive_mail_pass() {
    for email in ["ada@registrar.dev", "a@b.co", "ada@bücher.de", "ada@mail.test.org", "ada@xn--p1ai.xn--p1ai", "ada@localhost.net"] {
        check(email, "");
    }
}

#[test]
fn reserved_domains_are_doubtful() {
    for domain in [
        "canary.example",
        "canary.test",
        "a.invalid",
        "a.localhost",
        "example.com",
        "mail.example.org",
        "example.net",
        "printer.local",
        "abc.onion",
        "name.alt",
        "router.home.arpa",
        "host.internal",
        "HOLDER.EXAMPLE",
    ] {
        check(&format!("ada@{domain}"), "? email: email-reserved");
    }
    check("ada@notexample.com", "");
    check("ada@example.co", "");
    check("ada@test.de", "");
}

#[test]
fn letters_beyond_ascii_are_doubtful() {
    check("πρόεδρος@registrar.dev", "? email: email-internationalised");
}

#[test]
fn a_single_letter_is_no_ending() {
    check("ada@registrar.d", "! email: email-ending");
}

/// The form itself is [`Email`]'s business; what it refuses cannot get here.
#[test]
fn the_type_holds_the_form() {
    for email in ["ada", "@a.dev", "ada@localhost", "ada@[192.0.2.1]", "a b@c.dev", "a..b@c.dev", "ada@c..dev", "ada@-c.dev"] {
        assert!(Email::parse(email).is_err(), "{email}");
    }
}
