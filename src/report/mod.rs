//! Pure renderers: an assessment → text or bytes. Writing is done elsewhere.

pub mod annotations;
mod comparison;
pub mod console;
pub mod diagnostics;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod outputs;
mod parallel;
mod phrase;
pub mod sarif;
