//! Single sealed values: authInfos by registration, others by class and subject.

statements! { "sealed";
    /// Keeps the authInfo of a registration.
    SET_AUTH_INFO = "insert into auth_info (domain, sealed, set_us) values ($1, $2, $3)
        on conflict (domain) do update set sealed = excluded.sealed, set_us = excluded.set_us";
    /// The authInfo of a registration.
    FIND_AUTH_INFO = "select sealed from auth_info where domain = $1";
    /// It has served.
    REMOVE_AUTH_INFO = "delete from auth_info where domain = $1";
    /// Keeps a value.
    PUT = "insert into sealed_value (class, subject, sealed, set_us) values ($1, $2, $3, $4)
        on conflict (class, subject) do update set sealed = excluded.sealed, set_us = excluded.set_us";
    /// A value.
    FIND = "select sealed from sealed_value where class = $1 and subject = $2";
    /// Forgets a value.
    REMOVE = "delete from sealed_value where class = $1 and subject = $2";
}
