//! Duties.

/// Columns of a duty, in the order they are read.
macro_rules! select {
    ($rest:literal) => {
        concat!("select id, subject, obligation, clause, key, clock, opens_us, soft_due_us, hard_due_us, standing from duty where ", $rest)
    };
}

statements! { "duties";
    /// Opens a duty; one of the same subject and key stays as it is.
    OPEN = "insert into duty (id, subject, obligation, clause, key, clock, opens_us, soft_due_us, hard_due_us, state, standing,
        opened_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (subject, key) do nothing";
    /// Closes an open duty, or one that lapsed and is fulfilled late.
    CLOSE = "update duty set state = $1, standing = $2, closed_by = $3
        where subject = $4 and key = $5 and (state = 'open' or (state = 'lapsed' and $6 = 1))";
    /// By id.
    FIND_BY_ID = select!("id = $1");
    /// Of one subject, earliest due first.
    LIST_OF = select!("subject = $1 order by hard_due_us, id");
    /// By due.
    LIST = select!("(hard_due_us, id) > ($1, $2) and (hard_due_us < $3 or $3 is null) and (soft_due_us <= $4 or $4 is null)
        and (obligation = $5 or $5 is null) order by hard_due_us, id limit $6");
    /// In one state, by due.
    LIST_IN_STATE = select!("state = $1 and (hard_due_us, id) > ($2, $3) and (hard_due_us < $4 or $4 is null)
        and (soft_due_us <= $5 or $5 is null) and (obligation = $6 or $6 is null) order by hard_due_us, id limit $7");
    /// How many are in each state.
    COUNT_BY_STATE = "select state, count(*) from duty group by state";
    /// The ledger entries that opened and closed it.
    FIND_LEDGER_ENTRIES = "select opened_by, closed_by from duty where id = $1";
}
