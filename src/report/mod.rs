//! Pure renderers: an assessment → text or bytes. Writing is done elsewhere.

pub mod annotations;
pub mod console;
pub mod diagnostics;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod outputs;
mod parallel;
pub mod phrase;
mod policy_json;
pub mod sarif;
