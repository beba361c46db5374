//! Schedules: what recurs.

statements! { "schedules";
    /// Sets how often something recurs; the next time stays if it was set before.
    SET = "insert into schedule (name, every_s, next_us) values ($1, $2, $3)
        on conflict (name) do update set every_s = excluded.every_s";
    /// Those that are due.
    LIST_DUE = "select name, every_s, next_us from schedule where next_us <= $1 order by next_us";
    /// One by name.
    FIND = "select name, every_s, next_us from schedule where name = $1";
    /// Every one.
    LIST = "select name, every_s, next_us from schedule order by name";
    /// Moves one on, if nobody else has.
    ADVANCE = "update schedule set next_us = $1 where name = $2 and next_us = $3";
    /// Removes one.
    REMOVE = "delete from schedule where name = $1";
    /// The earliest next time.
    NEXT = "select min(next_us) from schedule";
}
