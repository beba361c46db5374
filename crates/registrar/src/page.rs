//! Pages by key: the next page begins after the last item of this one, however many rows come and go in between.

use serde::Serialize;

/// Items on a page unless somebody asks for fewer or more.
pub const DEFAULT_PAGE_ITEMS: u32 = 100;

/// Most items on one page, so that a list of a million names is never in memory at once.
pub const MAX_PAGE_ITEMS: u32 = 1_000;

/// Which part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest<K> {
    /// The key after which the page begins; none for the first page.
    pub after: Option<K>,
    /// Most items on the page; more than [`MAX_PAGE_ITEMS`] are cut to it.
    pub limit: u32,
}

impl<K> Default for PageRequest<K> {
    fn default() -> Self {
        Self { after: None, limit: DEFAULT_PAGE_ITEMS }
    }
}

impl<K> PageRequest<K> {
    /// Most items, within bounds.
    pub(crate) fn limit(&self) -> u32 {
        self.limit.clamp(1, MAX_PAGE_ITEMS)
    }

    /// One more than the page holds: whether it came tells whether there is another page.
    pub(crate) fn limit_and_one(&self) -> u32 {
        self.limit() + 1
    }

    /// Cuts the extra row off and gives the key where the next page begins.
    pub(crate) fn cut<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> K) -> (Vec<T>, Option<K>) {
        let limit = self.limit() as usize;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(key);
        (rows, next)
    }
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page<T, K> {
    /// The items, in the order of their keys.
    pub items: Vec<T>,
    /// The key to ask for the next page with; none on the last page.
    pub next: Option<K>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_named_only_if_there_is_one() {
        let page = PageRequest { after: None::<u32>, limit: 2 };
        assert_eq!(page.cut(vec![1, 2, 3], |row| *row), (vec![1, 2], Some(2)));
        assert_eq!(page.cut(vec![1, 2], |row| *row), (vec![1, 2], None));
        assert_eq!(page.cut(vec![], |row: &u32| *row), (vec![], None));
    }

    #[test]
    fn a_page_has_bounds() {
        for (asked, given) in [(0, 1), (1, 1), (100, 100), (1_000, 1_000), (1_000_000, 1_000)] {
            assert_eq!(PageRequest { after: None::<u32>, limit: asked }.limit(), given, "{asked}");
        }
    }
}
