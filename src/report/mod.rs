//! Pure renderers: an assessment → text or bytes. Writing is done elsewhere.

pub mod annotations;
pub mod baseline;
pub mod check;
pub mod comment;
pub mod comparison;
pub mod console;
mod coverage_json;
mod day;
pub mod diagnostics;
mod fix_json;
mod further;
pub mod html;
pub mod json;
pub mod junit;
pub mod layout;
pub mod markdown;
mod next;
pub mod outputs;
mod parallel;
pub mod phrase;
mod policy_json;
mod resolved;
pub mod review;
pub mod sarif;
pub mod schedule;
mod schedule_json;
