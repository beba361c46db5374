//! Settings of this instance.

statements! { "settings";
    /// One value.
    FIND = "select value from setting where name = $1";
    /// Every setting.
    LIST = "select name, value from setting order by name";
    /// Sets a value.
    SET = "insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
    /// Sets a value unless there is one.
    FIX = "insert into setting (name, value) values ($1, $2) on conflict (name) do nothing";
    /// Forgets a value.
    REMOVE = "delete from setting where name = $1";
}
