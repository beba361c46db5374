-- The machinery: settings, leases, jobs, schedules, vault keys.

create table setting (
    name text primary key,
    value text not null
) strict;

create table lease (
    name text primary key,
    owner text not null,
    epoch integer not null,
    until_us integer not null
) strict;

-- `ready_us` is when a worker may take it next: due time, end of a lease, or end of a pause.
create table job (
    id text primary key,
    kind text not null,
    key text not null,
    payload text not null,
    ready_us integer not null,
    owner text,
    epoch integer not null,
    tries integer not null,
    parked_us integer,
    last_error text,
    unique (kind, key)
) strict;

create index job_ready on job (kind, ready_us) where parked_us is null;
create index job_parked on job (parked_us) where parked_us is not null;

create table schedule (
    name text primary key,
    every_s integer not null check (every_s > 0),
    next_us integer not null
) strict;

create index schedule_next on schedule (next_us);

-- A key without bytes was destroyed: whatever it sealed is erased.
create table vault_key (
    owner text primary key,
    key_id blob not null,
    kek_id blob not null,
    wrapped blob,
    destroyed_us integer,
    check ((wrapped is null) = (destroyed_us is not null))
) strict;

create index vault_key_kek on vault_key (kek_id, owner) where wrapped is not null;
