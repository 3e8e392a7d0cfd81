//! Weaknesses that scanners number differently.
//!
//! Two scanners rarely give one problem the very same CWE: one says "hard-coded password", the other
//! "hard-coded credentials". Inside a family the numbers name one thing at different depths of the
//! CWE tree (view 1000); numbers outside every family are families of their own. Families are kept
//! narrow: a merge that is missed costs a second line, a wrong one hides a problem.

/// Numbers that stand for one weakness.
static FAMILIES: &[&[u32]] = &[
    // Hard-coded credentials, passwords, keys.
    &[798, 259, 321],
    // Operating-system command injection, by its parent and by argument.
    &[78, 77, 88],
    // SQL injection, also through an object-relational mapper.
    &[89, 564],
    // Cross-site scripting, also by missing escapes of tags and attributes.
    &[79, 80, 83, 87],
    // Code injection and evaluated strings.
    &[94, 95, 96],
    // Path traversal.
    &[22, 23, 35, 36],
    // Broken or weak cryptographic algorithms and hashes, also too few bits.
    &[327, 328, 326, 916],
    // Predictable random numbers.
    &[330, 338, 335, 337, 331],
    // XML external entities and entity expansion.
    &[611, 776],
    // Certificates that nobody checks.
    &[295, 296, 297, 298, 299],
    // Unencrypted transport.
    &[319, 311],
    // Insecure temporary files.
    &[377, 378, 379],
    // Permissions that are too wide.
    &[732, 276, 277, 278, 279],
    // Debug code and its information leak.
    &[489, 215],
];

/// The smallest number of the family.
pub fn family(cwe: u32) -> u32 {
    FAMILIES
        .iter()
        .find(|numbers| numbers.contains(&cwe))
        .and_then(|numbers| numbers.iter().min().copied())
        .unwrap_or(cwe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_disjoint() {
        let mut all: Vec<u32> = FAMILIES.iter().flat_map(|f| f.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn related_numbers_are_one_family() {
        assert_eq!(family(259), family(798));
        assert_ne!(family(89), family(78));
        assert_eq!(family(1234), 1234);
    }
}
