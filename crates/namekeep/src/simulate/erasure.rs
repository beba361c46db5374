//! People who come for a while and want to be forgotten: some before they hold any name, some after they gave theirs to somebody else.

use model::ContactId;
use policy::Registration;
use policy::calendar::add_days;
use policy::registration::Phase;
use registrar::command::ChangeContacts;
use registrar::contact::{EraseRegistrant, SaveContact};

use super::audit::erasures;
use super::house::Stop;
use super::life::{Life, broken};
use super::people::{Act, Name, contacts};
use crate::failure::Failure;

/// Days after which every clock of those who left is over: two years (RET-2), and what rounding adds.
const LET_GO_DAYS: i32 = 2 * 366 + 60;

impl Life {
    /// Somebody new enrols; every other one gets the name.
    pub(super) fn visit(&mut self, day: u32, index: usize, name: &Name) -> Result<(), Failure> {
        let contact = self.people.person(name.number, day)?;
        let Some(visitor) = self.order(SaveContact { id: None, contact })? else { return Ok(()) };
        let gets_it = self.people.below("visitor", name.number, day, 2) == 0 && self.give(name, visitor)?;
        let (act, most) = if gets_it { (Act::Quit(visitor), 200) } else { (Act::Forget(visitor), 30) };
        self.plan(day + self.people.between("visit-days", name.number, day, 1, most), 0, index, act);
        Ok(())
    }

    /// Whom a visit brought passes the name on, if they hold it still, and asks to be forgotten.
    pub(super) fn quit(&mut self, day: u32, index: usize, registration: &Registration, visitor: ContactId) -> Result<(), Failure> {
        let Some(name) = self.names.get(index).cloned() else { return Ok(()) };
        if registration.registrant == Some(visitor) && registration.phase == Phase::Registered {
            let holder = self.holder(name.number, day)?;
            self.give(&name, holder)?;
        }
        self.plan(day + self.people.between("forget-days", name.number, day, 1, 20), 0, index, Act::Forget(visitor));
        Ok(())
    }

    /// Somebody asks to be erased, as soon as it may be. Whom a name still names is told to come back, and does after some weeks.
    pub(super) fn forget(&mut self, day: u32, index: usize, contact: ContactId) -> Result<(), Failure> {
        let order = EraseRegistrant { contact, reason: format!("request of day {day}"), when_due: true };
        let starts = self.starts();
        self.forgotten.insert(contact);
        if self.order(order)?.is_some() {
            self.tally.erasures_asked += 1;
        } else if self.starts() == starts {
            self.plan(day + 40, 0, index, Act::Forget(contact));
        }
        Ok(())
    }

    /// Years later, when every clock has run out: what was kept for those who left goes, and with it whoever asked to be erased. The
    /// names that are still ours are not looked after in the meantime; nothing of theirs is looked at any more.
    pub(super) fn let_go(&mut self) -> Result<(), Failure> {
        let later = add_days(self.world.now(), LET_GO_DAYS);
        self.world.advance_to(later);
        self.house()?.purge()?;
        let mut findings = Vec::new();
        let found = erasures::check_people(&self.house()?.registrar, &self.forgotten, &mut findings)?;
        self.tally.erased = found.erased.len() as u64;
        self.tally.checks += found.checks;
        findings
            .extend(found.waiting.iter().map(|id| format!("contact `{id}` asked to be erased, nothing needs its data, and it is here")));
        broken(&findings)
    }

    /// Gives a name to another holder; `false` where that is refused.
    pub(super) fn give(&mut self, name: &Name, holder: ContactId) -> Result<bool, Failure> {
        let contacts = contacts(&self.world, &name.name, holder)?;
        let order = ChangeContacts { name: name.name.clone(), registrant: Some(holder), contacts, lock_opt_out: None };
        Ok(self.order(order)?.is_some())
    }

    /// What is destroyed in the database is cut out of the key file, every night.
    pub(super) fn sweep_keys(&mut self) -> Result<(), Failure> {
        if self.forgotten.is_empty() {
            return Ok(());
        }
        match self.house()?.sweep_keys() {
            Ok(()) => Ok(()),
            Err(Stop::PowerCut) => self.crash(),
            Err(Stop::Broken(failure)) => Err(failure),
        }
    }
}
