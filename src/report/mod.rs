//! Pure renderers: an assessment → text or bytes. Writing is done elsewhere.

pub mod annotations;
pub mod baseline;
pub mod console;
mod day;
pub mod diagnostics;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod outputs;
mod parallel;
pub mod phrase;
mod policy_json;
mod resolved;
pub mod sarif;
mod schedule;
mod schedule_json;
