//! A token spoken to by PKCS#11 (OASIS PKCS #11 2.40, and any later one that keeps its functions): AES-256 keys that it makes and never
//! gives out, used with AES-GCM.
//!
//! The vendor's library is loaded once a process and initialised once, as the standard wants. Whoever asks the token opens a session, logs
//! in, asks and closes it, one after the other, for a login counts for the whole process. The PIN is read from its file each time and
//! forgotten. Libraries that list their tokens only when they are initialised are initialised again where ours is not among them, so that a
//! token that went away and came back is found.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;
use zeroize::Zeroizing;

use super::kek::{KEY_LENGTH, random};
use super::token::{KeyStanding, KeyToken, TokenKeyId};
use super::{NONCE_LENGTH, TAG_LENGTH};
use crate::fault::StoreFault;
use crate::secret_file;

/// Largest file of a PIN, in bytes.
const PIN_LIMIT_BYTES: u64 = 4096;

/// How often we look for the token before it counts as missing, and how long we wait between.
const LOOKS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(250);

/// Libraries that are loaded and initialised. Whoever asks a token holds the lock meanwhile.
static MODULES: Mutex<BTreeMap<PathBuf, Pkcs11>> = Mutex::new(BTreeMap::new());

/// Which token of a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenName {
    /// The one with this label.
    Label(String),
    /// The one with this serial number.
    Serial(String),
}

/// Where a token is and how it opens.
#[derive(Clone, Debug)]
pub struct Pkcs11Settings {
    /// The vendor's library.
    pub module: PathBuf,
    /// Which token of it.
    pub token: TokenName,
    /// A file with the user's PIN, mode 0600.
    pub pin_file: PathBuf,
    /// The label of our keys on the token; no other node has it.
    pub key_label: String,
}

/// A token that is spoken to by PKCS#11.
#[derive(Debug)]
pub struct Pkcs11Token {
    settings: Pkcs11Settings,
}

/// Why no session was opened.
enum Unopened {
    /// A library that is initialised again may do better.
    Passing(StoreFault),
    /// Another try would be as bad, or worse.
    Final(StoreFault),
}

impl Pkcs11Token {
    /// The token of these settings. It is not asked yet; [`KeyToken::check`] does.
    #[must_use]
    pub fn new(settings: Pkcs11Settings) -> Self {
        Self { settings }
    }

    /// Asks the token something in a session of its own; whoever else asks waits.
    fn ask<T>(&self, action: &str, work: impl FnOnce(&Session, &Pkcs11, Slot) -> Result<T, Error>) -> Result<T, StoreFault> {
        let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
        let path = &self.settings.module;
        let mut looks = 1;
        loop {
            let context = match modules.get(path) {
                Some(context) => context,
                None => modules.entry(path.clone()).or_insert(load(path)?),
            };
            match self.open_session(context, action) {
                Ok((session, slot)) => return work(&session, context, slot).map_err(|error| self.fault(action, refusal(&error))),
                Err(Unopened::Passing(_)) if looks < LOOKS => looks += 1,
                Err(Unopened::Passing(fault) | Unopened::Final(fault)) => return Err(fault),
            }
            // No session of ours is open. A library that cannot end is asked again as it is.
            if let Some(context) = modules.remove(path) {
                drop(context.finalize());
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn open_session(&self, context: &Pkcs11, action: &str) -> Result<(Session, Slot), Unopened> {
        let slot = self.slot(context, action).map_err(Unopened::Passing)?;
        let session = context.open_rw_session(slot).map_err(|error| Unopened::Passing(self.fault(action, refusal(&error))))?;
        self.log_in(&session, context, slot)?;
        Ok((session, slot))
    }

    /// The slot that the token is in.
    fn slot(&self, context: &Pkcs11, action: &str) -> Result<Slot, StoreFault> {
        let broken = |error: Error| self.fault(action, refusal(&error));
        let mut seen = Vec::new();
        let mut found = Vec::new();
        for slot in context.get_slots_with_token().map_err(broken)? {
            // A token may be pulled while we look.
            let Ok(info) = context.get_token_info(slot) else { continue };
            if !info.token_initialized() {
                continue;
            }
            if self.is_meant(&info) {
                found.push(slot);
            }
            seen.push(format!("`{}` (serial number {})", info.label(), info.serial_number()));
        }
        match (found.as_slice(), seen.as_slice()) {
            ([slot], _) => Ok(*slot),
            ([], []) => Err(self.fault(action, "its library shows no token at all; see that it is plugged in, connected and initialised")),
            ([], seen) => Err(self.fault(action, format!("it is not there; its library shows {}", seen.join(", ")))),
            _ => Err(self.fault(action, "its library shows several of that name; name the one that is meant by its serial number")),
        }
    }

    fn is_meant(&self, info: &TokenInfo) -> bool {
        match &self.settings.token {
            TokenName::Label(label) => info.label() == label,
            TokenName::Serial(serial) => info.serial_number() == serial,
        }
    }

    /// Logs in as the token's user. A PIN that was wrong is not tried again, and none is where the next wrong one would lock the token.
    fn log_in(&self, session: &Session, context: &Pkcs11, slot: Slot) -> Result<(), Unopened> {
        let fault = |reason: &str| self.fault("be opened", reason);
        let locked = || Unopened::Final(fault("its PIN is locked after too many wrong ones; its security officer unlocks it"));
        let file = self.settings.pin_file.display();
        let info = context.get_token_info(slot).map_err(|error| Unopened::Passing(fault(&refusal(&error))))?;
        if info.user_pin_locked() {
            return Err(locked());
        }
        if info.user_pin_final_try() {
            let reason =
                format!("one more wrong PIN would lock it, so the one in `{file}` was not tried; log in once with the token's own tool");
            return Err(Unopened::Final(fault(&reason)));
        }
        match session.login(UserType::User, Some(&self.pin().map_err(Unopened::Final)?)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _)) => {
                let reason =
                    format!("the PIN in `{file}` is not its PIN; correct the file before the next try, for a token locks after a few");
                Err(Unopened::Final(fault(&reason)))
            }
            Err(Error::Pkcs11(RvError::PinLocked, _)) => Err(locked()),
            Err(Error::Pkcs11(RvError::UserPinNotInitialized, _)) => {
                Err(Unopened::Passing(fault("its user has no PIN yet; its security officer sets one")))
            }
            Err(error) => Err(Unopened::Passing(fault(&refusal(&error)))),
        }
    }

    fn pin(&self) -> Result<AuthPin, StoreFault> {
        let path = &self.settings.pin_file;
        let content = secret_file::read_up_to(path, PIN_LIMIT_BYTES)?;
        let text = std::str::from_utf8(content.expose()).map_err(|_| StoreFault::file(path, "a PIN is text"))?;
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(StoreFault::file(path, "it holds no PIN")),
            pin => Ok(AuthPin::from(pin.to_owned())),
        }
    }

    /// The key of this id; none if there is none.
    fn handle(session: &Session, id: &TokenKeyId) -> Result<Option<ObjectHandle>, Error> {
        let template = [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::AES),
            Attribute::Token(true),
            Attribute::Id(id.as_bytes().to_vec()),
        ];
        Ok(session.find_objects(&template)?.first().copied())
    }

    fn present(session: &Session, id: &TokenKeyId) -> Result<ObjectHandle, Error> {
        Self::handle(session, id)?.ok_or(Error::InvalidValue)
    }

    fn fault(&self, action: &str, reason: impl fmt::Display) -> StoreFault {
        let name = match &self.settings.token {
            TokenName::Label(label) => format!("`{label}`"),
            TokenName::Serial(serial) => format!("with serial number {serial}"),
        };
        StoreFault::Token { name, action: action.to_owned(), reason: reason.to_string() }
    }
}

impl KeyToken for Pkcs11Token {
    fn check(&self) -> Result<(), StoreFault> {
        let action = "be used";
        let known = self.ask(action, |_, context, slot| context.get_mechanism_list(slot))?;
        for (needed, name) in [(MechanismType::AES_KEY_GEN, "CKM_AES_KEY_GEN"), (MechanismType::AES_GCM, "CKM_AES_GCM")] {
            if !known.contains(&needed) {
                return Err(self.fault(action, format!("it does not know {name}")));
            }
        }
        Ok(())
    }

    fn make(&self, id: &TokenKeyId) -> Result<(), StoreFault> {
        let template = [
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Encrypt(true),
            Attribute::Decrypt(true),
            Attribute::ValueLen(KEY_LENGTH.try_into().map_err(|_| self.fault("make a key", "its numbers are too small"))?),
            Attribute::Id(id.as_bytes().to_vec()),
            Attribute::Label(self.settings.key_label.clone().into_bytes()),
        ];
        let stays = self.ask("make a key", |session, _, _| {
            let key = session.generate_key(&Mechanism::AesKeyGen, &template)?;
            let said = session.get_attributes(key, &[AttributeType::Sensitive, AttributeType::Extractable])?;
            let stays = said.contains(&Attribute::Sensitive(true)) && said.contains(&Attribute::Extractable(false));
            if !stays {
                session.destroy_object(key)?;
            }
            Ok(stays)
        })?;
        if stays { Ok(()) } else { Err(self.fault("make a key", "what it made could leave it (CKA_SENSITIVE, CKA_EXTRACTABLE)")) }
    }

    fn seal(&self, id: &TokenKeyId, binding: &[u8], plain: &[u8]) -> Result<Vec<u8>, StoreFault> {
        // Random, and the only one this key ever sees. Some tokens put their own in its place; what stands here afterwards is what was used.
        let mut nonce = random::<NONCE_LENGTH>()?;
        let body = self.ask("seal the key file", |session, _, _| {
            let key = Self::present(session, id)?;
            session.encrypt(&gcm(&mut nonce, binding)?, key, plain)
        })?;
        if body.len() != plain.len() + TAG_LENGTH {
            return Err(self.fault("seal the key file", "what it gave has not the length of AES-GCM with a tag of 128 bits"));
        }
        Ok([nonce.as_slice(), &body].concat())
    }

    fn open(&self, id: &TokenKeyId, binding: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreFault> {
        let action = "open the key file";
        let Some((nonce, body)) = sealed.split_first_chunk::<NONCE_LENGTH>() else { return Err(self.fault(action, "it was cut off")) };
        let mut nonce = *nonce;
        self.ask(action, |session, _, _| {
            let key = Self::present(session, id)?;
            session.decrypt(&gcm(&mut nonce, binding)?, key, body).map(Zeroizing::new)
        })
    }

    fn find(&self, id: &TokenKeyId) -> Result<KeyStanding, StoreFault> {
        self.ask("look for a key", |session, _, _| {
            let Some(key) = Self::handle(session, id)? else { return Ok(KeyStanding::Missing) };
            let said = session.get_attributes(key, &[AttributeType::Label])?;
            let label = said.into_iter().find_map(|attribute| match attribute {
                Attribute::Label(label) => Some(String::from_utf8_lossy(&label).into_owned()),
                _ => None,
            });
            let label = label.unwrap_or_default();
            Ok(if label == self.settings.key_label { KeyStanding::Ours } else { KeyStanding::Others { label } })
        })
    }

    fn destroy(&self, id: &TokenKeyId) -> Result<(), StoreFault> {
        if self.find(id)? != KeyStanding::Ours {
            return Err(self.fault("destroy a key", format!("{id} is not there, or not ours")));
        }
        self.ask("destroy a key", |session, _, _| {
            let key = Self::present(session, id)?;
            session.destroy_object(key)
        })
    }
}

fn load(path: &Path) -> Result<Pkcs11, StoreFault> {
    // Said by us, for the loader's words differ from system to system.
    std::fs::metadata(path).map_err(|error| StoreFault::file(path, error))?;
    let fault = |error: &Error| StoreFault::file(path, format!("as a PKCS#11 library: {}", refusal(error)));
    let context = Pkcs11::new(path).map_err(|error| fault(&error))?;
    match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(context),
        Err(error) => Err(fault(&error)),
    }
}

/// AES-GCM with a tag of 128 bits.
fn gcm<'a>(nonce: &'a mut [u8; NONCE_LENGTH], binding: &'a [u8]) -> Result<Mechanism<'a>, Error> {
    Ok(Mechanism::AesGcm(GcmParams::new(nonce, binding, (8 * TAG_LENGTH).try_into()?)?))
}

/// What a library says, by the standard's own name where it has one.
fn refusal(error: &Error) -> String {
    match error {
        Error::Pkcs11(code, function) => format!("it answered {code:?} to C_{function:?}"),
        Error::LibraryLoading(error) => error.to_string(),
        Error::InvalidValue => "the key is not there any more".to_owned(),
        other => other.to_string(),
    }
}
