//! Words on the command line that do not fit: a sentence that says what is wrong, where, and what to do; the right exit code; never
//! a panic, never half a change.

use super::bad_files::{Row, transcript};
use super::house::{Desk, HOLDER, House, OURS, contents};

/// All that an order could have changed: the ledger, the portfolio, the files beside the database.
fn state(desk: &Desk<'_>) -> String {
    let files = contents(&desk.path("")).into_iter().map(|(path, _)| path.display().to_string());
    let files: Vec<String> = files.filter(|path| !path.contains("/state/") && !path.contains("/ledger/")).collect();
    format!("{}\n{}\n{files:?}", desk.done("--json ledger list --limit 1000"), desk.done("--json domain list"))
}

#[test]
fn words_that_do_not_fit_change_nothing() {
    let house = House::open();
    let desk = house.desk(OURS);
    let holder = desk.holder();
    desk.register("sound.alpha", &holder);
    house.write("holder-without-name.toml", &HOLDER.replace("name = \"Ada Holder\"\n", ""));
    house.write("holder-abroad.toml", &HOLDER.replace("\"GB\"", "\"Britain\""));
    house.write("holder-misspelt.toml", &HOLDER.replace("email =", "e_mail ="));
    house.write("holder-broken.toml", "name = \"Ada");
    house.write("not.token", "not a token\n");
    house.write("taken.txt", "mine\n");
    let before = state(&desk);

    let register = |name: &str, rest: &str| format!("domain register {name} --registrant {holder} {rest}");
    let owned = [
        register("bad-.alpha", ""),
        register("a..alpha", ""),
        register("xn--.alpha", ""),
        register("free.nowhere", ""),
        register("free.alpha", "--years 11"),
        register("free.alpha", "--ns ns1.free.alpha=10.0.0.300"),
        register("free.alpha", "--ds 12345"),
        register("free.alpha", "--fee 12,50"),
        register("free.alpha", "--fee 12.505"),
    ];
    let rows: Vec<Row<'_>> = vec![
        ("a name with a hyphen at its end", &owned[0]),
        ("a name with an empty label", &owned[1]),
        ("a name that is no A-label", &owned[2]),
        ("a TLD that no registry of ours runs", &owned[3]),
        ("too long a term", &owned[4]),
        ("an address that is none", &owned[5]),
        ("a DS record that is none", &owned[6]),
        ("an amount with a comma", &owned[7]),
        ("an amount finer than its currency", &owned[8]),
        ("a registrant id that is none", "domain register free.alpha --registrant con_x"),
        ("a registrant nobody saved", "domain register free.alpha --registrant con_00000000000000000000000000"),
        ("a date that is none", "domain renew sound.alpha --current-expiry 2026-02-30"),
        ("a time without a zone", "domain postpone sound.alpha --until 2026-02-01T00:00 --circumstance udrp"),
        ("a circumstance that is not listed", "domain postpone sound.alpha --until 2026-02-01T00:00:00Z --circumstance holiday"),
        ("a phase that is none", "domain list --phase sleeping"),
        ("a status that is none", "domain hold sound.alpha --owner court --reference X --status onHold"),
        ("a flag that is none", "domain list --colour"),
        ("a command that is none", "domain destroy sound.alpha"),
        ("a demo without a name for each registry", "demo --scale 1"),
        ("a confirmation of another name", "domain delete sound.alpha --confirm sound.beta"),
        ("a contact file that is not there", "contact save nobody.toml"),
        ("a contact file with a missing field", "contact save holder-without-name.toml"),
        ("a contact file with a wrong value", "contact save holder-abroad.toml"),
        ("a contact file with an unknown field", "contact save holder-misspelt.toml"),
        ("a contact file that is no TOML", "contact save holder-broken.toml"),
        ("a token that is none", "--token-file not.token domain list"),
        ("a token file that is not there", "--token-file nobody.token domain list"),
        ("an authInfo file that is not there", "domain transfer in other.alpha --auth-file nobody.txt"),
        ("an authInfo target that exists", "domain auth sound.alpha --out taken.txt"),
        ("an authInfo target in no folder", "domain auth sound.alpha --out nowhere/code.txt"),
        ("a token target that exists", "operator enrol Grace --out taken.txt"),
        ("an operator's name that is none", "operator enrol '  ' --out grace.token"),
        ("an operator who is there already", "operator enrol tester --out tester.token"),
        ("an operator who is not there", "operator revoke Mallory"),
        ("a proof target in no folder", "prove sound.alpha --out nowhere/proof.json"),
    ];
    insta::assert_snapshot!(transcript(&desk, &house, &rows), @r#"
    a name with a hyphen at its end: exit 2
    error: The name `bad-.alpha` cannot be used: label 1 (`bad-`) has a hyphen at position 4, but a label cannot begin or end with one (RFC 5891 section 4.2.3.1); remove it

    a name with an empty label: exit 2
    error: The name `a..alpha` cannot be used: label 2 is empty; remove the extra dot

    a name that is no A-label: exit 2
    error: The name `xn--.alpha` cannot be used: label 1 (`xn--`) has a hyphen at position 4, but a label cannot begin or end with one (RFC 5891 section 4.2.3.1); remove it

    a TLD that no registry of ours runs: exit 3
    error: `free.nowhere` is not directly below a TLD that we serve (tld.not_served, RFC 5731 2.1)
    hint: the TLDs served are: alpha, beta, minimal, manual

    too long a term: exit 2
    error: The term `11` cannot be used: a period of 11 years is not possible; choose 1 to 10 years

    an address that is none: exit 2
    error: `10.0.0.300` is not an IP address.
    hint: glue is written `ns1.name=192.0.2.1,2001:db8::1`, without spaces

    a DS record that is none: exit 2
    error: `12345` is not a DS record.
    hint: write key tag, algorithm, digest type and digest in one argument, such as "12345 13 2 49FD..." (RFC 4034 section 5.3)

    an amount with a comma: exit 2
    error: The fee `12,50` cannot be used: `12,50` is not an amount; write digits with a full stop, such as `12.50`

    an amount finer than its currency: exit 2
    error: The fee `12.505` cannot be used: `12.505` has more decimal places than USD, which has 2; give an exact amount

    a registrant id that is none: exit 2
    error: The contact id `con_x` cannot be used: `con_x` is not an id of this kind; it begins with `con_` and 26 lower-case letters and digits follow

    a registrant nobody saved: exit 6
    error: there is no contact `[con]` (contact.unknown, RFC 5733 2)
    hint: list the contacts to see their ids, or save the contact first

    a date that is none: exit 2
    error: invalid value '[date]' for '--current-expiry <DATE>': parsed date is not valid: parameter 'day' for `2026-02` is invalid, must be in range `1..=28`

    For more information, try '--help'.

    a time without a zone: exit 2
    error: invalid value '2026-02-01T00:00' for '--until <TIME>': failed to find offset component, which is required for parsing a timestamp

    For more information, try '--help'.

    a circumstance that is not listed: exit 2
    error: `holiday` is not a listed circumstance (EXP-14).
    hint: one of: udrp, court-order, renewal-failure, nameserver-for-third-parties, bankruptcy, payment-dispute, billing-dispute, litigation, icann-approved

    a phase that is none: exit 2
    error: `sleeping` is not a phase.
    hint: one of: ordered, failed, registered, transferring-in, transferring-out, transferred-away, deleting, redemption, restoring, pending-delete, purged

    a status that is none: exit 2
    error: The status `onHold` cannot be used: `onHold` is not an EPP status; use one of clientHold, clientTransferProhibited, clientUpdateProhibited, clientDeleteProhibited, clientRenewProhibited, serverHold, serverTransferProhibited, serverUpdateProhibited, serverDeleteProhibited, serverRenewProhibited, ok, inactive, linked, pendingCreate, pendingDelete, pendingRenew, pendingTransfer, pendingUpdate

    a flag that is none: exit 2
    error: unexpected argument '--colour' found

    Usage: namekeep domain list [OPTIONS]

    For more information, try '--help'.

    a command that is none: exit 2
    error: unrecognized subcommand 'destroy'

      tip: some similar subcommands exist: 'restore', 'ds'

    Usage: namekeep domain [OPTIONS] <COMMAND>

    For more information, try '--help'.

    a demo without a name for each registry: exit 2
    error: invalid value '1' for '--scale <SCALE>': 1 is not in 2..=100000

    For more information, try '--help'.

    a confirmation of another name: exit 2
    error: `--confirm sound.beta` is not the name `sound.alpha`; nothing was deleted.
    hint: type the name itself after `--confirm`

    a contact file that is not there: exit 1
    error: Could not read the contact `nobody.toml`: No such file or directory (os error 2).
    hint: check the path, and that its folder exists

    a contact file with a missing field: exit 2
    error: holder-without-name.toml:1: missing field `name`.
    hint: a contact has `kind`, `name`, `email` and an `[address]` with `street`, `city`, `country`; `organisation`, `phone`, `fax`, `address.province`, `address.postcode` where there are any

    a contact file with a wrong value: exit 2
    error: holder-abroad.toml:10: `country`: `Britain` is not a country code of ISO 3166-1; write its two letters, such as `GB`.
    hint: a contact has `kind`, `name`, `email` and an `[address]` with `street`, `city`, `country`; `organisation`, `phone`, `fax`, `address.province`, `address.postcode` where there are any

    a contact file with an unknown field: exit 2
    error: holder-misspelt.toml:1: missing field `email`.
    hint: a contact has `kind`, `name`, `email` and an `[address]` with `street`, `city`, `country`; `organisation`, `phone`, `fax`, `address.province`, `address.postcode` where there are any

    a contact file that is no TOML: exit 2
    error: holder-broken.toml:1: `name`: invalid basic string, expected `"`.
    hint: a contact has `kind`, `name`, `email` and an `[address]` with `street`, `city`, `country`; `organisation`, `phone`, `fax`, `address.province`, `address.postcode` where there are any

    a token that is none: exit 4
    error: the operator token is not valid (auth.token)
    hint: check that the whole token was copied, or have another operator enrol you anew

    a token file that is not there: exit 1
    error: Could not read the operator's token `nobody.token`: No such file or directory (os error 2).
    hint: name the file of your token with `--token-file` or the variable NAMEKEEP_TOKEN_FILE

    an authInfo file that is not there: exit 1
    error: Could not read the authInfo `nobody.txt`: No such file or directory (os error 2).
    hint: check the path, and that its folder exists

    an authInfo target that exists: exit 1
    error: Could not make the file `taken.txt`: File exists (os error 17).
    hint: nothing is written over; name another file

    an authInfo target in no folder: exit 1
    error: Could not make the file `nowhere/code.txt`: No such file or directory (os error 2).
    hint: name a file in a folder that you may write to

    a token target that exists: exit 1
    error: Could not make the file `taken.txt`: File exists (os error 17).
    hint: nothing is written over; name another file

    an operator's name that is none: exit 3
    error: an operator's name has 1 to 100 characters on one line (operator.name, design 5)
    hint: give the person's name, such as `Ada Lovelace`

    an operator who is there already: exit 3
    error: there is an operator `tester` already (operator.name-taken, design 5)
    hint: choose another name, or revoke that one first

    an operator who is not there: exit 6
    error: There is no operator `Mallory`.
    hint: `namekeep operator list` shows them

    a proof target in no folder: exit 1
    error: Could not write the proof to `nowhere/proof.json`: No such file or directory (os error 2).
    hint: check the path, and that its folder exists
    "#);
    let nowhere = house.reopen("nowhere");
    insta::assert_snapshot!(transcript(&nowhere, &house, &[("an instance that is not there", "domain list")]), @r"
    an instance that is not there: exit 1
    error: Could not read the configuration `[folder]/nowhere/namekeep.toml`: No such file or directory (os error 2).
    hint: `namekeep init DIR` makes an instance, `--dir DIR` names one, `namekeep demo` needs none
    ");
    assert_eq!(state(&desk), before, "nothing was changed");
    assert_eq!(std::fs::read_to_string(house.path("taken.txt")).unwrap(), "mine\n");
    for left in ["grace.token", "tester.token", "proof.json"] {
        assert!(!house.path(left).exists(), "{left} was left behind");
    }
}
