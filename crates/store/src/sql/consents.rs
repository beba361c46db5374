//! What subjects agreed to publish.

statements! { "consents";
    /// The newest word about an element.
    SET = "insert into consent (contact, element, is_given, at_us, source) values ($1, $2, $3, $4, $5)
        on conflict (contact, element) do update set is_given = excluded.is_given, at_us = excluded.at_us, source = excluded.source";
    /// Forgets a subject.
    REMOVE = "delete from consent where contact = $1";
    /// Every word of a subject.
    LIST = "select element, is_given, at_us, source from consent where contact = $1 order by element";
}
