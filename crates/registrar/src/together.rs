//! Many commands under way at once: each stands for itself, and they share commits instead of waiting for one each.

use store::{Store, StoreFault, Tx};

use crate::failure::Failure;

/// Hands every closure to the store before it waits for the first, and gives what each came to, in their order. One that fails costs
/// the others nothing. Blocks.
pub(crate) fn write_together<T, F>(store: &Store, closures: impl Iterator<Item = F>) -> Vec<Result<T, Failure>>
where
    T: Send + 'static,
    F: FnMut(&mut Tx<'_>) -> Result<T, Failure> + Send + 'static,
{
    let pending: Vec<Result<_, StoreFault>> = closures.map(|closure| store.submit(closure)).collect();
    pending.into_iter().map(|pending| pending?.wait()).collect()
}

#[cfg(test)]
mod tests {
    use store::settings;
    use store::testing::TestDatabases;

    use super::*;
    use crate::failure::Fault;

    #[test]
    fn each_stands_for_itself_and_keeps_its_place() {
        TestDatabases::each(|database| {
            let closures = (0..20).map(|number: u32| {
                move |tx: &mut Tx<'_>| {
                    settings::set(tx, &format!("together.{number:02}"), "here")?;
                    if number % 7 == 3 { Err(Fault::words(format!("number {number}")).into()) } else { Ok(number) }
                }
            });
            let ended = write_together(database.store(), closures);
            let kept = |number: u32| {
                let found: Result<_, StoreFault> = database.store().read(|tx| settings::find(tx, &format!("together.{number:02}")));
                found.unwrap().is_some()
            };
            for (number, ended) in (0..20).zip(ended) {
                assert_eq!(ended.as_ref().ok().copied(), (number % 7 != 3).then_some(number), "{}", database.engine());
                assert_eq!(kept(number), ended.is_ok(), "{}: number {number}", database.engine());
            }
        });
    }
}
