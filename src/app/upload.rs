//! The upload files: what other actions bring to code scanning.

use super::request::{Delivery, Kind};
use crate::edge::output::Destination;
use crate::error::Error;
use crate::model::Assessment;
use crate::upload::{self, File, Plan, Way};

/// What is written for each upload file that was asked for.
pub struct Uploads<'a> {
    plan: Plan<'a>,
    files: Vec<File<'a>>,
}

impl<'a> Uploads<'a> {
    /// Plans it; `None` when nobody asked for one.
    pub fn of(assessment: &'a Assessment, delivery: &Delivery) -> Option<Self> {
        let wanted = delivery.outputs.iter().any(|o| o.kind == Kind::UploadSarif);
        let key = delivery.hub.comment_key.as_deref().unwrap_or_default();
        wanted.then(|| {
            let plan = upload::plan(assessment, key);
            let files = plan.files();
            Self { plan, files }
        })
    }

    /// Writes the first file to its place, and further ones beside it. Older ones that are no longer
    /// needed are removed, so that nobody uploads them.
    ///
    /// # Errors
    /// When one of them is not there afterwards.
    pub fn write(&self, destination: &Destination) -> Result<(), Error> {
        for (file, number) in self.files.iter().zip(1..) {
            let place = destination.beside(number);
            let Some(place) = place else { continue };
            if number > 1 {
                place.prepare()?;
            }
            place.write(&|out| self.plan.write(file, out))?;
        }
        let mut number = self.files.len() + 1;
        while let Some(place) = destination.beside(number)
            && place.exists()
        {
            place.prepare()?;
            number += 1;
        }
        Ok(())
    }

    /// What became of the findings, in sentences.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = self.plan.tell(Way::File);
        if let more @ 1.. = self.files.len().saturating_sub(1) {
            notes.push(format!(
                "one file cannot hold all of it: {more} more beside it, .part-2 and so on, each for a step of its own; \
                 --upload needs no files"
            ));
        }
        notes
    }
}
