//! Clocks, holds and erasures.

statements! { "custody";
    /// How a contact stands.
    FIND = "select revision, created_us, changed_us, erasure_ordered_us, erasure_reason, erased_us from contact where id = $1";
    /// It is to be erased as soon as it may be.
    ORDER_ERASURE = "update contact set erasure_ordered_us = $1, erasure_reason = $2
        where id = $3 and erased_us is null and erasure_ordered_us is null";
    /// It is not to be erased after all.
    CANCEL_ERASURE = "update contact set erasure_ordered_us = null, erasure_reason = null
        where id = $1 and erased_us is null and erasure_ordered_us is not null";
    /// Nothing is left of what it said.
    ERASE = "update contact set sealed = $1, erased_us = $2, index_form = 0, customer = null where id = $3 and erased_us is null";
    /// Those that wait to be erased.
    LIST_ORDERED = "select id from contact where erasure_ordered_us is not null and erased_us is null and id > $1 order by id limit $2";
    /// Runs a clock, or runs it longer.
    SET_CLOCK = "insert into contact_clock (contact, domain, rule, keep_until_us) values ($1, $2, $3, $4)
        on conflict (contact, domain, rule) do update set keep_until_us = excluded.keep_until_us
        where contact_clock.keep_until_us < excluded.keep_until_us";
    /// The clocks of a contact, the last to end first.
    LIST_CLOCKS = "select domain, rule, keep_until_us from contact_clock where contact = $1 order by keep_until_us desc, domain, rule";
    /// Clocks that have ended.
    LIST_ENDED = "select contact, domain, rule from contact_clock where keep_until_us <= $1 order by keep_until_us, contact, domain, rule limit $2";
    /// It has ended and was looked at.
    REMOVE_CLOCK = "delete from contact_clock where contact = $1 and domain = $2 and rule = $3";
    /// All of a contact.
    REMOVE_CLOCKS = "delete from contact_clock where contact = $1";
    /// The names that open registrations link to it.
    FIND_LINK = "select domain from contact_link where contact = $1 order by registry, domain limit 1";
    /// Those that they link to a privacy service's contact which stands for it.
    FIND_LINK_OF_CUSTOMER = "select link.domain from contact join contact_link as link on link.contact = contact.id
        where contact.customer = $1 limit 1";
    /// Holds a contact; one of the same reference stays as it is.
    HOLD = "insert into contact_hold (contact, reference, reason, since_us) values ($1, $2, $3, $4) on conflict (contact, reference) do nothing";
    /// Lets it go.
    RELEASE = "delete from contact_hold where contact = $1 and reference = $2";
    /// What holds it.
    LIST_HOLDS = "select reference, reason, since_us from contact_hold where contact = $1 order by since_us, reference";
    /// A name ended.
    SET_NAME_CLOCK = "insert into name_clock (domain, keep_until_us) values ($1, $2) on conflict (domain) do nothing";
    /// Names whose time is over and whose people nobody holds.
    LIST_ENDED_NAMES = "select domain from name_clock where keep_until_us <= $1 and not exists (select 1 from registration
        join contact_hold on contact_hold.contact = registration.registrant where registration.id = name_clock.domain)
        order by keep_until_us, domain limit $2";
    /// What was written for it has gone.
    REMOVE_NAME_CLOCK = "delete from name_clock where domain = $1";
}
