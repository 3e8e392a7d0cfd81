//! The pieces as files, for the action that uploads a file.

use super::{MAX_BYTES, MAX_RUNS, Part, Plan, pack};
use crate::report::sarif::{self, Purpose, Slice};
use rayon::prelude::*;
use std::io::Write;

/// The runs of one file.
#[derive(Debug, Clone, Default)]
pub struct File<'a> {
    /// With the numbers of their pieces.
    slices: Vec<(usize, Slice<'a>)>,
    size: u64,
}

impl File<'_> {
    /// Number of its runs.
    pub fn runs(&self) -> usize {
        self.slices.len()
    }
}

impl<'a> Plan<'a> {
    /// As few files as hold all pieces; at least one. The first pieces of all scanners come first.
    /// What failed is in none of them: it would make code scanning refuse the rest of its file.
    pub fn files(&self) -> Vec<File<'a>> {
        let parts = self.parts.iter().chain(&self.held);
        let mut parts: Vec<&Part<'a>> = parts.filter(|part| !part.failed).collect();
        parts.sort_by_key(|part| (part.number, part.scanner()));
        let total = parts
            .iter()
            .map(|part| part.size)
            .fold(0, u64::saturating_add);
        let sizes: Vec<u64> = match total > MAX_BYTES {
            false => parts.iter().map(|part| part.size).collect(),
            // The bounds are not good enough.
            true => parts
                .par_iter()
                .map(|part| pack::fast(&|out| self.write_slice(&part.slice, out)))
                .collect(),
        };
        let mut files = vec![File::default()];
        for (part, size) in parts.into_iter().zip(sizes) {
            let fits = |file: &&mut File<'_>| {
                file.runs() < MAX_RUNS && file.size.saturating_add(size) <= MAX_BYTES
            };
            let first = files.first().is_some_and(|file| file.runs() == 0);
            match files.iter_mut().find(|file| first || fits(file)) {
                Some(file) => file.add(part, size),
                None => {
                    let mut file = File::default();
                    file.add(part, size);
                    files.push(file);
                }
            }
        }
        files
    }

    /// Writes one of the files.
    ///
    /// # Errors
    /// The writer's.
    pub fn write<W: Write>(&self, file: &File<'a>, out: &mut W) -> std::io::Result<()> {
        let slices: Vec<Slice<'a>> = file.slices.iter().map(|(_, slice)| slice.clone()).collect();
        sarif::write_slices(&slices, Purpose::Upload, self.assessment, out)
    }
}

impl<'a> File<'a> {
    fn add(&mut self, part: &Part<'a>, size: u64) {
        self.slices.push((part.number, part.slice.clone()));
        self.slices
            .sort_by(|(a, one), (b, other)| (one.scanner, a).cmp(&(other.scanner, b)));
        self.size = self.size.saturating_add(size);
    }
}
