//! Protocols and ciphers of TLS, as servers name them.

/// Protocols that are broken (RFC 7568, RFC 8996).
const OLD: [&str; 4] = ["sslv2", "sslv3", "tlsv1", "tlsv1.1"];
/// Parts of names of ciphers that are broken or protect nothing.
const WEAK: [&str; 9] = [
    "RC4", "3DES", "DES-CBC", "MD5", "NULL", "EXP", "ADH", "AECDH", "RC2",
];

/// Whether a protocol is broken.
pub(crate) fn is_old(name: &str) -> bool {
    OLD.iter().any(|old| old.eq_ignore_ascii_case(name))
}

/// The first weak cipher of a list of OpenSSL, in upper case.
pub(crate) fn weak_cipher(list: &str) -> Option<String> {
    let list = list.to_ascii_uppercase();
    let all: Vec<&str> = list.split([':', ',', ' ']).collect();
    let excluded: Vec<&str> = all.iter().filter_map(|one| one.strip_prefix('!')).collect();
    let excluded = |part: &str| {
        let same = |name: &&str| *name == part || part == "DES-CBC" && *name == "3DES";
        excluded.iter().any(same)
    };
    // Asked once for each part, whatever the length of the list.
    let left: Vec<&str> = WEAK.into_iter().filter(|part| !excluded(part)).collect();
    let weak = |one: &&&str| {
        let plain = !one.starts_with(['!', '-', '+', '@']);
        let holds = left.iter().any(|part| one.contains(part));
        plain && (holds || **one == "ANULL" || **one == "LOW")
    };
    all.iter().find(weak).map(|one| (*one).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_broken() {
        assert!(is_old("TLSv1") && !is_old("TLSv1.2"));
        assert_eq!(weak_cipher("HIGH:rc4-sha").as_deref(), Some("RC4-SHA"));
        assert_eq!(weak_cipher("HIGH:!aNULL:!MD5"), None);
    }
}
