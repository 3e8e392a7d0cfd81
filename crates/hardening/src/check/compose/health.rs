//! A health check whose program is not in the service's image.

use super::About;
use super::hygiene::dockerfile;
use super::model::Service;
use crate::check::Found;
use crate::check::dockerfile::healthcheck;
use crate::words::secret::quoted;

pub(super) fn look(about: &About<'_>, service: &Service, found: &mut Found) {
    let Some(test) = service.node.at(&["healthcheck", "test"]) else {
        return;
    };
    let items = test.items().iter().filter_map(|item| item.text());
    let texts: Vec<&str> = test.text().into_iter().chain(items).collect();
    let words: Vec<&str> = texts
        .iter()
        .flat_map(|text| text.split_ascii_whitespace())
        .collect();
    let Some(program) = healthcheck::program(&words) else {
        return;
    };
    let image = match service.is_built() {
        true => dockerfile(about.look.file.folder(), service)
            .and_then(|path| about.look.tree.file(&path))
            .and_then(|file| healthcheck::lacks_in(file.text(), program)),
        false => service
            .image()
            .filter(|image| healthcheck::has(image, program) == Some(false)),
    };
    if let Some(image) = image {
        let message = format!(
            "{}: {} is not in {}; the health check always fails.",
            quoted(&service.name),
            quoted(program),
            quoted(&image)
        );
        let raised = about.raise("LG-DKR-104", test.place.clone(), message);
        let better = healthcheck::with_what_is_there(&image, &words);
        found.raised.push(match better {
            Some(command) => {
                raised.better(format!("test: {}", command.replacen('[', "[\"CMD\", ", 1)))
            }
            None => raised,
        });
    }
}
