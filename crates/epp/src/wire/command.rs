//! Commands, whole: the verb with its object, the extensions, the client's transaction identifier.

use super::error::{Cx, DecodeError, EncodeError, Fault};
use super::extension::{Extension, TypedExtension};
use super::fields::Fields;
use super::maintenance;
use super::out::{Facet, Out};
use super::session::{Login, Poll};
use super::text::TransactionId;
use super::verb::{TransferOp, Verb, VerbClass};
use super::{contact, domain, host, read};
use crate::namespace::{Namespace, Ns};
use crate::xml::Element;

/// `command`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What to do.
    pub body: CommandBody,
    /// Any number of extensions, in the order they are written.
    pub extensions: Vec<Extension>,
    /// The client's transaction identifier; always sent by us, optional by the standard.
    pub cltrid: Option<TransactionId>,
}

/// The verb of a command with its object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandBody {
    /// Begin a session.
    Login(Box<Login>),
    /// End the session.
    Logout,
    /// Read or acknowledge a service message.
    Poll(Poll),
    /// A command on domains.
    Domain(domain::Command),
    /// A command on hosts.
    Host(host::Command),
    /// A command on contacts.
    Contact(contact::Command),
    /// An info of planned outages (RFC 9167).
    Maintenance(maintenance::Info),
    /// A command on an object this room has no types for; a server answers 2307 or 2101.
    Other {
        /// The verb.
        verb: Verb,
        /// The operation of a transfer.
        op: Option<TransferOp>,
        /// The object, as it came.
        object: Element,
    },
}

impl CommandBody {
    /// The verb.
    pub fn verb(&self) -> Verb {
        match self {
            CommandBody::Login(_) => Verb::Login,
            CommandBody::Logout => Verb::Logout,
            CommandBody::Poll(_) => Verb::Poll,
            CommandBody::Domain(command) => command.verb(),
            CommandBody::Host(command) => command.verb(),
            CommandBody::Contact(command) => command.verb(),
            CommandBody::Maintenance(_) => Verb::Info,
            CommandBody::Other { verb, .. } => *verb,
        }
    }

    /// The operation of a transfer.
    pub fn transfer_op(&self) -> Option<TransferOp> {
        match self {
            CommandBody::Domain(command) => command.transfer_op(),
            CommandBody::Contact(command) => command.transfer_op(),
            CommandBody::Other { op, .. } => *op,
            _ => None,
        }
    }

    /// Session, query or transform: decides deadline, lane and whether a lost answer must be reconciled.
    pub fn class(&self) -> VerbClass {
        self.verb().class(self.transfer_op())
    }

    /// The namespace of the object, `None` for session and poll commands.
    pub fn object_namespace(&self) -> Option<Ns> {
        match self {
            CommandBody::Login(_) | CommandBody::Logout | CommandBody::Poll(_) => None,
            CommandBody::Domain(_) => Some(Namespace::Domain.into()),
            CommandBody::Host(_) => Some(Namespace::Host.into()),
            CommandBody::Contact(_) => Some(Namespace::Contact.into()),
            CommandBody::Maintenance(_) => Some(Namespace::Maintenance.into()),
            CommandBody::Other { object, .. } => Some(object.ns.clone()),
        }
    }

    fn read(cx: &mut Cx, verb: Verb, element: &Element) -> Result<CommandBody, DecodeError> {
        match verb {
            Verb::Login => return Ok(CommandBody::Login(Box::new(Login::read(cx, element)?))),
            Verb::Logout => {
                Fields::of(element).finish(cx)?;
                return Ok(CommandBody::Logout);
            }
            Verb::Poll => return Ok(CommandBody::Poll(Poll::read(element)?)),
            _ => {}
        }
        let op = match verb {
            Verb::Transfer => Some(read::word("transfer@op", &read::req_attr(element, "op")?, TransferOp::from_word)?),
            _ => None,
        };
        let mut objects = element.elements();
        let Some(object) = objects.next() else {
            return Err(DecodeError::new(Fault::Missing, verb.as_str(), "names no object"));
        };
        if objects.next().is_some() {
            return Err(DecodeError::new(Fault::Syntax, verb.as_str(), "holds more than one object element"));
        }
        if object.name != verb.as_str() {
            let detail = format!("holds `{}`, which is not the same verb", object.label());
            return Err(DecodeError::new(Fault::Syntax, verb.as_str(), detail));
        }
        let typed = match object.ns {
            Ns::Known(Namespace::Domain) => domain::Command::read(cx, verb, op, object)?.map(CommandBody::Domain),
            Ns::Known(Namespace::Host) => host::Command::read(cx, verb, object)?.map(CommandBody::Host),
            Ns::Known(Namespace::Contact) => contact::Command::read(cx, verb, op, object)?.map(CommandBody::Contact),
            Ns::Known(Namespace::Maintenance) if verb == Verb::Info => Some(CommandBody::Maintenance(maintenance::Info::read(cx, object)?)),
            _ => None,
        };
        Ok(typed.unwrap_or_else(|| CommandBody::Other { verb, op, object: object.clone() }))
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let object = match self {
            CommandBody::Login(login) => return login.write(),
            CommandBody::Logout => return Ok(Element::new(Namespace::Epp, "logout")),
            CommandBody::Poll(poll) => return poll.write(),
            CommandBody::Domain(command) => command.write()?,
            CommandBody::Host(command) => command.write()?,
            CommandBody::Contact(command) => command.write()?,
            CommandBody::Maintenance(info) => info.write()?,
            CommandBody::Other { object, .. } => object.clone(),
        };
        let mut out = Out::new(Namespace::Epp, self.verb().as_str());
        out.opt_attr("op", self.transfer_op().map(TransferOp::as_str), Facet::TOKEN)?;
        out.push(object);
        Ok(out.done())
    }
}

macro_rules! into_body {
    ($($from:ty => $variant:ident,)*) => {
        $(impl From<$from> for CommandBody {
            fn from(command: $from) -> CommandBody {
                CommandBody::$variant(command)
            }
        })*
    };
}
into_body! {
    Poll => Poll,
    domain::Command => Domain,
    host::Command => Host,
    contact::Command => Contact,
    maintenance::Info => Maintenance,
}

impl From<Login> for CommandBody {
    fn from(login: Login) -> CommandBody {
        CommandBody::Login(Box::new(login))
    }
}

impl Command {
    /// A command without extensions.
    pub fn new(body: impl Into<CommandBody>, cltrid: impl Into<TransactionId>) -> Command {
        Command { body: body.into(), extensions: Vec::new(), cltrid: Some(cltrid.into()) }
    }

    /// Adds an extension.
    #[must_use]
    pub fn with(mut self, extension: impl Into<Extension>) -> Command {
        self.extensions.push(extension.into());
        self
    }

    /// The first extension of this type.
    pub fn extension<T: TypedExtension>(&self) -> Option<&T> {
        self.extensions.iter().find_map(T::of)
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Command, DecodeError> {
        let mut children = element.elements();
        let Some(first) = children.next() else {
            return Err(DecodeError::new(Fault::UnknownCommand, "command", "is empty"));
        };
        let Some(verb) = Verb::from_word(&first.name).filter(|_| first.ns == element.ns) else {
            return Err(DecodeError::new(Fault::UnknownCommand, "command", format!("`{}` is not a command of EPP", first.label())));
        };
        let mut fields = Fields::of(element);
        fields.req(cx, verb.as_str())?;
        let body = CommandBody::read(cx, verb, first)?;
        let extensions = match fields.opt(cx, "extension")? {
            Some(extension) => Extension::read_all(cx, extension)?,
            None => Vec::new(),
        };
        let cltrid = fields.opt_token(cx, "clTRID")?.map(TransactionId::from);
        fields.finish(cx)?;
        Ok(Command { body, extensions, cltrid })
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Epp, "command");
        out.push(self.body.write()?);
        out.opt(Extension::write_all(&self.extensions)?);
        out.opt_leaf("clTRID", self.cltrid.as_ref().map(TransactionId::as_str), Facet::TRANSACTION_ID)?;
        Ok(out.done())
    }
}
