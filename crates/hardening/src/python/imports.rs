//! Which file of the repository a module is.

use crate::file::Tree;

/// The file of `from module import …` in another file.
pub(super) fn resolve(tree: &Tree, from: &str, module: &str, level: u32) -> Option<String> {
    let inner = module.replace('.', "/");
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut folders: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    if level > 0 {
        for _ in 1..level {
            folders.pop()?;
        }
        return at(tree, &folders, &inner);
    }
    // A package may start in any folder above; the closest one wins.
    loop {
        if let Some(path) = at(tree, &folders, &inner) {
            return Some(path);
        }
        folders.pop()?;
    }
}

fn at(tree: &Tree, folders: &[&str], inner: &str) -> Option<String> {
    let joined = |end: &str| {
        let parts = folders
            .iter()
            .copied()
            .chain([inner])
            .filter(|part| !part.is_empty());
        let path = parts.collect::<Vec<_>>().join("/");
        format!("{path}{end}")
    };
    let paths = [joined(".py"), joined("/__init__.py")];
    paths.into_iter().find(|path| tree.has(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_found() {
        let mut tree = Tree::default();
        for path in [
            "back/config/settings/base.py",
            "back/config/settings/__init__.py",
            "back/shop/models.py",
        ] {
            tree.name(path);
        }
        let from = "back/config/settings/prod.py";
        let find = |module, level| resolve(&tree, from, module, level);
        let base = Some("back/config/settings/base.py");
        assert_eq!(find("base", 1).as_deref(), base);
        assert_eq!(find("config.settings.base", 0).as_deref(), base);
        assert_eq!(find("settings.base", 2).as_deref(), base);
        let package = Some("back/config/settings/__init__.py");
        assert_eq!(find("config.settings", 0).as_deref(), package);
        assert_eq!(find("os", 0), None);
        assert_eq!(find("base", 9), None);
    }
}
