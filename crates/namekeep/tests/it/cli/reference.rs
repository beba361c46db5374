//! `docs/reference/commands.md` is what `--help` prints, command by command.

use super::house::{NAMEKEEP, run};

/// The reference, from the workspace's root.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/commands.md");
/// Set to write the reference instead of comparing it.
const UPDATE: &str = "NAMEKEEP_UPDATE_REFERENCE";
/// The guides that name commands.
const GUIDES: [(&str, &str); 2] =
    [("README.md", include_str!("../../../../../README.md")), ("docs/operations.md", include_str!("../../../../../docs/operations.md"))];
/// How deep commands nest; deeper ones are a mistake of this test.
const DEPTH_LIMIT: usize = 4;

const HEAD: &str = "# Commands\n\nWhat `namekeep COMMAND --help` prints for each command. This file is written by the test that compares it:\n\
                    `NAMEKEEP_UPDATE_REFERENCE=1 cargo nextest run -p namekeep reference`.\n";

#[test]
fn the_reference_says_what_help_says() {
    let mut reference = HEAD.to_owned();
    describe(&mut Vec::new(), &mut reference);
    if std::env::var_os(UPDATE).is_some() {
        std::fs::create_dir_all(std::path::Path::new(FILE).parent().unwrap()).unwrap();
        std::fs::write(FILE, &reference).unwrap();
    }
    let written = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        written == reference,
        "docs/reference/commands.md is out of date; write it with `{UPDATE}=1 cargo nextest run -p namekeep reference`"
    );
}

#[test]
fn the_guides_name_commands_that_exist() {
    let reference = std::fs::read_to_string(FILE).unwrap();
    let titles: std::collections::BTreeSet<&str> = reference.lines().filter_map(|line| line.strip_prefix("## namekeep ")).collect();
    for (guide, text) in GUIDES {
        let mut found = 0;
        for said in commands_in(text) {
            let is_group = titles.iter().any(|title| title.starts_with(&format!("{} ", said[0])));
            let title = if is_group { said.iter().take(2).cloned().collect::<Vec<_>>().join(" ") } else { said[0].clone() };
            assert!(titles.contains(title.as_str()), "{guide} names `namekeep {title}`, which there is not");
            found += 1;
        }
        assert!(found > 5, "{guide} names {found} commands");
    }
}

/// The words after each `namekeep` that begins a command line in code, its options left out.
fn commands_in(text: &str) -> Vec<Vec<String>> {
    let lines =
        text.lines().flat_map(|line| if line.starts_with("namekeep ") { vec![line] } else { line.split('`').skip(1).step_by(2).collect() });
    let commands = lines.filter_map(|line| line.strip_prefix("namekeep "));
    let words = commands.map(|line| line.split_whitespace().skip_while(|word| *word == "--dir" || word.starts_with('/')));
    words
        .map(|words| words.map(str::to_owned).collect::<Vec<_>>())
        .filter(|words| words.first().is_some_and(|word| !word.starts_with("--")))
        .collect()
}

/// Appends a command and all below it.
fn describe(path: &mut Vec<String>, reference: &mut String) {
    assert!(path.len() <= DEPTH_LIMIT, "{path:?}");
    let ended = run(std::process::Command::new(NAMEKEEP).args(path.iter()).arg("--help").env_clear());
    assert_eq!(ended.code, Some(0), "{path:?}: {}", ended.err);
    let title = std::iter::once("namekeep").chain(path.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
    let help: Vec<&str> = ended.out.lines().map(str::trim_end).collect();
    reference.push_str(&format!("\n## {title}\n\n```text\n{}\n```\n", help.join("\n").trim_end()));
    for name in commands_of(&ended.out) {
        path.push(name);
        describe(path, reference);
        path.pop();
    }
}

/// The names under the heading `Commands:`.
fn commands_of(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| line.trim_end() != "Commands:").skip(1).take_while(|line| !line.trim().is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}
