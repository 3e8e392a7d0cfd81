//! What is no secret, though a rule fits.

mod entropy;

pub use entropy::entropy;

use crate::rule::Rule;

/// Why a match is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dropped {
    /// Too regular to be random.
    Entropy,
    /// `xxxxxxxx`, `your-key-here`, `${VARIABLE}`.
    Placeholder,
}

/// Looks at a match in its surroundings.
///
/// # Errors
/// Why it is dropped.
pub fn sift(rule: &Rule, secret: &[u8]) -> Result<(), Dropped> {
    if entropy(secret) < rule.entropy {
        return Err(Dropped::Entropy);
    }
    let Some((first, rest)) = secret.split_first() else {
        return Err(Dropped::Placeholder);
    };
    if rest.iter().all(|byte| byte == first) {
        return Err(Dropped::Placeholder);
    }
    Ok(())
}
