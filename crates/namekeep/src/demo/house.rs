//! A registrar in the demo: an instance with its operator, worked by hand step by step, so that the tour waits for nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use model::{ContactId, ContactRole, DomainName, Period, Timestamp};
use policy::profile::RegistryProfile;
use policy::{Actor, IntentState};
use registrar::command::RegisterDomain;
use registrar::contact::{HolderChanges, SaveContact};
use registrar::notice::Courier;
use registrar::portfolio::{DomainInfo, DomainView};
use registrar::publish::Publisher;
use registrar::registry::TakeMessages;
use registrar::timer::Clockwork;
use registrar::verification::{VerificationLetters, VerifyByHand};
use registrar::{Clock, NeedsPermission, Question, Receipt, Settlement, UseCase, authorise};
use sandbox::{RunningWorld, VirtualClock};
use store::ledger::Folder;
use store::settings::{self, InstanceKind};
use store::{Kek, SignerKey, Store, Vault};

use super::public_directory::PublicDirectory;
use crate::argument;
use crate::carrier::Carrier;
use crate::config::{Config, FILE_NAME};
use crate::failure::{Exit, Failure};
use crate::instance::{Instance, database_url, store_failure};
use crate::run::{self, init};

/// Most rounds in which a house comes to rest; more mean that something turns in circles.
const ROUNDS_MAX: u32 = 400;

/// Items a worker takes in one step.
const STEP_ITEMS: usize = 500;

/// Messages a poller takes in one step.
const STEP_MESSAGES: u32 = 500;

/// The sandbox's clock as the registrar's.
#[derive(Debug)]
struct SharedClock(VirtualClock);

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// A registrar at work.
pub struct House {
    /// The instance.
    pub instance: Instance,
    /// Its operator.
    pub operator: Actor,
    carriers: Vec<Carrier>,
    clockwork: Clockwork,
    holder_changes: HolderChanges,
    letters: VerificationLetters,
    courier: Courier,
    publisher: Mutex<Publisher>,
}

/// The registries that a world runs, as [`Accounts`] names them.
///
/// # Errors
/// [`Failure`] if one did not start.
pub fn started(world: &RunningWorld, profiles: Vec<(RegistryProfile, String)>) -> Result<Vec<(RegistryProfile, String, String)>, Failure> {
    let started = profiles.into_iter().map(|(profile, text)| {
        let ready = world.ready().registries.iter().find(|ready| ready.id == profile.id);
        let address = ready
            .map(|ready| ready.addr.to_string())
            .ok_or_else(|| Failure::new(Exit::Fault, "sandbox.start", format!("The registry `{}` did not start.", profile.id)))?;
        Ok((profile, text, address))
    });
    started.collect()
}

/// The order that registers a name in a rehearsal: a year, two nameservers, nothing more.
///
/// # Errors
/// [`Failure`] if the term or a nameserver were none, which those written here are not.
pub fn order_of_a_year(name: DomainName, holder: ContactId, contacts: BTreeMap<ContactRole, ContactId>) -> Result<RegisterDomain, Failure> {
    let period = Period::years(1).map_err(|error| Failure::new(Exit::Fault, "rehearsal.order", format!("{error}.")))?;
    Ok(RegisterDomain {
        name,
        period,
        registrant: Some(holder),
        contacts,
        nameservers: argument::nameservers(&["ns1.hosting.example".to_owned(), "ns2.hosting.example".to_owned()])?,
        ds: BTreeSet::new(),
        auto_renew: false,
        lock_consent: None,
        fee: None,
        launch: Default::default(),
    })
}

/// Where a house's registries are.
pub struct Accounts<'a> {
    /// The sandbox's folder, with certificates and passwords.
    pub sandbox: &'a Path,
    /// The account's id at all of them.
    pub handle: &'a str,
    /// The registries, their profile texts, and the addresses they listen on.
    pub registries: &'a [(RegistryProfile, String, String)],
}

impl House {
    /// Makes an instance of its own in `folder` and opens it on the sandbox's clock.
    pub fn build(folder: &Path, name: &str, accounts: &Accounts<'_>, clock: &VirtualClock) -> Result<Self, Failure> {
        let configuration = configuration(name, accounts)?;
        let fresh = init::make(folder, &configuration, InstanceKind::Rehearsal)?;
        for (profile, text, _) in accounts.registries {
            let path = folder.join("registries").join(format!("{}.toml", profile.id));
            std::fs::write(&path, text).map_err(|error| Failure::file(&path, "write the profile", &error))?;
        }
        fresh.enrol("demo")?;
        Self::open(folder, clock)
    }

    fn open(folder: &Path, clock: &VirtualClock) -> Result<Self, Failure> {
        let config = Config::read(folder)?;
        let signer = SignerKey::read(&folder.join(&config.keys.ledger)).map_err(store_failure)?;
        let key = signer.verifier().clone();
        let vault = Vault::new(Kek::read(&folder.join(&config.keys.vault)).map_err(store_failure)?);
        let store = Store::open_with_signer(&database_url(folder, &config)?, signer).map_err(store_failure)?;
        let shared = Arc::new(SharedClock(clock.clone()));
        let instance = Instance::assemble(folder, config, store, vault, shared, InstanceKind::Rehearsal, key)?;
        let operator = instance.operator(None)?;
        let carriers = Carrier::open_all(&instance, None)?;
        let clockwork = Clockwork::new(&instance.registrar);
        let courier = Courier::new(&instance.registrar);
        let (holder_changes, letters) = (HolderChanges::new(&instance.registrar), VerificationLetters::new(&instance.registrar));
        let publication = &instance.config.publication;
        let feed = instance.path(&publication.feed);
        let publisher = Publisher::new(&instance.registrar, publication.rules(), &feed, run::publication::key(&instance)?);
        Ok(Self { instance, operator, carriers, clockwork, holder_changes, letters, courier, publisher: Mutex::new(publisher) })
    }

    /// Gives an order; the registry is not waited for.
    pub fn order<U: UseCase>(&self, case: U) -> Result<U::Answer, Failure> {
        let case = authorise(&self.operator, case).map_err(registrar::Failure::from)?;
        Ok(self.instance.registrar.carry_out(case)?)
    }

    /// Gives an order and works until the registry has answered.
    pub async fn done<U: UseCase<Answer = Receipt>>(&self, case: U) -> Result<Vec<Settlement>, Failure> {
        let receipt = self.order(case)?;
        self.rest().await?;
        let steps = self.instance.registrar.settlements(&receipt.intents)?;
        match steps.iter().find(|step| matches!(step.state, IntentState::Refused | IntentState::Cancelled)) {
            None => Ok(steps),
            Some(step) => Err(Failure::new(
                Exit::Refused,
                "demo.refused",
                format!("{} of {} was refused: {}", step.operation, step.object, step.message.clone().unwrap_or_default()),
            )),
        }
    }

    /// Asks something.
    pub fn ask<Q: Question + NeedsPermission>(&self, question: Q) -> Result<Q::Answer, Failure> {
        let question = authorise(&self.operator, question).map_err(registrar::Failure::from)?;
        Ok(self.instance.registrar.ask(question)?)
    }

    /// A name with all that is known of it.
    pub fn view(&self, name: &DomainName) -> Result<DomainView, Failure> {
        self.ask(DomainInfo { name: name.clone() })
    }

    /// Saves a contact whom everybody in the house knows.
    pub fn save(&self, contact: model::Contact) -> Result<ContactId, Failure> {
        let contact = self.save_unverified(contact)?;
        self.order(VerifyByHand { contact, evidence: "known to the house".to_owned() })?;
        Ok(contact)
    }

    /// Saves a contact who has to prove who they are.
    pub fn save_unverified(&self, contact: model::Contact) -> Result<ContactId, Failure> {
        self.order(SaveContact { id: None, contact })
    }

    /// Sends what is ready, once, and looks no further.
    pub async fn send(&self) -> Result<(), Failure> {
        for carrier in &self.carriers {
            carrier.gate.step().await?;
        }
        Ok(())
    }

    /// Works until nothing is left to do at this instant: intents, poll messages, what is due, notices.
    pub async fn rest(&self) -> Result<(), Failure> {
        let by = authorise(&self.operator, TakeMessages).map_err(registrar::Failure::from)?;
        for _ in 0..ROUNDS_MAX {
            let mut worked = self.clockwork.step(STEP_ITEMS)? + self.holder_changes.step()? + self.letters.step()?;
            worked += self.courier.step(STEP_ITEMS)?;
            for carrier in &self.carriers {
                let round = carrier.gate.step().await?;
                worked += usize::from(!round.is_idle());
                let polled = carrier.poller.step(&by, STEP_MESSAGES).await?;
                worked += polled.received + polled.processed;
            }
            if worked == 0 {
                return self.publish();
            }
        }
        Err(Failure::new(Exit::Fault, "demo.restless", format!("The registrar found no rest in {ROUNDS_MAX} rounds.")))
    }

    /// Starts the public directory of this house in a folder of its own.
    pub fn start_directory(&self, folder: &Path) -> Result<PublicDirectory, Failure> {
        self.publish()?;
        let key = run::publication::key(&self.instance)?;
        let feed = self.instance.path(&self.instance.config.publication.feed);
        PublicDirectory::start(folder, &feed, &key.verifier().to_string())
    }

    /// Publishes ledger and public records, and tells the command line of other processes what time it is here.
    fn publish(&self) -> Result<(), Failure> {
        self.publisher.lock().unwrap_or_else(PoisonError::into_inner).catch_up()?;
        let store = self.instance.registrar.store();
        Folder::new(&self.instance.path(&self.instance.config.instance.ledger)).follow(store).map_err(store_failure)?;
        let offset_s = self.instance.registrar.now().duration_since(registrar::SystemClock.now()).as_secs().max(0);
        store
            .write(move |tx| if offset_s > settings::get_clock_offset_s(tx)? { settings::set_clock_offset_s(tx, offset_s) } else { Ok(()) })
            .map_err(store_failure)
    }

    /// Where the maildrop is.
    pub fn maildrop(&self) -> PathBuf {
        self.instance.path(&self.instance.config.notices.maildrop)
    }

    /// Logs out everywhere.
    pub async fn close(&self) {
        for carrier in &self.carriers {
            carrier.close().await;
        }
    }
}

/// The text of a house's `namekeep.toml`: what an operator would have written by hand.
pub fn configuration(name: &str, accounts: &Accounts<'_>) -> Result<String, Failure> {
    let sandbox = std::fs::canonicalize(accounts.sandbox).map_err(|error| Failure::file(accounts.sandbox, "find the folder", &error))?;
    let sandbox = sandbox.display();
    let handle = accounts.handle;
    let mut text = format!(
        "# A rehearsal instance of `namekeep demo`: {FILE_NAME} as an operator would write it.\nschema = 1\n\n[instance]\nname = \"{name}\"\n\
         database = \"sqlite:state/namekeep.db\"\nledger = \"ledger\"\n\n[keys]\nvault = \"keys/vault.key\"\nledger = \"keys/ledger.key\"\n\n\
         [notices]\nmaildrop = \"maildrop\"\nsender = \"notices@{name}\"\nsender_name = \"Registrar {handle}\"\nportal = \"https://{name}/renew\"\n"
    );
    for (profile, _, address) in accounts.registries {
        text.push_str(&format!(
            "\n[[registry]]\nprofile = \"registries/{id}.toml\"\naccount = \"{handle}\"\naddress = \"{address}\"\n\
             password_file = \"{sandbox}/clients/{handle}.password\"\ntrust = {{ kind = \"private-ca\", file = \"{sandbox}/ca.pem\" }}\n\
             client_certificates = [{{ chain = \"{sandbox}/clients/{handle}.pem\", key = \"{sandbox}/clients/{handle}.key\" }}]\n",
            id = profile.id
        ));
    }
    Ok(text)
}
