//! The portfolio the demo starts with: people, names, terms.

use policy::Phase;
use registrar::PageRequest;
use registrar::portfolio::{DomainFilter, ListDomains};

use super::super::tour::Tour;
use crate::demo::stage::order_of;
use crate::failure::Failure;
use crate::progress::Progress;

/// Registers the seeded names, in bulk.
pub async fn play(tour: &mut Tour) -> Result<(), Failure> {
    tour.scene("A portfolio is registered over EPP, at two registries");
    let names = tour.stage().portfolio.clone();
    let progress = Progress::of(names.len() as u64, "names ordered");
    for (at, name) in names.iter().enumerate() {
        progress.at(at as u64);
        tour.ours().order(order_of(tour.stage(), name)?)?;
    }
    drop(progress);
    let progress = Progress::waiting("the orders are carried to the registries");
    tour.ours().rest().await?;
    drop(progress);
    let mut registered = 0;
    let mut after = None;
    loop {
        let filter = DomainFilter { phase: Some(Phase::Registered), ..DomainFilter::default() };
        let page = tour.ours().ask(ListDomains { filter, page: PageRequest { after, limit: 500 } })?;
        registered += page.items.len();
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    tour.claim("every name of the portfolio is registered", registered == names.len(), format!("{registered} of {}", names.len()));
    Ok(())
}
