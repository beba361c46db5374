//! Files that do not fit, each with a sentence that says what is wrong, where, and what to do: configurations, certificates,
//! profiles, proofs, databases.

use super::house::{Desk, House, OURS};
use super::steady::steady;

/// What is wrong, and the command that meets it. How that ends is in the transcript.
pub type Row<'a> = (&'a str, &'a str);

/// What every row must satisfy; gives the transcript that people read.
pub fn transcript(desk: &Desk<'_>, house: &House, rows: &[Row<'_>]) -> String {
    let said = rows.iter().map(|(what, line)| {
        let ended = desk.run(line);
        let said = steady(&format!("{}{}", ended.out, ended.err), house.root());
        let code = ended.code.unwrap();
        assert!((1..=7).contains(&code), "{what}: `{line}` ended with {code}: {said}");
        assert!(!ended.err.contains("panicked"), "{what}: {said}");
        assert!(ended.err.starts_with("error: ") && ended.err.trim_end().len() > "error: ".len() + 10, "{what} gets no sentence: {said}");
        format!("{what}: exit {code}\n{said}")
    });
    said.collect::<Vec<_>>().join("\n\n")
}

/// Changes the last place of its kind in a file, runs a command, puts the file back. The first may be a comment.
fn with_change(desk: &Desk<'_>, file: &str, from: &str, to: &str, rows: impl FnOnce() -> String) -> String {
    let path = desk.path(file);
    let sound = std::fs::read_to_string(&path).unwrap();
    let (before, after) = sound.rsplit_once(from).unwrap_or_else(|| panic!("`{from}` is not in {file}"));
    std::fs::write(&path, format!("{before}{to}{after}")).unwrap();
    let said = rows();
    std::fs::write(&path, sound).unwrap();
    said
}

#[test]
fn a_configuration_that_does_not_fit_is_refused_with_its_line_and_key() {
    let house = House::open();
    let desk = house.desk(OURS);
    let sandbox = house.path("sandbox").display().to_string();
    house.write("not.pem", "this is no certificate\n");
    let expired = expired_certificate();
    house.write("expired.pem", &expired.0);
    house.write("expired.key", &expired.1);
    let path = |name: &str| house.path(name).display().to_string();
    let ours_pem = format!("chain = \"{sandbox}/clients/{OURS}.pem\"");
    let ours_key = format!("key = \"{sandbox}/clients/{OURS}.key\"");
    let ours_password = format!("{sandbox}/clients/{OURS}.password");
    let ca = format!("{sandbox}/ca.pem");
    let certificates = format!("{ours_pem}, {ours_key}");
    let changes: Vec<(&str, String, String)> = vec![
        ("an unknown key", "sender_name =".into(), "sendername =".into()),
        ("a missing key", "portal =".into(), "# portal =".into()),
        ("a value of the wrong type", "schema = 1".into(), "schema = \"one\"".into()),
        ("a schema of another program", "schema = 1".into(), "schema = 2".into()),
        ("broken TOML", "[notices]".into(), "[notices".into()),
        ("a name that cannot sign", "name = \"registrar.example\"".into(), "name = \"our registrar\"".into()),
        ("a sender that is no address", "sender = \"notices@registrar.example\"".into(), "sender = \"notices\"".into()),
        ("a database that is none", "\"sqlite:state/namekeep.db\"\n".into(), "\"mysql://localhost/namekeep\"\n".into()),
        ("a database URL with a password", "\"sqlite:state/namekeep.db\"\n".into(), "\"postgres://me:secret@localhost/namekeep\"\n".into()),
        ("a vault key that is not there", "vault = \"keys/vault.key\"".into(), "vault = \"keys/none.key\"".into()),
        ("a ledger key that is not one", "ledger = \"keys/ledger.key\"".into(), "ledger = \"keys/vault.key\"".into()),
        ("a profile that is not there", "registries/alpha.toml".into(), "registries/omega.toml".into()),
        ("an account that is no clID", format!("account = \"{OURS}\""), "account = \"N\"".into()),
        ("an address without a port", format!("\"{}\"", house.address("minimal")), "\"epp.registry.example\"".into()),
        ("trust of an unknown kind", "kind = \"private-ca\"".into(), "kind = \"private\"".into()),
        ("a CA file that is not there", ca.clone(), path("none.pem")),
        ("a CA file that is no PEM", ca, path("not.pem")),
        ("a certificate that is not there", ours_pem.clone(), format!("chain = \"{}\"", path("none.pem"))),
        ("a certificate that is no PEM", ours_pem.clone(), format!("chain = \"{}\"", path("not.pem"))),
        ("a certificate with another's key", ours_key, format!("key = \"{sandbox}/clients/OTHER-REG.key\"")),
        ("an expired certificate", certificates, format!("chain = \"{}\", key = \"{}\"", path("expired.pem"), path("expired.key"))),
        ("a password file that is not there", ours_password, path("none.password")),
    ];
    let said = changes
        .iter()
        .map(|(what, from, to)| with_change(&desk, "namekeep.toml", from, to, || transcript(&desk, &house, &[(what, "config check")])));
    insta::assert_snapshot!(said.collect::<Vec<_>>().join("\n\n"), @r#"
    an unknown key: exit 2
    error: [folder]/NAMEKEEP/namekeep.toml:27: unknown field `sendername`, expected one of `maildrop`, `sender`, `sender_name`, `portal`, `verification_page`.
    hint: did you mean `sender_name`?

    a missing key: exit 2
    error: [folder]/NAMEKEEP/namekeep.toml:23: missing field `portal`.
    hint: `namekeep init DIR` writes a file in which every key is explained; compare the two

    a value of the wrong type: exit 2
    error: [folder]/NAMEKEEP/namekeep.toml:4: `schema`: invalid type: string "one", expected a whole number.
    hint: `namekeep init DIR` writes a file in which every key is explained; compare the two

    a schema of another program: exit 2
    error: [folder]/NAMEKEEP/namekeep.toml:4: `schema`: this program reads schema 1.
    hint: write `schema = 1`, or use the program this file was written for

    broken TOML: exit 2
    error: [folder]/NAMEKEEP/namekeep.toml:23: unclosed table, expected `]`.
    hint: `namekeep init DIR` writes a file in which every key is explained; compare the two

    a name that cannot sign: exit 2
    error: [folder]/NAMEKEEP/namekeep.toml:8: `name`: a name has 1 to 64 letters, digits, dots, hyphens.
    hint: use a host name of yours, such as `registrar.example`

    a sender that is no address: exit 2
    error: [folder]/NAMEKEEP/namekeep.toml:26: `sender`: the e-mail address has no `@`; write it as `name@example.com`.
    hint: write the address that registrants may answer to

    a database that is none: exit 2
    error: The database address is not usable: it starts with neither `sqlite:` nor `postgres://`; write for example `sqlite:data/namekeep.db` or `postgres://namekeep@db.example/namekeep`.
    hint: correct `database` in `[folder]/NAMEKEEP/namekeep.toml`

    a database URL with a password: exit 2
    error: [folder]/NAMEKEEP/namekeep.toml:12: `database`: a password does not belong into this file.
    hint: take it out; give it in the environment variable PGPASSWORD or in a passfile

    a vault key that is not there: exit 1
    error: The file [folder]/NAMEKEEP/keys/none.key cannot be used: No such file or directory (os error 2).
    hint: correct `[keys]`, or put the key back from its copy; a new one opens nothing old

    a ledger key that is not one: exit 1
    error: The file [folder]/NAMEKEEP/keys/vault.key cannot be used: it does not hold a ledger key of the form PRIVATE+KEY+NAME+HASH+KEY (C2SP signed-note).
    hint: correct `[keys]`, or put the key back from its copy; a new one opens nothing old

    a profile that is not there: exit 1
    error: Could not read the profile `[folder]/NAMEKEEP/registries/omega.toml`: No such file or directory (os error 2).
    hint: check the path, and that its folder exists

    an account that is no clID: exit 2
    error: The account `N` cannot be used: a registrar handle has 1 characters; it must have 3 to 16

    an address without a port: exit 2
    error: The registry's address `epp.registry.example` cannot be used.
    hint: write `HOST:PORT`, such as `epp.registry.example:700`

    trust of an unknown kind: exit 2
    error: [folder]/NAMEKEEP/namekeep.toml:145: `trust`: unknown variant `private`, expected one of `public-roots`, `private-ca`, `pin`.
    hint: did you mean `private-ca`?

    a CA file that is not there: exit 2
    error: `[folder]/none.pem`: there is no such file; check the path in the configuration and the mode of the file

    a CA file that is no PEM: exit 2
    error: `[folder]/not.pem`: holds no certificate; the file must hold one or more PEM blocks that begin with `-----BEGIN CERTIFICATE-----`

    a certificate that is not there: exit 2
    error: `[folder]/none.pem`: there is no such file; check the path in the configuration and the mode of the file

    a certificate that is no PEM: exit 2
    error: `[folder]/not.pem`: holds no certificate; the file must hold one or more PEM blocks that begin with `-----BEGIN CERTIFICATE-----`

    a certificate with another's key: exit 2
    error: `[folder]/sandbox/clients/OTHER-REG.key`: is not the key of the certificate in `[folder]/sandbox/clients/NAMEKEEP.pem`; name the two files that were made together, the certificate before its intermediates

    an expired certificate: exit 2
    error: The certificate for registry `minimal` ended on [date]; no login is possible.
    hint: have the registry take a new one, and add its files to `client_certificates`

    a password file that is not there: exit 1
    error: Could not read the registry's password `[folder]/none.password`: No such file or directory (os error 2).
    hint: check the path, and that its folder exists
    "#);
    desk.done("config check");
}

#[test]
fn a_profile_that_does_not_fit_is_refused_with_its_line_and_key() {
    let house = House::open();
    let desk = house.desk(OURS);
    let changes = [
        ("an unknown key", "title =", "titel ="),
        ("a value of the wrong type", "port = 7001", "port = \"seven thousand\""),
        ("a value out of range", "port = 7001", "port = 70000"),
        ("broken TOML", "[registry]", "[registry"),
    ];
    let said = changes.iter().map(|(what, from, to)| {
        with_change(&desk, "registries/alpha.toml", from, to, || {
            let line = format!("registry check {}", desk.path("registries/alpha.toml").display());
            transcript(&desk, &house, &[(what, &line)])
        })
    });
    insta::assert_snapshot!(said.collect::<Vec<_>>().join("\n\n"), @r"
    an unknown key: exit 2
    error: [folder]/NAMEKEEP/registries/alpha.toml:12: `registry.titel`: this key is not known; did you mean `title`?

    a value of the wrong type: exit 2
    error: [folder]/NAMEKEEP/registries/alpha.toml:20: `registry.endpoint.port`: a whole number is wanted here, and this is a string; write it like `port = 1`

    a value out of range: exit 2
    error: [folder]/NAMEKEEP/registries/alpha.toml:20: `registry.endpoint.port`: 70000 is out of range; choose 1 to 65535

    broken TOML: exit 2
    error: [folder]/NAMEKEEP/registries/alpha.toml:10: this is not TOML (unclosed table, expected `]`); mend the line; see https://toml.io
    ");
    insta::assert_snapshot!(transcript(&desk, &house, &[("a profile that is not there", "registry check none.toml")]), @r"
    a profile that is not there: exit 1
    error: Could not read the profile `none.toml`: No such file or directory (os error 2).
    hint: check the path, and that its folder exists
    ");
}

#[test]
fn damaged_files_are_named() {
    let house = House::open();
    let desk = house.desk(OURS);
    desk.register("proven.alpha", &desk.holder());
    desk.done("ledger prove proven.alpha --out proof.json");
    let key = desk.done("ledger key").trim().to_owned();
    let proof = std::fs::read_to_string(house.path("proof.json")).unwrap();
    house.write("changed.json", &proof.replacen("domain-ordered", "domain-0rdered", 1));
    house.write("cut.json", &proof[..1]);
    house.write("file", "not a folder\n");
    let check = |file: &str, key: &str| format!("ledger check {file} --key '{key}'");
    let other_key = house.bare_desk("stranger").done("ledger key").trim().to_owned();
    let owned = [check("changed.json", &key), check("cut.json", &key), check("proof.json", &other_key), check("proof.json", "no+key")];
    let rows: Vec<Row<'_>> = vec![
        ("a proof that was changed", &owned[0]),
        ("a proof that breaks off", &owned[1]),
        ("a proof of another ledger", &owned[2]),
        ("a key that is none", &owned[3]),
        ("a folder below a file", "init file/instance"),
        ("a sandbox below a file", "sandbox --folder file/sandbox"),
        ("a fault plan that is none", "sandbox --faults cut=often"),
        ("a start time that is none", "sandbox --start yesterday"),
    ];
    insta::assert_snapshot!(transcript(&desk, &house, &rows), @r"
    a proof that was changed: exit 7
    error: The proof does not hold: entry 2 is not in the tree of the checkpoint.
    hint: do not rely on this file; ask whoever gave it to you for a fresh proof

    a proof that breaks off: exit 7
    error: The proof does not hold: it is not a proof file (EOF while parsing an object at line 1 column 1).
    hint: do not rely on this file; ask whoever gave it to you for a fresh proof

    a proof of another ledger: exit 7
    error: The proof does not hold: its checkpoint is not signed by the key of `registrar.example`.
    hint: do not rely on this file; ask whoever gave it to you for a fresh proof

    a key that is none: exit 2
    error: `no+key` is not a public key of the form NAME+HASH+KEY (C2SP signed-note, Ed25519).
    hint: give the whole line that `namekeep ledger key` prints, between quotation marks

    a folder below a file: exit 1
    error: Could not make the folder `file/instance/`: Not a directory (os error 20).
    hint: a part of the path is a file; name another folder

    a sandbox below a file: exit 1
    error: `[folder]/file/sandbox` cannot be written: Not a directory (os error 20); choose a folder that is yours.

    a fault plan that is none: exit 2
    error: `cut=often` is not a word of a fault plan.
    hint: `seed=NUMBER` and `cut=SHARE` (0 to 1), with commas between; finer plans go to the control socket

    a start time that is none: exit 2
    error: invalid value 'yesterday' for '--start <TIME>': failed to parse four digit integer as year: invalid digit, expected 0-9 but got y

    For more information, try '--help'.
    ");

    let database = desk.path("state/namekeep.db");
    std::fs::write(&database, "this is no database, only words that go on for long enough to be looked at\n".repeat(100)).unwrap();
    insta::assert_snapshot!(transcript(&desk, &house, &[("a database file of words", "domain list")]), @r"
    a database file of words: exit 1
    error: The database at sqlite:[folder]/NAMEKEEP/state/namekeep.db cannot be opened: file is not a database.
    hint: check `instance.database`; a damaged database is replaced by its backup
    ");
    std::fs::remove_file(&database).unwrap();
    insta::assert_snapshot!(transcript(&desk, &house, &[("a database that went away", "domain list")]), @r"
    a database that went away: exit 1
    error: Could not find the database `[folder]/NAMEKEEP/state/namekeep.db`: No such file or directory (os error 2).
    hint: restore it from your backup, or correct `instance.database`
    ");
}

/// A self-signed certificate whose time is over, and its key.
fn expired_certificate() -> (String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::new(vec!["expired.example".to_owned()]).unwrap();
    parameters.not_before = rcgen::date_time_ymd(2019, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(2020, 1, 1);
    (parameters.self_signed(&key).unwrap().pem(), key.serialize_pem())
}
