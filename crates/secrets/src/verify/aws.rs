//! AWS' access key ids.

use super::Now;
use super::form::{base32, failed, shaped};
use crate::hit::Proof;

/// Since 2019 the id holds the account's number: base 32 of sixteen characters, of which the number
/// is 40 bits from the second bit on (no documentation; T. Be'ery, A. Hamburg and others, 2020 to
/// 2023). That an id has this form proves nothing: any sixteen letters have it.
pub(super) fn access_key_id(secret: &[u8], _: Now) -> Proof {
    let Some((_, id)) = secret.split_at_checked(4).filter(|_| secret.len() == 20) else {
        return Proof::None;
    };
    let Some(bytes) = base32(id) else {
        return failed("it holds characters that no key id has");
    };
    // Older ids begin with I or J, and hold something else.
    let (b'Q'..=b'Z' | b'2'..=b'7', [a, b, c, d, e, f, ..]) =
        (id.first().copied().unwrap_or_default(), bytes.as_slice())
    else {
        return shaped("");
    };
    let number = u64::from_be_bytes([0, 0, *a, *b, *c, *d, *e, *f]);
    let account = (number & 0x7fff_ffff_ff80) >> 7;
    if account < 1_000_000_000_000 {
        shaped(format!("account {account:012}"))
    } else {
        failed("the account in it has more than twelve digits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_id_names_its_account() {
        let key = concat!("ASIA", "Y34FZKBOKMUTVV7A");
        assert_eq!(
            access_key_id(key.as_bytes(), None),
            shaped("account 609629065308")
        );
        let old = concat!("AKIA", "IFXQ3MTWNB5VKZ7D");
        assert_eq!(access_key_id(old.as_bytes(), None), shaped(""));
        let wrong = concat!("AKIA", "Y34FZKBOKMUT0189");
        assert!(matches!(
            access_key_id(wrong.as_bytes(), None),
            Proof::Failed(_)
        ));
    }
}
