-- Hosts, contacts, operators and single secrets.

create table host (
    registry text not null,
    name text not null,
    domain text,
    addresses text not null,
    changed_us integer not null,
    primary key (registry, name)
) strict;

create index host_domain on host (domain) where domain is not null;

create table contact (
    id text primary key,
    revision integer not null,
    sealed blob not null,
    created_us integer not null,
    changed_us integer not null
) strict;

create table contact_handle (
    registry text not null,
    contact text not null references contact (id),
    handle text not null,
    since_us integer not null,
    primary key (registry, contact),
    unique (registry, handle)
) strict;

create index contact_handle_contact on contact_handle (contact);

create table operator (
    id text primary key,
    name text not null,
    token_sha256 blob not null unique,
    created_us integer not null,
    revoked_us integer
) strict;

create table auth_info (
    domain text primary key,
    sealed blob not null,
    set_us integer not null
) strict;

create table sealed_value (
    class text not null,
    subject text not null,
    sealed blob not null,
    set_us integer not null,
    primary key (class, subject)
) strict;
