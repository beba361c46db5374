//! Contacts, sealed, and their handles at registries.

statements! { "contacts";
    /// A new contact.
    INSERT = "insert into contact (id, revision, sealed, created_us, changed_us) values ($1, 1, $2, $3, $4)";
    /// Its next revision.
    UPDATE = "update contact set revision = $1, sealed = $2, changed_us = $3 where id = $4 and revision = $5";
    /// By id.
    FIND = "select id, revision, sealed, created_us, changed_us, erased_us from contact where id = $1";
    /// For whom it stands.
    FIND_CUSTOMER = "select customer from contact where id = $1";
    /// It stands for somebody.
    SET_CUSTOMER = "update contact set customer = $1 where id = $2 and erased_us is null";
    /// Whether it is there, with its data.
    IS_KNOWN = "select id from contact where id = $1 and erased_us is null";
    /// By id.
    LIST = "select id, revision, sealed, created_us, changed_us, erased_us from contact where id > $1 order by id limit $2";
    /// Keeps a revision as it stands, or keeps it longer.
    KEEP_REVISION = "insert into contact_revision (contact, revision, sealed, keep_until_us)
        select id, revision, sealed, $1 from contact where id = $2 and revision = $3
        on conflict (contact, revision) do update set keep_until_us = excluded.keep_until_us
        where contact_revision.keep_until_us < excluded.keep_until_us";
    /// A kept revision.
    FIND_REVISION = "select sealed from contact_revision where contact = $1 and revision = $2";
    /// The earliest kept revision from one on.
    FIND_KEPT_SINCE = "select revision from contact_revision where contact = $1 and revision >= $2 order by revision limit 1";
    /// The kept revisions of a contact.
    LIST_REVISIONS = "select revision, keep_until_us from contact_revision where contact = $1 order by revision";
    /// Lets go of those whose time is over.
    PURGE_REVISIONS = "delete from contact_revision where (contact, revision) in
        (select contact, revision from contact_revision where keep_until_us <= $1 order by keep_until_us limit $2)";
    /// Lets go of all of a contact's.
    REMOVE_REVISIONS = "delete from contact_revision where contact = $1";
    /// The handle of a contact at a registry.
    FIND_HANDLE = "select handle from contact_handle where registry = $1 and contact = $2";
    /// Whose handle it is.
    FIND_BY_HANDLE = "select contact from contact_handle where registry = $1 and handle = $2";
    /// Every handle of a contact.
    LIST_HANDLES_OF = "select registry, handle from contact_handle where contact = $1 order by registry";
    /// The contact exists at the registry now.
    SET_HANDLE = "insert into contact_handle (registry, contact, handle, since_us) values ($1, $2, $3, $4)
        on conflict (registry, contact) do update set handle = excluded.handle, since_us = excluded.since_us";
    /// It no longer does.
    REMOVE_HANDLE = "delete from contact_handle where registry = $1 and handle = $2";
}
