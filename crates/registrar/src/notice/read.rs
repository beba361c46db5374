//! Read one notice as it left, with what its last server said: evidence, and full of personal data.

use std::fmt;

use model::NoticeId;
use policy::{Permission, Refusal};
use store::notices::{self, NoticeRow};
use store::{Place, registrations};

use super::letter::open_letter;
use super::list::{NoticeEntry, entry};
use crate::authorised::NeedsPermission;
use crate::bounce::{addressee, reply_place};
use crate::failure::Failure;
use crate::use_case::{Question, Work};

/// Read a notice.
#[derive(Clone, Copy, Debug)]
pub struct ReadNotice {
    /// Which.
    pub id: NoticeId,
}

/// A notice with its text. `Debug` shows the entry alone.
#[derive(Clone, PartialEq, Eq)]
pub struct NoticeRead {
    /// As it is listed.
    pub entry: NoticeEntry,
    /// The message as it left; none while it waits.
    pub text: Option<String>,
    /// What the last server said of it; none if nothing was said.
    pub reply: Option<String>,
}

impl fmt::Debug for NoticeRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoticeRead({:?}, [personal data])", self.entry)
    }
}

impl NeedsPermission for ReadNotice {
    fn permission(&self) -> Permission {
        Permission::ReadNotices
    }
}

impl Question for ReadNotice {
    type Answer = NoticeRead;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<NoticeRead, Failure> {
        let row = notices::find(work.tx, self.id)?.ok_or_else(|| unknown(self.id))?;
        let id = self.id.to_string();
        let text = open_letter(work.tx, work.registrar, &row)?;
        let reply = reply(work, &row, &reply_place(&id))?;
        let name = registrations::find(work.tx, row.order.domain)?.map(|registration| registration.name);
        Ok(NoticeRead { entry: entry(row, name), text, reply: reply.filter(|reply| !reply.is_empty()) })
    }
}

/// What a server said; none where nothing was, or whom it was said of was erased.
fn reply(work: &mut Work<'_, '_>, row: &NoticeRow, place: &Place<'_>) -> Result<Option<String>, Failure> {
    let (Some(key_owner), Some(sealed)) = (&row.key_owner, &row.reply) else { return Ok(None) };
    let owner = addressee(key_owner);
    if work.registrar.vault().is_destroyed(work.tx, owner)? {
        return Ok(None);
    }
    let plain = work.registrar.vault().open_bytes(work.tx, owner, place, sealed)?;
    Ok(Some(String::from_utf8_lossy(&plain).into_owned()))
}

fn unknown(id: NoticeId) -> Failure {
    Refusal::new("notice.unknown", "EXP-4", format!("there is no notice `{id}`")).hint("`namekeep notice list` shows the notices").into()
}
