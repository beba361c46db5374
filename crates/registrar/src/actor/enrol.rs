//! Operators come to be, prove themselves, and leave. There is no default password: the first operator is enrolled by whoever
//! holds the data folder, every further one by an operator, and each token is shown once.

use model::{ActorId, Secret, Timestamp};
use policy::{Actor, ActorKind, Permission, Refusal};
use serde::Serialize;
use store::{Tx, operators};

use super::ledger_name;
use super::token::Token;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::{Denial, Failure};
use crate::registrar::Registrar;
use crate::use_case::{Question, UseCase, Work};

/// Longest name of an operator, in characters.
const NAME_LIMIT_CHARS: usize = 100;

/// A digest that no secret has a chance to match: compared against when the id is unknown, so that an unknown id and a wrong
/// secret take the same time.
const NOBODY: [u8; 32] = [0; 32];

/// A new operator. The token is shown here and never again.
#[derive(Debug)]
pub struct Enrolled {
    /// Who it is.
    pub actor: Actor,
    /// What proves it.
    pub token: Secret,
}

impl Registrar {
    /// Says who holds `token`.
    ///
    /// # Errors
    /// [`Denial`] with code `auth.token`, whatever is wrong with it; a fault if the store cannot be read.
    pub fn authenticate_operator(&self, token: &Secret) -> Result<Actor, Failure> {
        let token = Token::parse(token).ok_or_else(Denial::bad_token)?;
        let found = self.store().read::<_, Failure>(|tx| Ok(operators::find(tx, token.id)?))?;
        let stored = found.as_ref().map_or(&NOBODY, |operator| &operator.token_sha256);
        let is_holder = token.matches(stored);
        match found {
            Some(operator) if is_holder && operator.revoked_at.is_none() => {
                Ok(Actor { id: operator.id, kind: ActorKind::Operator { name: operator.name } })
            }
            _ => {
                tracing::warn!(operator = %token.id, "an operator token was denied");
                Err(Denial::bad_token().into())
            }
        }
    }

    /// Enrols the first operator. Whoever may open the data folder and its keys may call this, once.
    ///
    /// # Errors
    /// Refused with `operator.enrolled` once there is an operator; `operator.name` for an unusable name.
    pub fn enrol_first_operator(&self, name: &str) -> Result<Enrolled, Failure> {
        let (registrar, name) = (self.clone(), name.to_owned());
        self.store().write(move |tx| {
            if !operators::list(tx)?.is_empty() {
                return Err(Refusal::new("operator.enrolled", "design 5", "there is an operator already, so this door is closed")
                    .hint("ask an operator to enrol you")
                    .into());
            }
            enrol(tx, &registrar, None, &name)
        })
    }
}

/// Enrol a further operator.
#[derive(Clone, Debug)]
pub struct EnrolOperator {
    /// The person's name, as shown in lists.
    pub name: String,
}

impl NeedsPermission for EnrolOperator {
    fn permission(&self) -> Permission {
        Permission::ManageOperators
    }
}

impl UseCase for EnrolOperator {
    type Answer = Enrolled;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Enrolled, Failure> {
        enrol(work.tx, work.registrar, Some(work.actor), &self.name)
    }
}

/// Revoke an operator's token. The last operator stays, so that nobody locks the house from inside.
#[derive(Clone, Debug)]
pub struct RevokeOperator {
    /// Whose.
    pub operator: ActorId,
}

impl NeedsPermission for RevokeOperator {
    fn permission(&self) -> Permission {
        Permission::ManageOperators
    }
}

impl UseCase for RevokeOperator {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        let active: Vec<ActorId> =
            operators::list(work.tx)?.into_iter().filter(|operator| operator.revoked_at.is_none()).map(|operator| operator.id).collect();
        if !active.contains(&self.operator) {
            let sentence = format!("`{}` is not an operator whose token is in force", self.operator);
            return Err(Refusal::new("operator.unknown", "design 5", sentence).hint("list the operators to see their ids").into());
        }
        if active.len() == 1 {
            return Err(Refusal::new("operator.last", "design 5", "the last operator cannot be revoked: nobody could come in again")
                .hint("enrol another operator first")
                .into());
        }
        operators::revoke(work.tx, self.operator, work.now)?;
        let who = ledger_name(work.actor);
        note(work.tx, work.registrar, &who, &self.operator.to_string(), "operator-revoked", &Noted { operator: self.operator }, work.now)
    }
}

/// List the operators, revoked ones too.
#[derive(Clone, Copy, Debug)]
pub struct ListOperators;

/// One operator in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperatorLine {
    /// Who.
    pub id: ActorId,
    /// The name.
    pub name: String,
    /// When enrolled.
    pub enrolled_at: Timestamp,
    /// When revoked, if so.
    pub revoked_at: Option<Timestamp>,
}

impl NeedsPermission for ListOperators {
    fn permission(&self) -> Permission {
        Permission::ManageOperators
    }
}

impl Question for ListOperators {
    type Answer = Vec<OperatorLine>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Vec<OperatorLine>, Failure> {
        let line = |operator: operators::Operator| OperatorLine {
            id: operator.id,
            name: operator.name,
            enrolled_at: operator.created_at,
            revoked_at: operator.revoked_at,
        };
        Ok(operators::list(work.tx)?.into_iter().map(line).collect())
    }
}

/// What the ledger keeps of an enrolment: the id, not the name.
#[derive(Serialize)]
struct Noted {
    operator: ActorId,
}

fn enrol(tx: &mut Tx<'_>, registrar: &Registrar, by: Option<&Actor>, name: &str) -> Result<Enrolled, Failure> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_LIMIT_CHARS || name.chars().any(char::is_control) {
        let sentence = format!("an operator's name has 1 to {NAME_LIMIT_CHARS} characters on one line");
        return Err(Refusal::new("operator.name", "design 5", sentence).hint("give the person's name, such as `Ada Lovelace`").into());
    }
    // Revoking by name must mean one person.
    if operators::list(tx)?.iter().any(|one| one.name == name && one.revoked_at.is_none()) {
        let sentence = format!("there is an operator `{name}` already");
        return Err(Refusal::new("operator.name-taken", "design 5", sentence).hint("choose another name, or revoke that one first").into());
    }
    let now = registrar.now();
    let id = ActorId::new(now, &mut registrar.draw());
    let token = Token::generate(id, &mut registrar.draw());
    operators::insert(
        tx,
        &operators::Operator { id, name: name.to_owned(), token_sha256: token.sha256(), created_at: now, revoked_at: None },
    )?;
    let actor = Actor { id, kind: ActorKind::Operator { name: name.to_owned() } };
    let who = ledger_name(by.unwrap_or(&actor));
    note(tx, registrar, &who, &id.to_string(), "operator-enrolled", &Noted { operator: id }, now)?;
    Ok(Enrolled { actor, token: token.to_text() })
}
