//! The middle of a few rounds.

/// The median; of an even number the upper one, of none nothing.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn one_bad_round_changes_nothing() {
        assert_eq!(median([5.0, 1.0, 900.0]), 5.0);
        assert_eq!(median([2.0, 1.0]), 2.0);
        assert_eq!(median([]), 0.0);
    }
}
