//! An instance on a PostgreSQL server that asks for a password: begun, worked and verified by the program itself.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use store::testing::{GuardedDatabase, TestDatabases};

use super::house::{Ended, House, NAMEKEEP, OURS, contents, order, run};

/// The password of the database's role, which must come out nowhere.
const PASSWORD: &str = "canary-of-the-database";

/// `init` of an instance in `database`.
fn init(house: &House, folder: &str, database: &GuardedDatabase) -> Command {
    let mut command = Command::new(NAMEKEEP);
    command.arg("init").arg(house.path(folder)).args(["--operator", "tester", "--name", "nk.registrar.example"]);
    command.args(["--database", database.url()]).env_remove("PGPASSWORD").env_remove("PGPASSFILE").env("HOME", house.root());
    command
}

#[test]
fn an_instance_begins_and_works_on_a_server_that_asks_for_a_password() {
    let house = House::open();
    let database = TestDatabases::guarded_postgres(PASSWORD);
    let passfile = house.path("passfile");
    std::fs::write(&passfile, format!("# of the tests\n*:*:*:*:{PASSWORD}\n")).unwrap();
    std::fs::set_permissions(&passfile, std::fs::Permissions::from_mode(0o644)).unwrap();

    // Without the password nothing begins, and nothing is left that a repeat would stumble over.
    let refused = run(&mut init(&house, OURS, &database));
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert!(refused.err.contains("PGPASSWORD"), "{}", refused.err);
    let open_to_others = run(init(&house, OURS, &database).env("PGPASSFILE", &passfile));
    assert!(open_to_others.err.contains("chmod 600"), "{}", open_to_others.err);
    assert_eq!(contents(&house.path(OURS)), [], "files were left behind");

    std::fs::set_permissions(&passfile, std::fs::Permissions::from_mode(0o600)).unwrap();
    let begun = run(init(&house, OURS, &database).env("PGPASSWORD", PASSWORD));
    assert_eq!(begun.code, Some(0), "{}", begun.err);
    assert!(begun.out.contains("nk.registrar.example+"), "the ledger's key bears the name: {}", begun.out);

    let desk = house.configured(OURS);
    let works = |line: &str| -> Ended { run(desk.command(line).env("PGPASSFILE", &passfile).env_remove("PGPASSWORD")) };
    house.write("holder.toml", super::house::HOLDER);
    let holder = works("contact save holder.toml");
    assert_eq!(holder.code, Some(0), "{}", holder.err);
    for line in [order("first.alpha", holder.out.trim()).as_str(), "domain info first.alpha", "ledger verify", "duties", "doctor"] {
        let ended = works(line);
        assert_eq!(ended.code, Some(0), "`{line}`: {}{}", ended.out, ended.err);
    }
    assert!(works("domain info first.alpha").out.contains("registered"));

    // The database is taken now, and says so before anything is made.
    let second = run(init(&house, "second", &database).env("PGPASSWORD", PASSWORD));
    assert_eq!(second.code, Some(3), "{}", second.out);
    assert!(second.err.contains("holds an instance already"), "{}", second.err);
    assert_eq!(contents(&house.path("second")), [], "files were left behind");

    for (path, content) in contents(house.root()) {
        let is_found = content.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes());
        assert!(!is_found || path == passfile, "the password is in `{}`", path.display());
    }
    for said in [&refused, &open_to_others, &begun, &second] {
        assert!(!said.out.contains(PASSWORD) && !said.err.contains(PASSWORD), "{}{}", said.out, said.err);
    }
}
