//! Operators: no default password, one token each, shown once.

use model::Secret;

use crate::Failure;
use crate::actor::{EnrolOperator, ListOperators, RevokeOperator};
use crate::testing::each;

#[test]
fn a_token_proves_its_operator_until_it_is_revoked() {
    each(|house| {
        let grace = house.act(EnrolOperator { name: "Grace Hopper".to_owned() }).unwrap();
        let known = house.registrar.authenticate_operator(&grace.token).unwrap();
        assert_eq!(known, grace.actor);
        house.act(RevokeOperator { operator: grace.actor.id }).unwrap();
        let denied = house.registrar.authenticate_operator(&grace.token).unwrap_err();
        assert_eq!(denied.code(), "auth.token");
        let mut names: Vec<(String, bool)> =
            house.ask(ListOperators).unwrap().into_iter().map(|line| (line.name, line.revoked_at.is_some())).collect();
        names.sort();
        assert_eq!(names, [("Ada Lovelace".to_owned(), false), ("Grace Hopper".to_owned(), true)]);
    });
}

/// Whoever tries tokens learns nothing from the answer.
#[test]
fn every_wrong_token_gets_the_same_sentence() {
    each(|house| {
        let grace = house.act(EnrolOperator { name: "Grace Hopper".to_owned() }).unwrap();
        house.act(RevokeOperator { operator: grace.actor.id }).unwrap();
        let revoked = grace.token.expose().to_owned();
        let wrong = [String::new(), "nk_live_x".to_owned(), revoked.replace("nk_live_0", "nk_live_1"), revoked];
        let sentences: Vec<String> =
            wrong.into_iter().map(|token| house.registrar.authenticate_operator(&Secret::new(token)).unwrap_err().to_string()).collect();
        assert!(sentences.iter().all(|sentence| sentence == "the operator token is not valid (auth.token)"), "{sentences:?}");
    });
}

#[test]
fn the_first_door_closes_and_the_last_operator_stays() {
    each(|house| {
        let refusals = [
            house.registrar.enrol_first_operator("Mallory").map(drop),
            house.act(RevokeOperator { operator: house.operator.id }),
            house.act(EnrolOperator { name: " ".to_owned() }).map(drop),
            house.act(EnrolOperator { name: "two\nlines".to_owned() }).map(drop),
            house.act(EnrolOperator { name: "Ada Lovelace".to_owned() }).map(drop),
            house.act(RevokeOperator { operator: crate::actor::timer().id }),
        ];
        let codes: Vec<&str> = refusals.iter().map(|result| result.as_ref().map_err(Failure::code).unwrap_err()).collect();
        assert_eq!(
            codes,
            ["operator.enrolled", "operator.last", "operator.name", "operator.name", "operator.name-taken", "operator.unknown"]
        );
    });
}
