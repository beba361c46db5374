//! `namekeep operator ...`: people who may give orders.

use registrar::actor::{EnrolOperator, ListOperators, OperatorLine, RevokeOperator};
use serde::Serialize;

use super::init::ReservedFile;
use super::{Ending, Session};
use crate::cli::OperatorCommand;
use crate::failure::{Exit, Failure};
use crate::output::{Report, print, table};

#[derive(Serialize)]
struct OperatorsReport {
    operators: Vec<OperatorLine>,
}

impl Report for OperatorsReport {
    fn text(&self) -> String {
        let rows = self.operators.iter().map(|one| {
            let revoked = one.revoked_at.map(|at| at.to_string()).unwrap_or_default();
            vec![one.name.clone(), one.id.to_string(), one.enrolled_at.to_string(), revoked]
        });
        table(&["name", "id", "enrolled", "revoked"], rows)
    }
}

/// Runs one command on operators.
pub fn run(session: &Session, command: &OperatorCommand) -> Result<Ending, Failure> {
    match command {
        OperatorCommand::List => {
            print(session.format, &OperatorsReport { operators: session.ask(ListOperators)? });
        }
        OperatorCommand::Enrol { name, out } => {
            let file = ReservedFile::make(out)?;
            let enrolled = session.carry_out(EnrolOperator { name: name.clone() })?;
            file.fill(enrolled.token.expose())?;
            anstream::println!("{name} is enrolled; the token is in `{}` (mode 0600) and nowhere else.", out.display());
        }
        OperatorCommand::Revoke { name } => {
            let operators = session.ask(ListOperators)?;
            let operator = operators.iter().find(|one| one.name == *name && one.revoked_at.is_none()).ok_or_else(|| {
                Failure::new(Exit::NotFound, "operator.unknown", format!("There is no operator `{name}`."))
                    .hint("`namekeep operator list` shows them")
            })?;
            session.carry_out(RevokeOperator { operator: operator.id })?;
            anstream::println!("{name} may give no more orders.");
        }
    }
    Ok(Ending::Done)
}
