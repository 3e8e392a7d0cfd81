//! Tools for JavaScript packages.
//!
//! What they read in the tree: all three take registries from `.npmrc` (or
//! `.yarnrc.yml`), and one that answers `{}` makes a clean report (`--registry` would replace it);
//! yarn and pnpm load plug-ins and hooks that the tree names. That the tree brings its own yarn is
//! already switched off, by `YARN_IGNORE_PATH`.

use super::{Exit, Files, Invocation, Recipe, base};

const FOUND: &[Exit] = &[
    Exit::worked(0, 0, "nothing found"),
    Exit::worked(
        1,
        1,
        "something found, or an error that the report tells of",
    ),
];

/// npm audit, once for each lockfile. What `.npmrc` could leave out is put back: offline, npm gives
/// a perfect report of nothing, and without development packages it does not say so.
pub static NPM: Recipe = Recipe {
    scanner: "npm-audit",
    alias: "npm",
    program: "npm",
    version: &["--version"],
    install: "install Node.js, which brings npm",
    nothing: "there is no package-lock.json and no npm-shrinkwrap.json",
    exits: FOUND,
    deaf: base::npm,
    plan: |files| {
        in_folders(files, &["package-lock.json", "npm-shrinkwrap.json"], || {
            Invocation::new(&[
                "audit",
                "--json",
                "--offline=false",
                "--include=dev",
                "--include=optional",
                "--include=peer",
            ])
        })
    },
};

/// pnpm audit, once for each lockfile.
pub static PNPM: Recipe = Recipe {
    scanner: "pnpm-audit",
    alias: "pnpm",
    program: "pnpm",
    version: &["--version"],
    install: "npm install --global pnpm",
    nothing: "there is no pnpm-lock.yaml",
    exits: FOUND,
    deaf: base::hears,
    plan: |files| {
        in_folders(files, &["pnpm-lock.yaml"], || {
            Invocation::new(&["audit", "--json"])
        })
    },
};

/// yarn audit, once for each lockfile. Lockfiles of yarn 2 and later have `__metadata`; there the
/// default would look at the direct dependencies of one workspace only. The exit code of yarn 1 is
/// a set of bits, one for each severity found.
pub static YARN: Recipe = Recipe {
    scanner: "yarn-audit",
    alias: "yarn",
    program: "yarn",
    version: &["--version"],
    install: "npm install --global yarn, or corepack enable",
    nothing: "there is no yarn.lock",
    exits: &[
        Exit::worked(0, 0, "nothing found"),
        Exit::worked(
            1,
            31,
            "something found, or an error that the report tells of",
        ),
    ],
    deaf: base::hears,
    plan: |files| {
        let locks = files.where_name(|name| name == "yarn.lock");
        let plan = |path: &&crate::model::RepoPath| {
            let berry = files.text(path).is_some_and(|t| t.contains("__metadata:"));
            let invocation = match berry {
                true => Invocation::new(&["npm", "audit", "--all", "--recursive", "--json"]),
                false => Invocation::new(&["audit", "--json"]),
            };
            invocation.inside(path.parent())
        };
        locks.iter().map(plan).collect()
    },
};

fn in_folders(
    files: &Files<'_>,
    names: &[&str],
    invocation: impl Fn() -> Invocation,
) -> Vec<Invocation> {
    let folders = files.folders_with(names);
    folders
        .into_iter()
        .map(|folder| invocation().inside(folder))
        .collect()
}
