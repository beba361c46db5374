//! The shipped profiles, and what a person reads when a file is wrong.

use super::{ContactRequirement, Extension, FeeVersion, HostModel, LaunchPhaseKind, RegistryProfile};
use crate::testing::{ALPHA, MINIMAL, at};

fn faults(text: &str) -> String {
    match RegistryProfile::parse(text, "registry.toml") {
        Ok(_) => "no fault".into(),
        Err(faults) => faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

const WHOLE: &str = r#"schema = 1
version = "2026-11-01"
[registry]
id = "tiny"
endpoint = { host = "epp.tiny.test" }
[[tld]]
name = "tiny"
fees = { currency = "USD" }
"#;

#[test]
fn the_shipped_profiles_are_whole() {
    let alpha = RegistryProfile::parse(ALPHA, "alpha.toml").unwrap();
    assert_eq!(alpha.tlds.iter().map(|tld| tld.name.as_str()).collect::<Vec<_>>(), ["alpha", "beta"]);
    assert_eq!((alpha.host_model, alpha.endpoint.server_name.as_str()), (HostModel::Objects, "epp.alpha.test"));
    assert!(alpha.namespaces.offered.contains(&Extension::Rgp), "what is needed is offered");
    let minimal = RegistryProfile::parse(MINIMAL, "minimal.toml").unwrap();
    assert_eq!(minimal.namespaces.fee_version, Some(FeeVersion::V1_0));
    assert!(minimal.tlds.iter().all(|tld| tld.contacts_at(at("2026-11-01T00:00:00Z")).is_minimum()));
    assert_eq!(minimal.tld_of(&"shop.manual".parse().unwrap()).map(|tld| tld.auto_renew), Some(false));
    assert_eq!(minimal.tld_of(&"a.shop.manual".parse().unwrap()), None);
}

#[test]
fn contact_rules_and_launch_phases_hold_by_date() {
    let alpha = RegistryProfile::parse(ALPHA, "alpha.toml").unwrap();
    for (instant, admin) in [
        ("2025-08-20T23:59:59Z", ContactRequirement::Required),
        ("2025-08-21T00:00:00Z", ContactRequirement::Optional),
        ("2026-11-01T00:00:00Z", ContactRequirement::Optional),
    ] {
        assert_eq!(alpha.tlds[0].contacts_at(at(instant)).admin, admin, "{instant}");
    }
    for (instant, phase) in [
        ("2026-05-31T23:59:59Z", LaunchPhaseKind::Open),
        ("2026-06-01T00:00:00Z", LaunchPhaseKind::Sunrise),
        ("2026-08-01T00:00:00Z", LaunchPhaseKind::Claims),
        ("2026-10-30T00:00:00Z", LaunchPhaseKind::Open),
    ] {
        assert_eq!(alpha.tlds[1].launch_phase_at(at(instant)), phase, "{instant}");
    }
}

#[test]
fn premium_names_have_prices_of_their_own() {
    let alpha = RegistryProfile::parse(ALPHA, "alpha.toml").unwrap();
    let create = |name: &str| alpha.tlds[0].fees_of(&name.parse().unwrap()).create.map(|fee| fee.to_string());
    assert_eq!((create("gold.alpha"), create("golden.alpha")), (Some("500.00 USD".into()), Some("8.00 USD".into())));
}

#[test]
fn a_small_file_is_enough() {
    let tiny = RegistryProfile::parse(WHOLE, "registry.toml").unwrap();
    assert_eq!((tiny.endpoint.port, tiny.title.as_str(), tiny.tlds[0].expiry.delete_after_days), (700, "tiny", 40));
}

#[test]
fn an_empty_file_is_told_what_it_needs() {
    insta::assert_snapshot!(faults(""), @r#"
    registry.toml:1: `schema`: this key is missing; add it, such as `schema = 1`
    registry.toml:1: `version`: this key is missing; add it, such as `version = "2026-11-01"`
    registry.toml:1: `registry.id`: this key is missing; add it, such as `id = "alpha"`
    registry.toml:1: `registry.endpoint.host`: this key is missing; add it, such as `host = "epp.registry.example"`
    registry.toml:1: `tld`: no TLD is described; add a `[[tld]]` table with a `name`
    "#);
}

#[test]
fn what_is_not_toml_is_told_by_line() {
    insta::assert_snapshot!(faults(&format!("{WHOLE}\nname = = 3\n")), @r#"
    registry.toml:10: this is not TOML (extra `=`, expected nothing); mend the line; see https://toml.io
    registry.toml:10: this is not TOML (unexpected key or value, expected newline, `#`); mend the line; see https://toml.io
    registry.toml:10: this is not TOML (duplicate key); mend the line; see https://toml.io
    "#);
}

#[test]
fn misspelt_keys_and_words_get_the_nearest_known_one() {
    let text = WHOLE.replace("id = \"tiny\"", "id = \"tiny\"\nhost_modell = \"objects\"\nquirks = [\"unique-clrid\", \"moody\"]\n[registry.limits]\nsesions = 4\nfrobnicate = true")
        .replace("endpoint = { host = \"epp.tiny.test\" }", "[registry.endpoint]\nhost = \"epp.tiny.test\"");
    insta::assert_snapshot!(faults(&text), @r#"
    registry.toml:5: `registry.host_modell`: this key is not known; did you mean `host_model`?
    registry.toml:6: `registry.quirks`: `unique-clrid` is not known here; did you mean `unique-cltrid`?
    registry.toml:6: `registry.quirks`: `moody` is not known here; use one of `response-order`, `ack-answers-1300`, `repeated-renew-is-2306`, `unique-cltrid`, `one-write-frames`, `no-empty-change`, `lower-case-only`
    registry.toml:8: `registry.limits.sesions`: this key is not known; did you mean `sessions`?
    registry.toml:9: `registry.limits.frobnicate`: this key is not known; remove it; the keys here are `commands_per_minute`, `commands_per_session`, `idle_seconds`, `lifetime_seconds`, `names_per_check`, `sessions`, `transform_window`
    "#);
}

#[test]
fn wrong_kinds_and_ranges_say_what_is_wanted() {
    let text = WHOLE
        .replace("schema = 1", "schema = 2")
        .replace("{ host = \"epp.tiny.test\" }", "{ host = 7, port = 70000 }")
        .replace("{ currency = \"USD\" }", "{ currency = \"USB\", create = 8.5 }")
        + "periods = { min_years = 3, max_years = 2 }\n[[tld.contacts]]\nfrom = \"21 August 2025\"\nadmin = \"Required\"\n";
    insta::assert_snapshot!(faults(&text), @r#"
    registry.toml:1: `schema`: schema 2 is not known; this program reads schema 1; rewrite the file in it, or use the release that reads 2
    registry.toml:5: `registry.endpoint.host`: a string is wanted here, and this is a whole number; write it like `host = "epp.registry.example"`
    registry.toml:5: `registry.endpoint.port`: 70000 is out of range; choose 1 to 65535
    registry.toml:8: `tld[0].fees.currency`: `USB` is not a currency code of ISO 4217; write three capital letters, such as `USD`; write it like `currency = "USD"`
    registry.toml:9: `tld[0].periods`: 3, 1 and 2 years do not fit together; choose min_years <= default_years <= max_years
    registry.toml:11: `tld[0].contacts[0].from`: `21 August 2025` is not a date; write year, month and day, such as `2026-11-01`
    registry.toml:12: `tld[0].contacts[0].admin`: `Required` is not known here; did you mean `required`?
    "#);
}

#[test]
fn prices_are_exact_and_not_negative() {
    let text = WHOLE.replace("{ currency = \"USD\" }", "{ currency = \"USD\", create = \"8.005\", renew = \"-1.00\" }");
    insta::assert_snapshot!(faults(&text), @r#"
    registry.toml:8: `tld[0].fees.create`: `8.005` has more decimal places than USD, which has 2; give an exact amount; write it like `create = "10.00"`
    registry.toml:8: `tld[0].fees.renew`: `-1.00` is below zero; a price is zero or more; write it like `renew = "10.00"`
    "#);
}

#[test]
fn an_expiry_course_outside_the_contract_is_refused() {
    let text = format!(
        "{WHOLE}expiry = {{ first_notice_days_before = 36, second_notice_days_before = 3, after_notice_days = 5, interruption_days_before_delete = 7, delete_after_days = 46 }}\n"
    );
    insta::assert_snapshot!(faults(&text), @r#"
    registry.toml:9: `tld[0].expiry.first_notice_days_before`: 36 days are outside the window: the first notice must leave about a month before expiry (EXP-1); choose 27 to 35
    registry.toml:9: `tld[0].expiry.second_notice_days_before`: 3 days are outside the window: the second notice must leave about a week before expiry (EXP-2); choose 5 to 10
    registry.toml:9: `tld[0].expiry.after_notice_days`: 5 days are outside the window: the notice after expiry is due within 5 days (EXP-3); choose 0 to 4
    registry.toml:9: `tld[0].expiry.interruption_days_before_delete`: 7 days are outside the window: DNS must be interrupted for at least 8 days before deletion (EXP-8); choose 8 to 45
    registry.toml:9: `tld[0].expiry.delete_after_days`: 46 days are outside the window: the name must be deleted by the end of the auto-renew grace (EXP-14), after its notice and its interruption; choose 7 to 45
    "#);
}

#[test]
fn hosts_are_never_renamed_into_a_name_that_a_stranger_could_register() {
    for (target, is_taken) in [
        ("sacrificial.invalid", true),
        ("x.home.arpa", true),
        ("hosts.ours.example.org", true),
        ("lame.delegation.com", false),
        ("notinvalid", false),
        ("example.org", false),
    ] {
        let text = WHOLE.replace("id = \"tiny\"", "id = \"tiny\"\nown_names = [\"ours.example.org\"]")
            + &format!("rename_hosts_to = \"{target}\"\n");
        assert_eq!(faults(&text) == "no fault", is_taken, "{target}: {}", faults(&text));
    }
    insta::assert_snapshot!(faults(&format!("{WHOLE}rename_hosts_to = \"dropped.delegation.com\"\n")), @r#"registry.toml:9: `tld[0].rename_hosts_to`: `dropped.delegation.com` is neither a special-use name nor below one of `registry.own_names`, so a stranger could register it and take over delegations (RFC 9874); write it like `rename_hosts_to = "sacrificial.invalid"`"#);
}

#[test]
fn more_lanes_than_sessions_and_tangled_phases_are_refused() {
    let text = WHOLE.replace("id = \"tiny\"", "id = \"tiny\"\nlanes = { bulk = 9 }\nnamespaces = { fee_version = \"1.0\" }")
        + "[[tld.phases]]\nkind = \"claims\"\nfrom = 2026-08-01\n[[tld.phases]]\nkind = \"sunrise\"\nfrom = 2026-06-01\nto = 2026-05-01\n[[tld]]\nname = \"tiny\"\nfees = { currency = \"USD\" }\n";
    insta::assert_snapshot!(faults(&text), @r#"
    registry.toml:5: `registry.lanes`: the lanes need 11 sessions and the registry allows 6; lower `bulk`, or raise `limits.sessions` if the registry agreed to more
    registry.toml:6: `registry.namespaces.fee_version`: a version is named and `fee` is not offered; add "fee" to `offered`, or remove this key
    registry.toml:14: `tld[0].phases[1]`: the phase ends before it begins; put `to` after `from`; `to` is the first day after the phase
    registry.toml:14: `tld[0].phases[1]`: the phase begins before the one above it ends; give the one above a `to`, and put the earliest first
    registry.toml:19: `tld[1].name`: the TLD `tiny` is described twice; keep one of the two
    "#);
}

#[test]
fn a_profile_survives_json() {
    let alpha = RegistryProfile::parse(ALPHA, "alpha.toml").unwrap();
    let json = serde_json::to_string(&alpha).unwrap();
    assert_eq!(serde_json::from_str::<RegistryProfile>(&json).unwrap(), alpha);
}
