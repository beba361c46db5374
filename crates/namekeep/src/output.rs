//! What commands print: tables for people, JSON for programs, one report type for both.

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use serde::Serialize;

use crate::failure::Failure;

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: one JSON document on standard output.
    Json,
}

/// Something a command prints.
pub trait Report: Serialize {
    /// The report as people read it, without a trailing line break.
    fn text(&self) -> String;
}

/// Prints a report to standard output.
pub fn print(format: Format, report: &impl Report) {
    match format {
        Format::Text => anstream::println!("{}", report.text()),
        Format::Json => match serde_json::to_string_pretty(report) {
            Ok(json) => anstream::println!("{json}"),
            Err(error) => anstream::eprintln!("error: the report could not be written as JSON: {error}"),
        },
    }
}

/// Prints a failure to standard error, in the form the caller asked for.
pub fn print_failure(format: Format, failure: &Failure) {
    match format {
        Format::Text => anstream::eprintln!("error: {failure}"),
        Format::Json => {
            let json = serde_json::json!({ "error": failure });
            anstream::eprintln!("{json}");
        }
    }
}

/// One line under the header, and nothing else that is not content.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A number with its noun: `1 name`, `2 names`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// An instant as tables show it, in UTC.
pub fn minute(at: model::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// A table with a header, as wide as the terminal allows.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic).set_header(header.to_vec());
    for row in rows {
        table.add_row(row);
    }
    table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// Two columns without rules: a label and its value, for one object.
pub fn fields(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
    rows.iter().map(|(label, value)| format!("{label:<width$}  {value}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
