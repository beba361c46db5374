//! Operators and the digests of their tokens.

statements! { "operators";
    /// A new operator.
    INSERT = "insert into operator (id, name, token_sha256, created_us, revoked_us) values ($1, $2, $3, $4, $5)";
    /// By id.
    FIND = "select id, name, token_sha256, created_us, revoked_us from operator where id = $1";
    /// All, by enrolment.
    LIST = "select id, name, token_sha256, created_us, revoked_us from operator order by id";
    /// The token is no longer taken.
    REVOKE = "update operator set revoked_us = $1 where id = $2 and revoked_us is null";
}
