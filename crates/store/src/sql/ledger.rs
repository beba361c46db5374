//! The ledger's rows, tiles, head and checkpoints.

statements! { "ledger";
    /// Appends one entry.
    APPEND = "insert into ledger_entry (seq, at_us, actor, subject, kind, body, salt, commitment, leaf)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// A page of entries in order.
    LIST = "select seq, at_us, actor, subject, kind, body, salt, commitment, leaf from ledger_entry
        where seq >= $1 order by seq limit $2";
    /// The newest entries first.
    LIST_NEWEST = "select seq, at_us, actor, subject, kind, body, salt, commitment, leaf from ledger_entry
        where seq < $1 order by seq desc limit $2";
    /// A page of one subject's entries in order.
    LIST_OF_SUBJECT = "select seq, at_us, actor, subject, kind, body, salt, commitment, leaf from ledger_entry
        where subject = $1 and seq >= $2 order by seq limit $3";
    /// Leaf hashes in order, half-open.
    LEAVES = "select leaf from ledger_entry where seq >= $1 and seq < $2 order by seq";
    /// Forgets the bodies of a subject; the leaves stay.
    ERASE_BODIES = "update ledger_entry set body = null, salt = null where subject = $1 and body is not null";
    /// Number of the last row plus one.
    END = "select coalesce(max(seq) + 1, 0) from ledger_entry";
    /// The right edge.
    HEAD = "select origin, size, frontier from ledger_head where id = 1";
    /// Moves the right edge.
    SET_HEAD = "insert into ledger_head (id, origin, size, frontier) values (1, $1, $2, $3)
        on conflict (id) do update set size = excluded.size, frontier = excluded.frontier";
    /// Stores a complete tile.
    ADD_TILE = "insert into ledger_tile (level, number, hashes, root) values ($1, $2, $3, $4)";
    /// A complete tile.
    TILE = "select hashes from ledger_tile where level = $1 and number = $2";
    /// Roots of complete tiles in order, half-open: the hashes of the level above.
    TILE_ROOTS = "select root from ledger_tile where level = $1 and number >= $2 and number < $3 order by number";
    /// Stores a signed checkpoint.
    ADD_CHECKPOINT = "insert into ledger_checkpoint (size, root, note) values ($1, $2, $3)";
    /// The newest checkpoint.
    LAST_CHECKPOINT = "select size, root, note from ledger_checkpoint order by size desc limit 1";
    /// The checkpoint of exactly this size.
    CHECKPOINT = "select size, root, note from ledger_checkpoint where size = $1";
    /// A page of checkpoints in order.
    LIST_CHECKPOINTS = "select size, root, note from ledger_checkpoint where size > $1 order by size limit $2";
}
