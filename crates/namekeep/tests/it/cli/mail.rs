//! Mail that leaves through the relay of `[mail]`, and comes back through the Maildir and the pipe.

use std::io::Write as _;
use std::process::Stdio;

use mail::testing::MailServer;

use super::house::{Desk, House, OURS, wait_for};
use super::serve::Serving;

/// A report that the message to the holder did not arrive, as a mail server writes it.
fn report(return_path: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\nTo: {return_path}\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
         Final-Recipient: rfc822; ada@holder.example\nAction: failed\nStatus: 5.1.1\n\
         Diagnostic-Code: smtp; 550 5.1.1 <ada@holder.example> is unknown\n\n--b--\n"
    )
}

/// What `mail bounce` says of a message on its standard input, with its exit code.
fn piped(desk: &Desk<'_>, line: &str, message: &str) -> (String, Option<i32>) {
    let mut child = desk.command(line).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that ends before it read everything is one that refused at once.
    let _ = child.stdin.take().unwrap().write_all(message.as_bytes());
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8_lossy(&said).trim().to_owned(), output.status.code())
}

fn outcomes(desk: &Desk<'_>) -> Vec<String> {
    let list = desk.json("notice list");
    // A bounce has the holder asked who they are, by a letter that is none of these.
    let of_kind = list["notices"].as_array().unwrap().iter().filter(|notice| notice["kind"] == "registration-terms");
    of_kind.map(|notice| notice["outcome"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_notice_leaves_by_the_relay_and_its_bounce_comes_back() {
    let house = House::open();
    let desk = house.desk(OURS);
    let server = MailServer::start().unwrap();
    let port = server.settings().port;
    let mail = format!(
        "\n[mail]\nhost = \"localhost\"\nport = {port}\ntls = \"loopback-only\"\nreturn_domain = \"bounces.example\"\nbounces = \"bounces\"\n"
    );
    let path = desk.path("namekeep.toml");
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, before + &mail).unwrap();
    assert_eq!(desk.run("config check").code, Some(0));
    let holder = desk.holder();
    // Nobody is asked who they are, so that one notice leaves.
    desk.done(&format!("contact verify {holder} --evidence testing"));
    let _serving = Serving::start(&desk);
    desk.register("first.alpha", &holder);
    wait_for("the notice to leave", || outcomes(&desk) == ["carried"]);
    let delivered = server.delivered();
    assert_eq!((delivered.len(), &delivered[0].to), (1, &vec!["ada@holder.example".to_owned()]));
    assert_eq!(std::fs::read_dir(desk.path("maildrop")).unwrap().count(), 0);

    // A forgery and rubbish do nothing, and lie aside.
    let return_path = &delivered[0].from;
    let forged = return_path.replace("bounce+ntc_", "bounce+ntc_0");
    let deliver = |name: &str, message: &str| {
        std::fs::write(desk.path("bounces/tmp").join(name), message).unwrap();
        std::fs::rename(desk.path("bounces/tmp").join(name), desk.path("bounces/new").join(name)).unwrap();
    };
    deliver("1.forged", &report(&forged));
    deliver("2.rubbish", "");
    deliver("3.huge", &"x".repeat(mail::bounce::MESSAGE_BYTES + 1));
    wait_for("what is refused to lie aside", || std::fs::read_dir(desk.path("bounces/aside")).unwrap().count() == 3);
    assert_eq!(outcomes(&desk), ["carried"]);

    deliver("4.bounce", &report(return_path));
    wait_for("the notice to have bounced", || outcomes(&desk) == ["bounced-hard"]);
    wait_for("the bounce to be put away", || desk.path("bounces/cur/4.bounce:2,S").exists());
    let id = desk.json("notice list --state bounced-hard")["notices"][0]["id"].as_str().unwrap().to_owned();
    let shown = desk.done(&format!("notice show {id}"));
    assert!(shown.starts_with("registration-terms: bounced-hard on ") && shown.contains("(5.1.1)"), "{shown}");
    assert!(
        shown.contains("550 5.1.1 <ada@holder.example> is unknown") && shown.contains("To: Ada Holder <ada@holder.example>"),
        "{shown}"
    );
    assert!(!desk.done("notice list --name first.alpha").contains("ada@"));

    // The pipe: whatever comes is dealt with, and only trouble of ours is to be given again.
    let known = format!("{id}: known already");
    assert_eq!(piped(&desk, "mail bounce", &report(return_path)), (known.clone(), Some(0)));
    assert_eq!(piped(&desk, &format!("mail bounce --recipient {return_path}"), &report("x@y.example")), (known, Some(0)));
    let (said, code) = piped(&desk, "mail bounce", &report(&forged));
    assert_eq!((said.contains("(bounce.unsealed)"), code), (true, Some(0)), "{said}");
    let (said, code) = piped(&desk, "mail bounce", "From: a@b.example\nTo: c@d.example\n\nHello.\n");
    assert_eq!((said.as_str(), code), ("not a delivery report: ordinary", Some(0)));
    let (said, code) = piped(&desk, "--token-file /nowhere mail bounce", &report(return_path));
    assert_eq!((said.starts_with("error: "), code), (true, Some(75)), "{said}");
}

#[test]
fn a_mail_section_that_does_not_fit_is_refused_with_its_key() {
    let house = House::open();
    let desk = house.desk(OURS);
    let path = desk.path("namekeep.toml");
    let sound = std::fs::read_to_string(&path).unwrap();
    let said = |mail: &str| {
        std::fs::write(&path, format!("{sound}\n[mail]\n{mail}")).unwrap();
        let ended = desk.run("config check");
        format!("{}exit {}", ended.err, ended.code.unwrap())
    };
    let rows = [
        "host = \"smtp.example\"\ntls = \"none\"\n",
        "host = \"smtp.example\"\ntls = \"loopback-only\"\n",
        "host = \"smtp.example\"\nuser = \"namekeep\"\n",
        "host = \"smtp.example\"\nreturn_domain = \"-\"\n",
        "host = \"smtp.example\"\nuser = \"namekeep\"\npassword_file = \"secrets/none\"\n",
        "host = \"smtp.example\"\nca_file = \"namekeep.toml\"\n",
        "host = \"smtp.example\"\naccept_invalid_certificates = true\n",
        "tls = \"implicit\"\n",
    ];
    let said: Vec<String> = rows.iter().map(|row| super::steady::steady(&said(row), house.root())).collect();
    insta::assert_snapshot!(said.join("\n\n"));
}
