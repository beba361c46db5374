-- The outbox towards registries.

create table intent (
    id text primary key,
    -- Order of decision.
    seq integer not null unique,
    registry text not null,
    object text not null,
    operation text not null,
    business_key text not null,
    domain text not null,
    lane text not null,
    is_paid integer not null,
    state text not null,
    -- When it may be sent, or proven, next.
    ready_us integer not null,
    attempts integer not null,
    last_cltrid text,
    svtrid text,
    sent_us integer,
    settled_us integer,
    epoch integer not null,
    -- The intent, what is left of its operation after a part was proven done, and what came of it, as JSON.
    body text not null,
    remaining text,
    outcome text,
    is_open integer not null generated always as
        (case when state in ('waiting', 'ready', 'sent', 'unknown', 'pending') then 1 else 0 end) stored,
    is_in_flight integer not null generated always as
        (case when state in ('sent', 'unknown', 'pending') then 1 else 0 end) stored,
    unique (registry, object, operation, business_key)
) strict;

-- At most one unreconciled intent per object.
create unique index intent_in_flight on intent (registry, object) where is_in_flight = 1;
create index intent_queue on intent (registry, object, seq) where is_open = 1;
create index intent_ready on intent (registry, lane desc, seq) where state = 'ready';
create index intent_state on intent (registry, state, ready_us) where is_open = 1;
create index intent_open on intent (id) where is_open = 1;
create index intent_open_of on intent (registry, id) where is_open = 1;
create index intent_domain on intent (domain, seq);

create table intent_after (
    intent text not null references intent (id),
    needs text not null,
    primary key (intent, needs)
) strict;

create index intent_after_needs on intent_after (needs);

create table attempt (
    cltrid text primary key,
    intent text not null references intent (id),
    number integer not null,
    sent_us integer not null,
    ended_us integer,
    outcome text,
    unique (intent, number)
) strict;
