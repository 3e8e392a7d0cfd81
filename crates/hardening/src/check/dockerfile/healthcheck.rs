//! A health check whose program is not in the image fails for ever, and the service is never well.

use super::words;
use crate::check::{Found, Raised};
use crate::words::secret::quoted;
use parse_dockerfile::{Dockerfile, HealthcheckArguments, Instruction};

/// Programs that health checks use.
const PROGRAMS: &[&str] = &["curl", "wget", "nc"];

pub(super) fn look(parsed: &Dockerfile<'_>, path: &str, found: &mut Found) {
    let Some(stage) = parsed.stages().last() else {
        return;
    };
    let check = stage
        .instructions
        .iter()
        .rev()
        .find_map(|instruction| match instruction {
            Instruction::Healthcheck(check) => Some(check),
            _ => None,
        });
    let Some(HealthcheckArguments::Cmd { arguments, .. }) = check.map(|check| &check.arguments)
    else {
        return;
    };
    let (words, place) = words(arguments);
    let Some(program) = program(&words) else {
        return;
    };
    let Some(image) = lacks(parsed, program) else {
        return;
    };
    let message = format!(
        "{} is not in {}; the health check always fails.",
        quoted(program),
        quoted(&image)
    );
    found
        .raised
        .push(Raised::new("LG-DKR-104", path, place, message));
}

/// Stages that are built on one another, at most.
const DEEPEST: usize = 16;

/// The image under the last stage when it is known not to bring a program, and no stage on it installs it.
fn lacks(parsed: &Dockerfile<'_>, program: &str) -> Option<String> {
    let mut stage = parsed.stages().last()?;
    for _ in 0..DEEPEST {
        if is_installed(stage.instructions, program) {
            return None;
        }
        let image = &*stage.from.image.value;
        match parsed.stage(image) {
            Some(below) => stage = below,
            None => return (has(image, program) == Some(false)).then(|| image.to_owned()),
        }
    }
    None
}

/// As above, for the text of a Dockerfile that a service is built from.
pub(crate) fn lacks_in(text: &str, program: &str) -> Option<String> {
    lacks(&parse_dockerfile::parse(text).ok()?, program)
}

/// The program that a health check needs, of those that images often lack.
pub(crate) fn program<'a>(words: &[&'a str]) -> Option<&'a str> {
    let mut bare = words.iter().map(|word| word.trim_matches(['"', '\'']));
    bare.find(|word| PROGRAMS.contains(word))
}

/// Whether an image of the official library brings a program; `None` for images that nobody here knows.
pub(crate) fn has(image: &str, program: &str) -> Option<bool> {
    let lower = image.to_ascii_lowercase();
    let (name, tag) = lower.split_once(':').unwrap_or((&lower, "latest"));
    let tag = tag.split('@').next().unwrap_or_default();
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    if name.contains("distroless") || name == "scratch" {
        return Some(false);
    }
    let known = [
        "python",
        "node",
        "ruby",
        "php",
        "golang",
        "debian",
        "ubuntu",
        "alpine",
        "openjdk",
        "eclipse-temurin",
        "rust",
    ];
    if !known.contains(&name) {
        return None;
    }
    // Alpine's busybox has wget and nc.
    if name == "alpine" || tag.contains("alpine") {
        return Some(program != "curl");
    }
    if name == "debian" || name == "ubuntu" || tag.contains("slim") {
        return match name {
            "php" => None,
            _ => Some(false),
        };
    }
    // The big images are made for building and have both.
    None
}

/// Whether the stage brings the program itself: any line that names it or copies a file of that name, or that
/// installs what cannot be told.
fn is_installed(instructions: &[Instruction<'_>], program: &str) -> bool {
    let names = [program, "netcat", "netcat-openbsd", "netcat-traditional"];
    let names = match program {
        "nc" => &names[..],
        _ => names.get(..1).unwrap_or_default(),
    };
    instructions.iter().any(|instruction| match instruction {
        Instruction::Run(run) => {
            let (words, _) = words(&run.arguments);
            let in_words = words.iter().any(|word| {
                let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
                names.contains(&word) || word.ends_with(".sh") || word.contains("requirements")
            });
            in_words || run.here_docs.iter().any(|doc| doc.value.contains(program))
        }
        Instruction::Copy(copy) => {
            let target = &*copy.dest.value;
            target.rsplit('/').next() == Some(program)
                || target == "/"
                || target.starts_with("/usr")
        }
        _ => false,
    })
}
