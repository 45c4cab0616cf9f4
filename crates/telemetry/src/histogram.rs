//! Histograms of durations with the buckets that are usual for web requests.

/// Upper bounds in seconds, and their text.
pub(crate) const BOUNDS: [(f64, &str); 11] = [
    (0.005, "0.005"),
    (0.01, "0.01"),
    (0.025, "0.025"),
    (0.05, "0.05"),
    (0.1, "0.1"),
    (0.25, "0.25"),
    (0.5, "0.5"),
    (1.0, "1"),
    (2.5, "2.5"),
    (5.0, "5"),
    (10.0, "10"),
];

/// How many values fell under each bound.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    pub(crate) sum: f64,
    pub(crate) count: u64,
    buckets: [u64; BOUNDS.len()],
}

impl Histogram {
    /// Adds one value; a NaN is left out.
    pub(crate) fn observe(&mut self, value: f64) {
        if value.is_nan() {
            return;
        }
        self.sum += value;
        self.count += 1;
        let at = BOUNDS.iter().position(|(bound, _)| value <= *bound);
        if let Some(bucket) = at.and_then(|at| self.buckets.get_mut(at)) {
            *bucket += 1;
        }
    }

    /// For each bound its text and how many values are not above it.
    pub(crate) fn cumulative(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counts = self.buckets.iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        BOUNDS.iter().map(|(_, text)| *text).zip(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_a_bound_counts_below_it() {
        let mut histogram = Histogram::default();
        for value in [0.005, 0.006, 99.0, f64::NAN] {
            histogram.observe(value);
        }
        let counts: Vec<_> = histogram.cumulative().collect();
        assert_eq!(counts[..2], [("0.005", 1), ("0.01", 2)]);
        assert_eq!(counts.last(), Some(&("10", 2)));
        assert_eq!(histogram.count, 3);
    }
}
