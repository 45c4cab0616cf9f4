//! Replays the fuzzer's seeds.

#[cfg(test)]
mod check;

#[cfg(test)]
mod tests {
    use super::check;
    use std::fs;
    use std::path::PathBuf;

    const REAL: &[u8] = include_bytes!("../fixtures/kubelet-1.34-summary.json");

    fn seeds() -> Vec<(String, Vec<u8>)> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/decode");
        let mut seeds: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read(entry.path()).unwrap())
            })
            .collect();
        seeds.sort();
        seeds
    }

    /// Names begin with `summary-`, `container-` or, for what is no summary at all, `broken-`.
    #[test]
    fn every_seed_is_read_as_its_name_says() {
        let seeds = seeds();
        assert!((20..=30).contains(&seeds.len()), "{} seeds", seeds.len());
        for (name, body) in seeds {
            let [summary, container_stats] = check::both(&body);
            let expected = match name.split('-').next() {
                Some("summary") => summary,
                Some("container") => container_stats && !summary,
                Some("broken") => !summary,
                _ => panic!("{name} says nothing"),
            };
            assert!(
                expected,
                "{name}: summary {summary}, container stats {container_stats}"
            );
        }
    }

    #[test]
    fn the_seeds_are_small() {
        let all: usize = seeds().iter().map(|(_, body)| body.len()).sum();
        assert!(all <= 200 * 1024, "{all} bytes");
    }

    #[test]
    fn the_answer_of_a_real_kubelet_is_read() {
        assert_eq!(check::both(REAL), [true, true]);
    }
}
