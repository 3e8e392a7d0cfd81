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
    let raised = Raised::new("LG-DKR-104", path, place, message);
    found.raised.push(match with_what_is_there(&image, &words) {
        Some(command) => raised.better(format!("HEALTHCHECK CMD {command}")),
        None => raised,
    });
}

/// The same question asked by the program that the image is made for.
pub(crate) fn with_what_is_there(image: &str, words: &[&str]) -> Option<String> {
    let address = words.iter().find_map(|word| {
        let word = word.trim_matches(['"', '\'']);
        // Nothing that would end a text of the program.
        let plain = |c: char| c.is_ascii_alphanumeric() || ":/._-?=&".contains(c);
        (word.starts_with("http") && word.chars().all(plain)).then_some(word)
    })?;
    let name = image.split(':').next().unwrap_or_default();
    let program = match name.rsplit('/').next().unwrap_or_default() {
        "python" => {
            format!("[\"python\", \"-c\", \"import urllib.request as u; u.urlopen('{address}')\"]")
        }
        "node" => format!(
            "[\"node\", \"-e\", \"fetch('{address}').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))\"]"
        ),
        _ => return None,
    };
    Some(program)
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
    let plainer = super::lines::blanked(text, &super::lines::slashed(text));
    lacks(&parse_dockerfile::parse(&plainer).ok()?, program)
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

/// Programs that change or move a file, or install packages of a language: a script or list that they are given
/// installs no program.
const HANDLE: &[&str] = &[
    "chmod", "chown", "cp", "dos2unix", "install", "ln", "mv", "pip", "pip3", "poetry", "rm",
    "sed", "uv",
];

/// Whether a command runs a script or installs what a list names, so that it cannot be told what is there after it.
fn runs_scripts(words: &[&str]) -> bool {
    let mut commands = words.split(|word| matches!(*word, "&&" | "||" | ";" | "|"));
    commands.any(|command| {
        let mut rest = command.iter().copied().peekable();
        let before = |word: &&str| {
            word.starts_with('-')
                || word.contains('=')
                || matches!(*word, "python" | "python3" | "sudo" | "\\")
        };
        while rest.next_if(before).is_some() {}
        let handled = rest.peek().is_some_and(|first| {
            let name = first.rsplit('/').next().unwrap_or_default();
            HANDLE.contains(&name)
        });
        let unknown = |word: &str| {
            let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            word.ends_with(".sh") || word.contains("requirements")
        };
        !handled && rest.any(unknown)
    })
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
            let named = words.iter().any(|word| {
                let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
                names.contains(&word)
            });
            let here = run.here_docs.iter().any(|doc| doc.value.contains(program));
            named || here || runs_scripts(&words)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_a_language_are_no_programs() {
        let lacks = |lines: &str| lacks_in(&format!("FROM python:3.11-slim\n{lines}\n"), "curl");
        for lines in [
            "RUN pip install --no-cache-dir -r requirements.txt",
            "RUN python -m pip install -r requirements/prod.txt",
            "RUN --mount=type=cache,target=/root/.cache pip install -U pip && pip install -r requirements.txt",
            "COPY entrypoint.sh .\nRUN sed -i 's/\\r//' entrypoint.sh && chmod +x entrypoint.sh",
        ] {
            assert!(lacks(lines).is_some(), "{lines}");
        }
        for lines in [
            "RUN apt-get update && apt-get install -y curl",
            "RUN xargs apt-get install -y < requirements.apt",
            "RUN chmod +x setup.sh && ./setup.sh",
            "RUN sh /tmp/install.sh",
        ] {
            assert!(lacks(lines).is_none(), "{lines}");
        }
    }
}
