//! Embeds `rules/**/*.toml`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, found)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            found.push(path);
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=rules");
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("rules");
    let mut found = Vec::new();
    files(&root, &mut found)?;
    found.sort();
    let mut out = String::from(
        "/// Name and text of each file in `rules`.\nconst SHIPPED: &[(&str, &str)] = &[\n",
    );
    for path in found {
        let name = path
            .strip_prefix(&root)?
            .to_string_lossy()
            .replace('\\', "/");
        let text = std::fs::read_to_string(&path)?;
        writeln!(out, "({name:?}, {text:?}),")?;
    }
    out.push_str("];\n");
    let target = Path::new(&std::env::var("OUT_DIR")?).join("shipped.rs");
    std::fs::write(target, out)?;
    Ok(())
}
