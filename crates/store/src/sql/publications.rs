//! Public records in the order of their changes.

statements! { "publications";
    /// The record of a name.
    FIND = "select record from publication where name = $1";
    /// The newest number.
    LAST = "select max(seq) from publication";
    /// A name has another record, or none any more.
    PUT = "insert into publication (name, seq, record, at_us) values ($1, $2, $3, $4)
        on conflict (name) do update set seq = excluded.seq, record = excluded.record, at_us = excluded.at_us";
    /// Forgets names that are long gone; never the newest number, which would be given twice.
    PURGE = "delete from publication where name in (select name from publication where record is null and at_us <= $1
        and seq < (select max(seq) from publication) order by seq limit $2)";
    /// What changed after a number.
    LIST_CHANGES = "select seq, name, record, at_us from publication where seq > $1 order by seq limit $2";
}
