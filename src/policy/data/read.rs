//! Reading `[data]`.

use super::super::World;
use super::super::file::Reader;
use super::super::validate::max_age;
use super::{Data, Snapshot, epss, kev};
use crate::model::RepoPath;
use jiff::SignedDuration;

/// What one file says of data.
#[derive(Debug, Default)]
pub struct DataLayer {
    epss: Option<Snapshot<f64>>,
    kev: Option<Snapshot<()>>,
    max_age: Option<SignedDuration>,
}

impl DataLayer {
    /// Takes from a less specific layer what this one does not say.
    pub fn underlay(&mut self, below: Self) {
        self.epss = self.epss.take().or(below.epss);
        self.kev = self.kev.take().or(below.kev);
        self.max_age = self.max_age.or(below.max_age);
    }

    /// The data.
    pub fn finish(self) -> Data {
        Data {
            epss: self.epss,
            kev: self.kev,
            max_age: self.max_age,
        }
    }
}

/// Reads the table; errors go to the reader.
pub fn data(mut reader: Reader<'_, '_>, world: &dyn World) -> DataLayer {
    let layer = DataLayer {
        epss: file(&mut reader, "epss", EPSS, world, epss::read),
        kev: file(&mut reader, "kev", KEV, world, kev::read),
        max_age: max_age(&mut reader),
    };
    reader.finish();
    layer
}

const EPSS: &str = "it must be FIRST's daily list of EPSS scores, as CSV and not packed";
const KEV: &str = "it must be CISA's catalogue of known exploited vulnerabilities, as JSON";

fn file<T>(
    reader: &mut Reader<'_, '_>,
    key: &'static str,
    help: &str,
    world: &dyn World,
    read: fn(RepoPath, &str) -> Result<T, String>,
) -> Option<T> {
    let word = reader.text(key)?;
    let found = RepoPath::new(&word.name)
        .map_err(|why| format!("is not inside the repository: {why}"))
        .and_then(|path| {
            let text = world.data(&path);
            let text = text.map_err(|why| format!("cannot be read: {why}"))?;
            read(path, &text).map_err(|why| format!("cannot be used: {why}"))
        });
    match found {
        Ok(snapshot) => Some(snapshot),
        Err(why) => {
            let message = format!("`{}` {why}", word.name);
            reader.error(word.span, &message, "", Some(help.to_owned()));
            None
        }
    }
}
