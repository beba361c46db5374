-- The ledger: what happened, in order, as leaves of a Merkle tree.

-- Held by the node whose turn it is to write; never has a row.
create table write_turn (
    id integer primary key
) strict;

create table ledger_entry (
    seq integer primary key,
    at_us integer not null,
    actor text not null,
    subject text not null,
    kind text not null,
    body text,
    salt blob,
    commitment blob not null,
    leaf blob not null,
    check ((body is null) = (salt is null))
) strict;

create index ledger_entry_subject on ledger_entry (subject, seq);

-- Complete tiles of 256 hashes, with the root of the subtree each covers.
create table ledger_tile (
    level integer not null,
    number integer not null,
    hashes blob not null,
    root blob not null,
    primary key (level, number)
) strict;

-- One row: size and right edge of the tree.
create table ledger_head (
    id integer primary key check (id = 1),
    origin text not null,
    size integer not null,
    frontier blob not null
) strict;

-- One row for each commit that appended: the signed note.
create table ledger_checkpoint (
    size integer primary key,
    root blob not null,
    note text not null
) strict;
