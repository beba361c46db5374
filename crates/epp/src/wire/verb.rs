//! The verbs of EPP (RFC 5730 section 2.9).

use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// The value of a word on the wire.
            pub fn from_word(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What a command does.
    Verb {
        /// Which objects may be created?
        Check = "check",
        /// Create an object.
        Create = "create",
        /// Delete an object.
        Delete = "delete",
        /// Show an object.
        Info = "info",
        /// Begin a session.
        Login = "login",
        /// End a session.
        Logout = "logout",
        /// Read or acknowledge a service message.
        Poll = "poll",
        /// Extend an object.
        Renew = "renew",
        /// Move an object to another registrar.
        Transfer = "transfer",
        /// Change an object.
        Update = "update",
    }
}

words! {
    /// What a transfer command does.
    TransferOp {
        /// Ask for the transfer.
        Request = "request",
        /// Ask where it stands.
        Query = "query",
        /// Let it happen, as the losing registrar.
        Approve = "approve",
        /// Refuse it, as the losing registrar.
        Reject = "reject",
        /// Withdraw it, as the gaining registrar.
        Cancel = "cancel",
    }
}

/// The three groups of RFC 5730 section 2.9, by which deadlines and lanes are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VerbClass {
    /// `login`, `logout`.
    Session,
    /// Reads; may be repeated freely.
    Query,
    /// Changes objects; never repeated without proof that the first try was not done.
    Transform,
}

impl Verb {
    /// The group of a command with this verb; `transfer` depends on its operation, and `poll ack` changes only the queue.
    pub fn class(self, op: Option<TransferOp>) -> VerbClass {
        match self {
            Verb::Login | Verb::Logout => VerbClass::Session,
            Verb::Check | Verb::Info | Verb::Poll => VerbClass::Query,
            Verb::Transfer if op == Some(TransferOp::Query) => VerbClass::Query,
            Verb::Create | Verb::Delete | Verb::Renew | Verb::Transfer | Verb::Update => VerbClass::Transform,
        }
    }
}

impl fmt::Display for VerbClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            VerbClass::Session => "session",
            VerbClass::Query => "query",
            VerbClass::Transform => "transform",
        })
    }
}
