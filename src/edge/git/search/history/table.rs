//! Every object of a repository, by number.

use super::pack::Pack;
use gix::ObjectId;
use gix::odb::loose;
use gix::odb::pack::index;
use std::path::{Path, PathBuf};

/// Largest number of objects that are told apart.
const MOST_OBJECTS: usize = 200_000_000;

/// The number of no object.
pub(super) const NONE: u32 = u32::MAX;

/// All objects: their ids, sorted, and where they are.
pub(super) struct Table {
    ids: Vec<ObjectId>,
    /// First object of each two bytes that an id can start with.
    starts: Vec<u32>,
    /// The packs.
    pub packs: Vec<Pack>,
    /// Objects in files of their own: folder and number.
    pub loose: Vec<(usize, u32)>,
    /// The folders that [`Self::loose`] counts.
    pub folders: Vec<loose::Store>,
}

/// Why the objects cannot be listed.
pub(super) enum Unlisted {
    /// This pack or its index cannot be read.
    Pack(String),
    /// There are more than [`MOST_OBJECTS`].
    TooMany,
}

impl Table {
    /// Lists everything in these folders of objects.
    pub(super) fn new(folders: &[PathBuf], hash: gix::hash::Kind) -> Result<Self, Unlisted> {
        let mut indices = Vec::new();
        let mut stores = Vec::new();
        let mut scattered = Vec::new();
        let mut all = Vec::new();
        for (number, folder) in folders.iter().enumerate() {
            for path in index_files(&folder.join("pack")) {
                let name = || {
                    let name = path.file_name().unwrap_or_default();
                    name.to_string_lossy().into_owned()
                };
                let index = index::File::at(&path, hash).map_err(|_| Unlisted::Pack(name()))?;
                let data = gix::odb::pack::data::File::at(path.with_extension("pack"), hash)
                    .map_err(|_| Unlisted::Pack(name()))?;
                all.extend((0..index.num_objects()).map(|at| index.oid_at_index(at).to_owned()));
                indices.push((index, data));
            }
            let store = loose::Store::at(folder.clone(), hash);
            for id in store.iter().flatten() {
                scattered.push((number, id));
            }
            stores.push(store);
        }
        all.extend(scattered.iter().map(|(_, id)| *id));
        if all.len() > MOST_OBJECTS {
            return Err(Unlisted::TooMany);
        }
        if !all.is_sorted() {
            all.sort_unstable();
        }
        all.dedup();
        let mut table = Self {
            starts: starts(&all),
            ids: all,
            packs: Vec::new(),
            loose: Vec::new(),
            folders: stores,
        };
        let mut taken = vec![false; table.ids.len()];
        let mut take = |number: u32| {
            let taken = taken.get_mut(number as usize);
            taken.is_some_and(|taken| !std::mem::replace(taken, true))
        };
        for (index, data) in indices {
            let pack = Pack::new(&index, data, &table, &mut take)
                .ok_or_else(|| Unlisted::Pack(file_name(index.path())))?;
            table.packs.push(pack);
        }
        for (folder, id) in scattered {
            let number = table.number(&id);
            if number != NONE && take(number) {
                table.loose.push((folder, number));
            }
        }
        Ok(table)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The number of an object, [`NONE`] when it is not there.
    pub(super) fn number(&self, id: &gix::oid) -> u32 {
        let slot = match id.as_bytes() {
            [a, b, ..] => usize::from(*a) << 8 | usize::from(*b),
            _ => return NONE,
        };
        let (Some(&start), Some(&end)) = (self.starts.get(slot), self.starts.get(slot + 1)) else {
            return NONE;
        };
        let Some(bucket) = self.ids.get(start as usize..end as usize) else {
            return NONE;
        };
        match bucket.binary_search_by(|known| known.as_ref().cmp(id)) {
            Ok(at) => start + u32::try_from(at).unwrap_or(NONE),
            Err(_) => NONE,
        }
    }

    /// The id of an object.
    pub(super) fn id(&self, number: u32) -> Option<ObjectId> {
        self.ids.get(number as usize).copied()
    }
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Largest packs first would change nothing: sorted, so that the numbers are the same in every run.
fn index_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(files) = folder.read_dir() else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = files
        .flatten()
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|end| end == "idx"))
        .filter(|path| path.with_extension("pack").exists())
        .collect();
    files.sort();
    files
}

fn starts(ids: &[ObjectId]) -> Vec<u32> {
    let mut starts = vec![0_u32; (1 << 16) + 1];
    for id in ids {
        if let [a, b, ..] = id.as_bytes()
            && let Some(count) = starts.get_mut((usize::from(*a) << 8 | usize::from(*b)) + 1)
        {
            *count += 1;
        }
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    starts
}
