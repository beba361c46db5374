//! Messages as types, with a strict encoder and a tolerant decoder.
//!
//! Encoding writes the elements in the order of the schemas and refuses values that break their facets. Decoding a server's frame accepts
//! what registries in the field send and reports each deviation; decoding a client's frame goes by the letter.

mod command;
pub mod contact;
mod dcp;
pub mod domain;
mod error;
pub mod extension;
mod fields;
mod greeting;
pub mod host;
pub mod maintenance;
mod message;
mod object;
mod out;
mod read;
mod response;
mod result;
mod result_code;
mod session;
mod text;
mod time;
mod value;
mod verb;

pub use command::{Command, CommandBody};
pub use dcp::{Access, DataCollectionPolicy, PolicyExpiry, Purpose, Recipient, Retention, Statement};
pub use error::{DecodeError, Decoded, Deviation, DeviationKind, EncodeError, Fault, MAX_DEVIATIONS};
pub use extension::{Extension, TypedExtension};
pub use greeting::{Greeting, VERSION};
pub use message::{
    ClientMessage, CommandRefusal, ServerMessage, decode_client_frame, decode_command, decode_greeting, decode_response,
    decode_server_frame, encode_command, encode_greeting, encode_hello, encode_response,
};
pub use object::{Check, CheckData, CheckItem, CreateData, Named, PendingData, Provenance, TransactionIds, TransferData};
pub use response::{MessageQueue, Response, ResponseData};
pub use result::{EppResult, ExtValue, ResultValue};
pub use result_code::{FailureClass, ResultCode};
pub use session::{LOGIN_SECURITY_PASSWORD, Login, Poll};
pub use text::{Handle, LangText, ObjectName, ObjectRoid, TransactionId};
pub use value::{AuthChange, AuthValue, Period, PeriodUnit, Status, StatusWord};
pub use verb::{TransferOp, Verb, VerbClass};
