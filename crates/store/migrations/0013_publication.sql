-- What the public may read of each name, as the last projection made it, numbered in the order of its changes: the followers' feed.
-- A name that is no longer answered for keeps its row without a record, so that the feed can say so.

create table publication (
    name text primary key,
    seq integer not null unique,
    record blob,
    at_us integer not null
) strict;
