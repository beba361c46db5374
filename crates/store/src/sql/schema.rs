//! The record of migrations.

statements! { "schema";
    /// Steps that were applied.
    APPLIED = "select version, name, digest from schema_version order by version";
    /// Records a step.
    RECORD = "insert into schema_version (version, name, digest) values ($1, $2, $3)";
}
