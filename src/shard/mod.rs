//! One check, divided among the jobs of a matrix. Pure: what there is to do in, who does what out;
//! bundles in, evidence out.
//!
//! Nobody coordinates the jobs. Each works out the same [`Plan`] from the same commit, policy and
//! command line, does its share, and writes a bundle; the last job merges the bundles, and holds
//! against each other what the jobs knew. What is not there then is never taken for clean.

mod merge;
mod plan;
mod rebase;

pub use merge::{Given, Home, Merged, merge};
pub use plan::{MOST, Plan, Task, Unit, plan};

use crate::model::{Foreign as _, RepoPath, digest};

/// Which share of a divided check: `2/3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// Which one, from 1 to [`Self::of`].
    pub number: u32,
    /// How many there are, from 1 to [`MOST`].
    pub of: u32,
}

impl Number {
    /// Reads `2/3`.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, of) = text.split_once('/')?;
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let (number, of) = match plain(number) && plain(of) {
            true => (number.parse().ok()?, of.parse().ok()?),
            false => return None,
        };
        (1..=of).contains(&number).then_some(())?;
        (of <= MOST).then_some(Self { number, of })
    }

    /// Whether this share holds a file, for scanners that go through all files themselves: by a
    /// digest of its path, so that every file belongs to exactly one share, on every machine, and
    /// neighbours are spread evenly.
    pub fn holds(self, path: &RepoPath) -> bool {
        let hash = digest([path.raw()]);
        let hash = hash
            .get(..8)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok());
        hash.unwrap_or_default() % self.of == self.number - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_shares_that_exist_are_shares() {
        let read = |text| Number::parse(text).map(|n| (n.number, n.of));
        assert_eq!(read("2/3"), Some((2, 3)));
        assert_eq!(read("1/1"), Some((1, 1)));
        assert_eq!(read("256/256"), Some((256, 256)));
        for text in [
            "",
            "1",
            "0/3",
            "4/3",
            "1/0",
            "+1/3",
            "1/ 3",
            "-1/3",
            "1/257",
            "1/3/3",
            "٢/٣",
            "99999999999/99999999999",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn every_file_belongs_to_one_share_and_no_share_has_most_of_them() {
        let shares: Vec<Number> = (1..=4).map(|number| Number { number, of: 4 }).collect();
        let mut counts = [0; 4];
        for index in 0..1000 {
            let path = RepoPath::new(&format!("src/part{}/file{index}.py", index / 50)).unwrap();
            let holders: Vec<usize> = (0..4).filter(|at| shares[*at].holds(&path)).collect();
            assert_eq!(holders.len(), 1);
            counts[holders[0]] += 1;
        }
        assert!(
            counts.iter().all(|count| (200..300).contains(count)),
            "{counts:?}"
        );
    }
}
