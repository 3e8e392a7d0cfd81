//! How a secret may be written down in a file: each row of the table of edge cases that is about bytes.

#![allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test"
)]

use lockgate_secrets::{Encoding, Gap, Hit, Input, Position, Proof, Rules, Scanner, Severity};
use std::sync::LazyLock;

/// With a right checksum.
const TOKEN: &str = concat!("ghp_sbUsUmRNn8X74dFU", "0DJ9Fm1mvdCgtH474T38");

fn scanner() -> &'static Scanner<'static> {
    static SCANNER: LazyLock<Scanner<'_>> =
        LazyLock::new(|| Scanner::new(Rules::shipped()).unwrap());
    &SCANNER
}

fn scan(path: &str, bytes: &[u8]) -> Vec<Hit> {
    let scanned = scanner().scan(&Input { path, bytes });
    assert!(scanned.gaps.is_empty(), "{:?}", scanned.gaps);
    scanned.hits
}

/// The only hit, which is the token, with what stands at its place.
fn only(bytes: &[u8]) -> (Hit, Vec<u8>) {
    let mut hits = scan("config/settings.txt", bytes);
    assert_eq!(hits.len(), 1, "{}", String::from_utf8_lossy(bytes));
    let hit = hits.remove(0);
    assert!(hit.secret.bytes() == TOKEN.as_bytes(), "{:?}", hit.place);
    let place = bytes[hit.place.clone()].to_vec();
    (hit, place)
}

fn encode(bytes: &[u8]) -> String {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let get = |at: usize| chunk.get(at).copied().unwrap_or(0);
        let bits = u32::from_be_bytes([0, get(0), get(1), get(2)]);
        for (index, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            match index <= chunk.len() {
                true => text.push(char::from(digits[(bits >> shift & 63) as usize])),
                false => text.push('='),
            }
        }
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16()
        .flat_map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

fn position(line: u32, column: u32) -> Position {
    Position { line, column }
}

#[test]
fn a_plain_token_has_its_place() {
    let (hit, place) = only(format!("first\r\nkey: '{TOKEN}'\r\n").as_bytes());
    assert_eq!(place, TOKEN.as_bytes());
    assert_eq!(hit.start, position(2, 7));
    assert_eq!(hit.end, position(2, 7 + 40));
    assert!(hit.encodings.is_empty());
    assert_eq!(hit.proof, Proof::Passed(String::new()));
}

#[test]
fn utf_16_with_and_without_a_mark() {
    let text = format!("# caf\u{e9} \u{1f511}\r\nkey = {TOKEN}\r\n");
    for big in [false, true] {
        for mark in ["\u{feff}", ""] {
            let bytes = utf16(&format!("{mark}{text}"), big);
            let (hit, place) = only(&bytes);
            assert_eq!(place, utf16(TOKEN, big), "{big} {mark:?}");
            assert_eq!(hit.encodings, [Encoding::Utf16]);
            assert_eq!(hit.start, position(2, 7));
        }
    }
}

#[test]
fn a_mark_before_plain_text_hides_nothing() {
    for mark in [
        &[0xff, 0xfe][..],
        &[0xfe, 0xff],
        &[0xff, 0xfe, 0, 0],
        &[0xef, 0xbb, 0xbf],
    ] {
        let bytes = [mark, b" key = ", TOKEN.as_bytes(), b"\n"].concat();
        let (hit, _) = only(&bytes);
        assert!(hit.encodings.is_empty());
    }
}

#[test]
fn binary_files_are_read() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0";
    only(&[&png[..], TOKEN.as_bytes()].concat());
    only(&[&[0; 5000][..], TOKEN.as_bytes(), &[0; 10]].concat());
    // Two bytes for each character, at an odd place, in the middle of something else.
    for big in [false, true] {
        let noise: Vec<u8> = (0..3001u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8 | 1)
            .collect();
        let bytes = [&noise[..], &utf16(TOKEN, big), &[0xff], &noise].concat();
        let (hit, _) = only(&bytes);
        assert_eq!(hit.encodings, [Encoding::Utf16]);
    }
}

#[test]
fn base64_of_either_alphabet_padded_or_not() {
    for before in ["", "k", "token=", "\u{fb}\u{ff}\u{fe}: "] {
        let plain = encode(format!("{before}{TOKEN}\n").as_bytes());
        let bare = plain.trim_end_matches('=').to_owned();
        let url = plain.replace('+', "-").replace('/', "_");
        for text in [plain, bare, url] {
            for (open, close) in [
                ("data: ", "\n"),
                ("\"", "\","),
                ("x=", ""),
                ("data:text/plain;base64,", ")"),
            ] {
                let bytes = format!("one\n{open}{text}{close}");
                let (hit, place) = only(bytes.as_bytes());
                assert_eq!(hit.encodings, [Encoding::Base64]);
                assert_eq!(hit.start.line, 2);
                // Whole quads of the value, those that hold the token.
                let place = String::from_utf8(place).unwrap();
                assert!(text.contains(&place) && (54..=56).contains(&place.len()));
            }
        }
    }
}

#[test]
fn base64_in_lines() {
    let long = format!(
        "{}\n{TOKEN}\n{}",
        "Some words. ".repeat(20),
        "And more. ".repeat(9)
    );
    for width in [48, 64, 70, 76] {
        for between in ["\n", "\r\n", "\n    ", "\\n", "\" +\n  \"", "\\r\\n"] {
            let text = encode(long.as_bytes());
            let lines: Vec<&str> = text
                .as_bytes()
                .chunks(width)
                .map(|line| str::from_utf8(line).unwrap())
                .collect();
            let text = lines.join(between);
            let (hit, _) = only(format!("x:\n  {text}\n").as_bytes());
            assert_eq!(hit.encodings, [Encoding::Base64], "{width} {between:?}");
        }
    }
}

#[test]
fn a_name_outside_goes_with_a_value_inside() {
    // Kubernetes writes secrets so.
    let value = encode(concat!("jwI4HrRAbQ", "V4rUYYD76C").as_bytes());
    let hits = scan(
        "secret.yaml",
        format!("data:\n  STATUSCAKE_API_KEY: {value}\n").as_bytes(),
    );
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].encodings, [Encoding::Base64]);
}

#[test]
fn hexadecimal_digits() {
    for text in [hex(TOKEN.as_bytes()), hex(TOKEN.as_bytes()).to_uppercase()] {
        for before in ["", "0x", "f", "key = "] {
            let (hit, place) = only(format!("{before}{text}\n").as_bytes());
            assert_eq!(place, text.as_bytes());
            assert_eq!(hit.encodings, [Encoding::Hex]);
        }
    }
}

#[test]
fn percent_signs() {
    let all: String = TOKEN.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let (hit, place) = only(format!("GET /?q={all}&r=1\n").as_bytes());
    assert_eq!(
        (hit.encodings, place),
        (vec![Encoding::Percent], all.into_bytes())
    );
    let some = TOKEN.replacen('_', "%5F", 1);
    let (_, place) = only(format!("https://a/?x=%20y&q={some}").as_bytes());
    assert_eq!(place, some.as_bytes());
    // A sign before it, which hides where it begins.
    let (_, place) = only(format!("https://a/?q%3D{TOKEN}").as_bytes());
    assert_eq!(place, TOKEN.as_bytes());
}

#[test]
fn escapes_of_strings() {
    for form in [
        |byte: u8| format!("\\u{byte:04x}"),
        |byte: u8| format!("\\u{{{byte:x}}}"),
        |byte: u8| format!("\\x{byte:02X}"),
        |byte: u8| format!("\\U{byte:08x}"),
    ] {
        let all: String = TOKEN.bytes().map(form).collect();
        let (hit, place) = only(format!("a\n{{\"key\": \"{all}\"}}").as_bytes());
        assert_eq!(
            (hit.encodings, place),
            (vec![Encoding::Escape], all.into_bytes())
        );
        assert_eq!(hit.start, position(2, 10));
        let some = format!("{}{}", form(b'g'), &TOKEN[1..]);
        let (_, place) = only(format!("key = '{some}'").as_bytes());
        assert_eq!(place, some.as_bytes());
    }
}

#[test]
fn a_letter_of_an_escape_is_no_part_of_a_token() {
    let token = concat!(
        "gsk_Fp1mPd1f9STEdBsIxr",
        "XGakQWDFUyNdCVl4UAvRirR5vYqp85gywg"
    );
    for before in [
        "\\n",
        "\\r\\n",
        "\\t",
        "\\\\n",
        "\u{1b}[32m",
        "\\x1b[1;32m",
        "\\u001b[0m",
        "\\033[0m",
        "\\e[0m",
    ] {
        let text = format!("say \"key:{before}{token}\\n\"");
        let hits = scan("config/settings.txt", text.as_bytes());
        assert_eq!(hits.len(), 1, "{text:?}");
        assert_eq!(&text[hits[0].place.clone()], token);
        assert_eq!(hits[0].encodings, [Encoding::Escape]);
    }
    assert!(scan("a.txt", format!("x{token}").as_bytes()).is_empty());
}

#[test]
fn three_times_over_and_no_more() {
    let twice = encode(format!("inner: {}\n", hex(format!("a={TOKEN}").as_bytes())).as_bytes());
    let (hit, _) = only(format!("v: {twice}\n").as_bytes());
    assert_eq!(hit.encodings, [Encoding::Base64, Encoding::Hex]);

    let power = encode(&utf16(&format!("Connect '{TOKEN}'"), false));
    let (hit, _) = only(format!("-EncodedCommand {power}").as_bytes());
    assert_eq!(hit.encodings, [Encoding::Base64, Encoding::Utf16]);

    let mut text = format!("token={TOKEN} ");
    for _ in 0..3 {
        text = encode(text.as_bytes());
    }
    let (hit, place) = only(text.as_bytes());
    assert_eq!(hit.encodings, [Encoding::Base64; 3]);
    assert!(place.len() > 94 && place.len() < 110);

    // Said, not silently passed over.
    let scanned = scanner().scan(&Input {
        path: "x",
        bytes: encode(text.as_bytes()).as_bytes(),
    });
    assert!(scanned.hits.is_empty());
    assert_eq!(scanned.gaps, [Gap::Depth]);
}

#[test]
fn what_both_texts_hold_is_told_once() {
    let encoded = encode(format!("see {TOKEN}").as_bytes());
    let bytes = format!("{TOKEN}\n{encoded}\nhttps://a/%3Ftoken%3D{TOKEN}\n\"\\u0022 {TOKEN}\"\n");
    let hits = scan("x", bytes.as_bytes());
    let lines: Vec<u32> = hits.iter().map(|hit| hit.start.line).collect();
    assert_eq!(lines, [1, 2, 3, 4]);
}

#[test]
fn line_ends_and_long_lines() {
    let (hit, _) = only(format!("a\rkey={TOKEN}\rb").as_bytes());
    assert_eq!(hit.start, position(1, 7));
    let (hit, _) = only(format!("a:\r\n  b: {TOKEN}\r\n").as_bytes());
    assert_eq!(hit.start, position(2, 6));
    let cell = format!("{{\"cells\": [{{\"source\": [\"key = '{TOKEN}'\\n\", \"print(1)\"]}}]}}");
    only(cell.as_bytes());
    let lock = format!("{{\"resolved\": \"https://{TOKEN}@host/p.tgz\"}}");
    only(lock.as_bytes());
    for at in [4096, 65_536, 1 << 20] {
        for shift in [0, 1, 20, 39, 40] {
            let mut line = vec![b';'; (1 << 20) + 100];
            line.splice(at - shift..at - shift, TOKEN.bytes());
            let (hit, _) = only(&line);
            assert_eq!(
                hit.start,
                position(1, u32::try_from(at - shift + 1).unwrap())
            );
        }
    }
}

#[test]
fn letters_around_it_do_not_hide_it() {
    only(format!("zz{TOKEN}zz").as_bytes());
}

#[test]
fn a_wrong_checksum_is_worth_a_line() {
    let wrong = TOKEN.replace("T38", "T39");
    let hits = scan("x", format!("key = {wrong}").as_bytes());
    assert_eq!(hits.len(), 1);
    assert!(matches!(hits[0].proof, Proof::Failed(_)));
    assert_eq!(hits[0].severity, Severity::Info);
}

#[test]
fn comments_are_told_and_change_nothing() {
    let hits = scan(
        "x.py",
        format!("a = '{TOKEN}'  # gitleaks:allow\n").as_bytes(),
    );
    assert_eq!(
        hits[0].allowed_by.map(|allow| allow.words),
        Some("gitleaks:allow")
    );
    // The same in two bytes for each character.
    let bytes = utf16(&format!("\u{feff}a = '{TOKEN}'  # lockgate:allow\n"), false);
    let hits = scan("x.py", &bytes);
    assert_eq!(
        hits[0].allowed_by.map(|allow| allow.words),
        Some("lockgate:allow")
    );
}

#[test]
fn too_much_encoded_text_is_said() {
    // This letter decodes to text in every phase, so the run decodes four times.
    let bytes = "V".repeat(400_000);
    let scanned = scanner().scan(&Input {
        path: "x",
        bytes: bytes.as_bytes(),
    });
    assert_eq!(scanned.gaps, [Gap::Decoding]);
}
