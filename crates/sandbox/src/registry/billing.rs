//! Prices, funds and the record of what was executed: the only place where money moves.

use epp::ResultCode;
use model::{DomainName, Money, RegistrarHandle, Timestamp};

use super::account::settle;
use super::command::Call;
use super::ledger::{BillingItem, BillingLine, Draft, LedgerEntry, Verb};
use super::poll::Event;
use super::refusal::{Outcome, Refusal, ensure};
use super::{Registry, object_key};

/// A charge about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Charge {
    pub(crate) payer: RegistrarHandle,
    pub(crate) item: BillingItem,
    pub(crate) minor: i64,
    pub(crate) years: u8,
}

impl Charge {
    pub(crate) fn line(&self) -> BillingLine {
        BillingLine { registrar: self.payer.clone(), item: self.item, years: i16::from(self.years), minor: self.minor }
    }
}

impl Registry {
    /// What `years` of `item` cost for `name`, in minor units.
    pub(crate) fn price(&self, name: &DomainName, item: BillingItem, years: u8) -> i64 {
        self.rules_of(name).map_or(0, |rules| rules.price(self.fees_of(rules, name), item, years))
    }

    /// An amount in the registry's currency.
    pub(crate) fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    /// Refuses with 2104 when the balance does not cover `minor`.
    pub(crate) fn ensure_funds(&self, payer: &RegistrarHandle, minor: i64) -> Outcome<()> {
        let balance = self.accounts.get(payer).map_or(0, |account| account.balance_minor);
        ensure(minor <= 0 || balance >= minor, || {
            let (needed, there) = (self.money(minor), self.money(balance));
            Refusal::new(ResultCode::BILLING_FAILURE, format!("the command costs {needed} and the balance is {there}; pay in first"))
        })
    }

    /// Writes an executed command into the ledger and moves its money.
    pub(crate) fn record(&mut self, call: &Call<'_>, verb: Verb, object: String, code: ResultCode, lines: Vec<BillingLine>) {
        let draft = Draft {
            registrar: call.registrar.clone(),
            cltrid: call.cltrid.clone(),
            svtrid: call.svtrid.clone(),
            verb,
            object,
            at: call.now,
            code: code.get(),
            lines,
        };
        self.enter(draft);
    }

    /// Writes what the registry did by itself to a domain of `sponsor`.
    pub(crate) fn record_own(&mut self, sponsor: &RegistrarHandle, verb: Verb, name: &DomainName, at: Timestamp, lines: Vec<BillingLine>) {
        let svtrid = self.next_svtrid();
        let object = object_key("domain", name);
        let code = ResultCode::COMPLETED.get();
        self.enter(Draft { registrar: sponsor.clone(), cltrid: None, svtrid, verb, object, at, code, lines });
    }

    fn enter(&mut self, draft: Draft) {
        settle(&mut self.accounts, &draft.lines);
        let at = draft.at;
        let touched: Vec<RegistrarHandle> = draft.lines.iter().map(|line| line.registrar.clone()).collect();
        self.ledger.push(draft);
        for registrar in touched {
            self.warn_of_low_balance(&registrar, at);
        }
    }

    /// Tells a registrar once each time its balance falls to the mark.
    pub(crate) fn warn_of_low_balance(&mut self, registrar: &RegistrarHandle, at: Timestamp) {
        let Some(account) = self.accounts.get_mut(registrar) else { return };
        let is_low = account.balance_minor <= account.low_balance_minor;
        let is_news = is_low && !account.is_warned;
        account.is_warned = is_low;
        if is_news {
            let balance = Money::new(account.balance_minor, self.currency);
            let mark = Money::new(account.low_balance_minor, self.currency);
            self.tell(registrar, at, Event::LowBalance { balance, mark });
        }
    }

    /// Every executed transform, in order.
    #[must_use]
    pub fn ledger(&self) -> &[LedgerEntry] {
        self.ledger.entries()
    }

    /// What a registrar has left, in minor units; none when it is not known here.
    #[must_use]
    pub fn balance_minor(&self, registrar: &RegistrarHandle) -> Option<i64> {
        self.accounts.get(registrar).map(|account| account.balance_minor)
    }
}
