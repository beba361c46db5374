//! `namekeep domain info`: a name with what we want and what the registry says, side by side.

use registrar::portfolio::{DomainInfo, DomainView};
use serde::Serialize;

use super::super::{Ending, Session};
use crate::argument;
use crate::failure::Failure;
use crate::output::{Report, fields, print, table};

#[derive(Serialize)]
#[serde(transparent)]
struct InfoReport(DomainView);

impl Report for InfoReport {
    fn text(&self) -> String {
        let mut parts = vec![self.heading(), self.sides()];
        if !self.0.intents.is_empty() {
            parts.push(self.intents());
        }
        if !self.0.charges.is_empty() {
            parts.push(self.charges());
        }
        if !self.0.duties.is_empty() {
            parts.push(self.duties());
        }
        parts.join("\n\n")
    }
}

impl InfoReport {
    fn heading(&self) -> String {
        let registration = &self.0.registration;
        let day = |at: Option<model::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let mut rows = vec![
            ("name", format!("{} ({})", registration.name.to_unicode(), registration.name)),
            ("id", registration.id.to_string()),
            ("registry", registration.registry.to_string()),
            ("phase", registration.phase.word().to_owned()),
            ("created", day(registration.created_at)),
            ("term ends", day(registration.expires_at)),
            ("renewal", if registration.auto_renew { "automatic".to_owned() } else { "on request".to_owned() }),
            ("next due", day(self.0.next_due)),
        ];
        rows.extend(registration.left_at.map(|at| ("left us", at.to_string())));
        fields(&rows)
    }

    fn sides(&self) -> String {
        let registration = &self.0.registration;
        let join = |words: Vec<String>| words.join("\n");
        let actual = registration.actual.as_ref();
        let wanted_ds = registration.desired.ds.iter().map(|ds| format!("{} {} {}", ds.key_tag, ds.algorithm, ds.digest_type)).collect();
        let rows = vec![
            vec![
                "statuses".to_owned(),
                join(
                    registration
                        .desired
                        .statuses
                        .iter()
                        .map(|(status, reason)| format!("{status} ({:?}: {})", reason.owner, reason.reference))
                        .collect(),
                ),
                join(actual.map(|actual| actual.statuses.iter().map(ToString::to_string).collect()).unwrap_or_default()),
            ],
            vec![
                "nameservers".to_owned(),
                join(registration.desired.nameservers.keys().map(ToString::to_string).collect()),
                join(actual.map(|actual| actual.nameservers.keys().map(ToString::to_string).collect()).unwrap_or_default()),
            ],
            vec![
                "DS".to_owned(),
                join(wanted_ds),
                join(
                    actual
                        .map(|actual| actual.ds.iter().map(|ds| format!("{} {} {}", ds.key_tag, ds.algorithm, ds.digest_type)).collect())
                        .unwrap_or_default(),
                ),
            ],
            vec![
                "expiry".to_owned(),
                registration.expires_at.map(|at| at.to_string()).unwrap_or_default(),
                actual.and_then(|actual| actual.expires_at).map(|at| at.to_string()).unwrap_or_default(),
            ],
            vec![
                "grace".to_owned(),
                String::new(),
                join(actual.map(|actual| actual.rgp.iter().map(ToString::to_string).collect()).unwrap_or_default()),
            ],
        ];
        // A name that left, or never came, has no registry side any more: what is shown is the last that was seen of it.
        let header = if registration.phase.is_final() {
            ["", "we wanted", "last seen at the registry"]
        } else {
            ["", "we want", "the registry says"]
        };
        table(&header, rows)
    }

    fn intents(&self) -> String {
        let rows = self.0.intents.iter().map(|step| {
            vec![
                step.operation.clone(),
                step.object.clone(),
                format!("{:?}", step.state).to_lowercase(),
                step.message.clone().unwrap_or_default(),
            ]
        });
        table(&["under way", "object", "state", "registry said"], rows)
    }

    fn charges(&self) -> String {
        let rows = self.0.charges.iter().map(|charge| {
            let amount = charge.amount.map(|amount| amount.to_string()).unwrap_or_default();
            vec![charge.at.strftime("%Y-%m-%d").to_string(), format!("{:?}", charge.kind), charge.years.to_string(), amount]
        });
        table(&["charged", "for", "years", "amount"], rows)
    }

    fn duties(&self) -> String {
        super::super::duties::duty_table(self.0.duties.iter().map(|duty| (None, duty)))
    }
}

/// Shows a name.
pub fn run(session: &Session, name: &str) -> Result<Ending, Failure> {
    let view = session.ask(DomainInfo { name: argument::domain(name)? })?;
    print(session.format, &InfoReport(view));
    Ok(Ending::Done)
}
