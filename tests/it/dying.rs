//! A gate that dies must not look like one that has decided.

use std::process::Command;

#[test]
fn a_panic_in_any_thread_is_an_internal_error_with_its_exit_code() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "dying::in_a_thread", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    assert_eq!(child.status.code(), Some(5));
    let said = String::from_utf8_lossy(&child.stderr);
    assert!(
        said.contains("error: internal error, no verdict was reached: \\u{1b}[31mred"),
        "{said}"
    );
    assert!(said.contains("this is a fault of lockgate"), "{said}");
}

#[test]
#[ignore = "ends the process: the test above runs it in one of its own"]
fn in_a_thread() {
    lockgate::tell_of_panics();
    let thread = std::thread::spawn(|| panic!("\u{1b}[31mred"));
    let _ = thread.join();
}
