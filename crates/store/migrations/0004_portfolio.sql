-- The portfolio: registrations and what is decided about them.

create table registration (
    id text primary key,
    name text not null,
    registry text not null,
    tld text not null,
    phase text not null,
    is_open integer not null,
    version integer not null,
    opened_us integer not null,
    expires_us integer,
    next_due_us integer,
    registrant text,
    -- What we want at the registry, what it last said, and the rest of the aggregate, as JSON.
    desired text not null,
    actual text,
    state text not null
) strict;

create unique index registration_open on registration (name) where is_open = 1;
create index registration_name on registration (name, id);
create index registration_registry on registration (registry, name, id);
create index registration_tld on registration (tld, name, id);
create index registration_phase on registration (phase, name, id);
create index registration_registrant on registration (registrant, name, id) where registrant is not null;
create index registration_due on registration (next_due_us, id) where next_due_us is not null;

-- Which open registrations want to delegate to which host; `reversed` is the host's labels from the root down.
create table delegation (
    domain text not null references registration (id),
    host text not null,
    registry text not null,
    reversed text not null,
    primary key (domain, host)
) strict;

create index delegation_host on delegation (registry, reversed);

-- Which open registrations name which contact, as registrant or in any role.
create table contact_link (
    domain text not null references registration (id),
    contact text not null,
    registry text not null,
    primary key (domain, contact)
) strict;

create index contact_link_contact on contact_link (contact, registry, domain);

create table duty (
    id text primary key,
    subject text not null,
    obligation text not null,
    clause text not null,
    key text not null,
    clock text not null,
    opens_us integer not null,
    soft_due_us integer not null,
    hard_due_us integer not null,
    state text not null,
    -- The whole state with its evidence, as JSON.
    standing text not null,
    opened_by integer,
    closed_by integer,
    unique (subject, key)
) strict;

create index duty_due on duty (hard_due_us, id);
create index duty_state_due on duty (state, hard_due_us, id);
create index duty_obligation_due on duty (obligation, hard_due_us, id);

create table notice (
    id text primary key,
    domain text not null,
    key text not null,
    kind text not null,
    decided_us integer not null,
    -- The order, as JSON.
    body text not null,
    carried_us integer,
    key_owner text,
    sealed blob,
    unique (domain, key)
) strict;

create index notice_uncarried on notice (id) where carried_us is null;

create table charge (
    domain text not null,
    key text not null,
    kind text not null,
    years integer not null,
    amount_minor integer,
    currency text,
    intent text,
    at_us integer not null,
    primary key (domain, key)
) strict;

create index charge_time on charge (at_us);
