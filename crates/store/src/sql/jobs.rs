//! Jobs: work to carry out, one row each.

statements! { "jobs";
    /// Adds a job unless one of its kind and key is waiting.
    ENQUEUE = "insert into job (id, kind, key, payload, ready_us, epoch, tries) values ($1, $2, $3, $4, $5, 0, 0)
        on conflict (kind, key) do nothing";
    /// Adds a job or takes the place of the one that is waiting; a worker that carries the old one is fenced off.
    REPLACE = "insert into job (id, kind, key, payload, ready_us, epoch, tries) values ($1, $2, $3, $4, $5, 0, 0)
        on conflict (kind, key) do update set payload = excluded.payload, ready_us = excluded.ready_us, owner = null,
            epoch = job.epoch + 1, tries = 0, parked_us = null, last_error = null";
    /// Takes jobs that are ready and makes them unready until the lease ends.
    CLAIM = "update job set owner = $1, ready_us = $2, epoch = epoch + 1, tries = tries + 1
        where id in (select id from job where kind = $3 and parked_us is null and ready_us <= $4 order by ready_us limit $5)
        returning id, kind, key, payload, epoch, tries";
    /// Prolongs the lease of a job.
    EXTEND = "update job set ready_us = $1 where id = $2 and epoch = $3";
    /// Done.
    COMPLETE = "delete from job where id = $1 and epoch = $2";
    /// To be tried again later.
    RETRY = "update job set ready_us = $1, owner = null, last_error = $2 where id = $3 and epoch = $4";
    /// Given up until a person looks.
    PARK = "update job set parked_us = $1, owner = null, last_error = $2 where id = $3 and epoch = $4";
    /// Taken up again.
    UNPARK = "update job set parked_us = null, ready_us = $1, tries = 0, epoch = epoch + 1
        where id = $2 and parked_us is not null";
    /// Withdrawn, whoever carries it.
    CANCEL = "delete from job where kind = $1 and key = $2";
    /// Jobs that were given up.
    LIST_PARKED = "select id, kind, key, payload, ready_us, tries, parked_us, last_error from job
        where parked_us is not null order by parked_us limit $1";
    /// The next ones of a kind.
    LIST_WAITING = "select id, kind, key, payload, ready_us, tries, parked_us, last_error from job
        where kind = $1 and parked_us is null order by ready_us limit $2";
    /// When the next job of a kind is ready.
    NEXT_READY = "select min(ready_us) from job where kind = $1 and parked_us is null";
}
