//! Result codes (RFC 5730 section 3).

use std::fmt;

/// A four-digit result code. Codes without a name here are classified by their first two digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResultCode(pub u16);

/// The classes of failure, from the second digit (RFC 5730 section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureClass {
    /// 20xx: the command was not understood.
    Syntax,
    /// 21xx: the server does not do this.
    Implementation,
    /// 22xx: who you are, or what you may do.
    Security,
    /// 23xx: the state of the object or the policy of the server.
    DataManagement,
    /// 24xx: the server failed, the session lives.
    ServerSystem,
    /// 25xx: the server closes the connection.
    ConnectionManagement,
    /// Anything else.
    Other,
}

macro_rules! codes {
    ($($name:ident = $code:literal, $text:literal;)*) => {
        impl ResultCode {
            $(#[doc = concat!(stringify!($code), ": ", $text, ".")]
            pub const $name: ResultCode = ResultCode($code);)*

            /// Every code RFC 5730 defines, the only ones the schema lets a server send.
            pub const ALL: &'static [ResultCode] = &[$(ResultCode::$name,)*];

            /// The English text of RFC 5730 section 3, if the code is defined there.
            pub const fn standard_text(self) -> Option<&'static str> {
                match self.0 { $($code => Some($text),)* _ => None }
            }
        }
    };
}

codes! {
    COMPLETED = 1000, "Command completed successfully";
    PENDING = 1001, "Command completed successfully; action pending";
    NO_MESSAGES = 1300, "Command completed successfully; no messages";
    ACK_TO_DEQUEUE = 1301, "Command completed successfully; ack to dequeue";
    ENDING_SESSION = 1500, "Command completed successfully; ending session";
    UNKNOWN_COMMAND = 2000, "Unknown command";
    SYNTAX_ERROR = 2001, "Command syntax error";
    USE_ERROR = 2002, "Command use error";
    PARAMETER_MISSING = 2003, "Required parameter missing";
    PARAMETER_RANGE = 2004, "Parameter value range error";
    PARAMETER_SYNTAX = 2005, "Parameter value syntax error";
    UNIMPLEMENTED_VERSION = 2100, "Unimplemented protocol version";
    UNIMPLEMENTED_COMMAND = 2101, "Unimplemented command";
    UNIMPLEMENTED_OPTION = 2102, "Unimplemented option";
    UNIMPLEMENTED_EXTENSION = 2103, "Unimplemented extension";
    BILLING_FAILURE = 2104, "Billing failure";
    NOT_ELIGIBLE_FOR_RENEWAL = 2105, "Object is not eligible for renewal";
    NOT_ELIGIBLE_FOR_TRANSFER = 2106, "Object is not eligible for transfer";
    AUTHENTICATION_ERROR = 2200, "Authentication error";
    AUTHORIZATION_ERROR = 2201, "Authorization error";
    INVALID_AUTH_INFO = 2202, "Invalid authorization information";
    PENDING_TRANSFER = 2300, "Object pending transfer";
    NOT_PENDING_TRANSFER = 2301, "Object not pending transfer";
    OBJECT_EXISTS = 2302, "Object exists";
    OBJECT_DOES_NOT_EXIST = 2303, "Object does not exist";
    STATUS_PROHIBITS = 2304, "Object status prohibits operation";
    ASSOCIATION_PROHIBITS = 2305, "Object association prohibits operation";
    POLICY_ERROR = 2306, "Parameter value policy error";
    UNIMPLEMENTED_SERVICE = 2307, "Unimplemented object service";
    DATA_POLICY_VIOLATION = 2308, "Data management policy violation";
    COMMAND_FAILED = 2400, "Command failed";
    COMMAND_FAILED_CLOSING = 2500, "Command failed; server closing connection";
    AUTHENTICATION_CLOSING = 2501, "Authentication error; server closing connection";
    SESSION_LIMIT_CLOSING = 2502, "Session limit exceeded; server closing connection";
}

impl ResultCode {
    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// 1xxx: the command was carried out or accepted.
    pub const fn is_success(self) -> bool {
        self.0 / 1000 == 1
    }

    /// Anything but 1xxx. An unknown first digit counts as failure, since nothing says the command was done.
    pub const fn is_failure(self) -> bool {
        !self.is_success()
    }

    /// 1001: accepted, the result comes later by poll.
    pub const fn is_pending(self) -> bool {
        self.0 == 1001
    }

    /// 15xx and 25xx: the server closes the connection after this response.
    pub const fn closes_connection(self) -> bool {
        matches!(self.0 / 100, 15 | 25)
    }

    /// The class of a failure, `None` for success.
    pub const fn failure_class(self) -> Option<FailureClass> {
        if self.is_success() {
            return None;
        }
        Some(match self.0 / 100 {
            20 => FailureClass::Syntax,
            21 => FailureClass::Implementation,
            22 => FailureClass::Security,
            23 => FailureClass::DataManagement,
            24 => FailureClass::ServerSystem,
            25 => FailureClass::ConnectionManagement,
            _ => FailureClass::Other,
        })
    }

    /// Whether RFC 5730 defines the code.
    pub const fn is_known(self) -> bool {
        self.standard_text().is_some()
    }
}

impl fmt::Debug for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_without_a_name_are_classified_by_their_digits() {
        use FailureClass::*;
        let table = [
            (1000, true, None, false),
            (1001, true, None, false),
            (1302, true, None, false),
            (1500, true, None, true),
            (2002, false, Some(Syntax), false),
            (2199, false, Some(Implementation), false),
            (2200, false, Some(Security), false),
            (2309, false, Some(DataManagement), false),
            (2401, false, Some(ServerSystem), false),
            (2502, false, Some(ConnectionManagement), true),
            (2599, false, Some(ConnectionManagement), true),
            (2999, false, Some(Other), false),
            (3000, false, Some(Other), false),
            (0, false, Some(Other), false),
        ];
        for (code, success, class, closes) in table {
            let code = ResultCode(code);
            assert_eq!((code.is_success(), code.failure_class(), code.closes_connection()), (success, class, closes), "{code}");
            assert_ne!(code.is_success(), code.is_failure());
        }
        assert_eq!(ResultCode::ALL.len(), 34);
        assert!(!ResultCode(2309).is_known());
    }
}
