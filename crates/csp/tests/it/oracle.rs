//! Lists of policies by chance, held against the stored answers of a browser engine's own library.
//!
//! Each line of `tests/fixtures/oracle.tsv` is the answers as digits, and the policies as JSON text.

use crate::real::answers;
use lockgate_csp::{Answer, Delivery, Given, behaviour};

#[test]
fn chance_policies_let_run_what_the_library_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/oracle.tsv");
    let text = std::fs::read_to_string(path).unwrap();
    let mut asked = 0;
    for line in text.lines() {
        let mut cells = line.split('\t');
        let expected = cells.next().unwrap();
        let policies: Vec<String> = cells
            .map(|cell| serde_json::from_str(cell).unwrap())
            .collect();
        let given: Vec<Given<'_>> = policies
            .iter()
            .map(|text| Given {
                text,
                delivery: Delivery::Header,
                dynamic: Vec::new(),
                versioned: false,
            })
            .collect();
        for ((name, answer), digit) in answers(&behaviour(&given))
            .into_iter()
            .zip(expected.chars())
        {
            asked += 1;
            assert_eq!(answer, Answer::from(digit == '1'), "{name} of {policies:?}");
        }
    }
    assert_eq!(asked, 1200 * 20);
}
