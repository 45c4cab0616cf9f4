//! The image carries the sink from outside beside the stock plugins.

use std::process::Command;

#[test]
fn the_sink_from_outside_is_listed_and_takes_its_options() {
    let image = env!("CARGO_BIN_EXE_image");
    let listed = Command::new(image).arg("plugins").output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("--sink=acme  "), "{listed}");
    assert!(listed.contains("--source=host  "), "{listed}");
    let words = ["--validate", "--source=host:", "--sink=acme:?greeting=hello"];
    let checked = Command::new(image).args(words).output().unwrap();
    let said = String::from_utf8(checked.stderr).unwrap();
    assert_eq!((checked.status.code(), said.as_str()), (Some(0), ""));
}
