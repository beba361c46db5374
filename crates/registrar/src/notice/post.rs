//! Finished letters to people who are no contacts of ours, handed out the way notices are: nothing is owed by the courier for them, and
//! whoever wrote them keeps account.

use mail::Reply;
use mail::smtp::Submission;
use model::Email;

use super::carriage::Outgoing;
use super::courier::Courier;
use super::message::Message;
use crate::failure::Failure;

/// A letter to one address.
pub(crate) struct PlainLetter<'l> {
    /// What makes a repeat recognisable; the same id again is the same message.
    pub(crate) id: &'l str,
    pub(crate) to: &'l Email,
    pub(crate) subject: &'l str,
    /// The text, lines separated by `\n`.
    pub(crate) body: &'l str,
}

/// What came of a letter.
pub(crate) enum Posting {
    /// It left.
    Left,
    /// Its address was refused for good.
    Refused(Reply),
    /// Not this one now, for this reason; the next may leave.
    Stays(String),
    /// Nothing leaves now: the relay takes no mail, and whom that concerns was told.
    AllStay,
}

impl Courier {
    /// Whether the relay is left alone for now.
    pub(crate) fn is_resting(&self) -> bool {
        self.carriage().standing().is_some_and(|standing| standing.is_resting(self.registrar().now()))
    }

    /// Hands a letter out, under the sender's own address: what comes back goes to a person.
    ///
    /// # Errors
    /// A fault of the store or of the maildrop.
    pub(crate) fn post(&self, letter: &PlainLetter<'_>) -> Result<Posting, Failure> {
        let settings = self.registrar().notices();
        let message = Message {
            id: format!("{}@{}", letter.id, settings.sender.domain()),
            at: self.registrar().now(),
            from: (&settings.sender_name, &settings.sender),
            to: ("", letter.to),
            copy: None,
            reply_to: None,
            subject: letter.subject,
            body: letter.body,
        };
        let text = message.to_text();
        let outgoing = Outgoing { id: letter.id, return_path: settings.sender.as_str(), to: letter.to, copy: None, text: &text };
        Ok(match self.carriage().hand_out(settings, &outgoing)? {
            None | Some(Submission::Accepted { .. }) => Posting::Left,
            Some(Submission::Refused(reply)) => Posting::Refused(reply),
            Some(Submission::TryAgain(obstacle)) if obstacle.kind.may_be_of_message() => Posting::Stays(obstacle.reason()),
            Some(Submission::TryAgain(obstacle)) => {
                self.leave_alone(&obstacle)?;
                Posting::AllStay
            }
        })
    }
}
