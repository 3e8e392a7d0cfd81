"""Makes tests/fixtures/github out of GitHub's published description of its API.

    python3 tests/tools/github_description.py PACKAGE.tgz

PACKAGE.tgz is what `npm pack @octokit/openapi@23.0.2` fetches; nothing but exactly that file is taken.
What is written: `api.json`, the operations that lockgate or its tests use, with all that they refer
to, and `webhooks.json`, the schemas of the events that start workflows, as JSON Schema.
"""

import hashlib
import json
import sys
import tarfile
from pathlib import Path

PACKAGE = "@octokit/openapi"
VERSION = "23.0.2"
SHA256 = "71a18407dd5e8464f4e0525daf03deabbe65abd9287d6adc7b5d98f516cd0d0c"
MEMBER = "package/generated/api.github.com.json"
FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "github"

REPOSITORY = "/repos/{owner}/{repo}"
OPERATIONS = {
    "/rate_limit": ["get"],
    "/user": ["get"],
    REPOSITORY: ["get"],
    REPOSITORY + "/actions/runs/{run_id}": ["get"],
    REPOSITORY + "/check-runs": ["post"],
    REPOSITORY + "/check-runs/{check_run_id}": ["get", "patch"],
    REPOSITORY + "/code-scanning/alerts": ["get"],
    REPOSITORY + "/code-scanning/analyses": ["get"],
    REPOSITORY + "/code-scanning/sarifs": ["post"],
    REPOSITORY + "/code-scanning/sarifs/{sarif_id}": ["get"],
    REPOSITORY + "/commits/{commit_sha}/pulls": ["get"],
    REPOSITORY + "/commits/{ref}/check-runs": ["get"],
    REPOSITORY + "/commits/{ref}/statuses": ["get"],
    REPOSITORY + "/contents/{path}": ["get"],
    REPOSITORY + "/issues": ["get", "post"],
    REPOSITORY + "/issues/comments/{comment_id}": ["get", "patch", "delete"],
    REPOSITORY + "/issues/{issue_number}": ["get", "patch"],
    REPOSITORY + "/issues/{issue_number}/comments": ["get", "post"],
    REPOSITORY + "/issues/{issue_number}/labels": ["post"],
    REPOSITORY + "/labels": ["get", "post"],
    REPOSITORY + "/labels/{name}": ["get"],
    REPOSITORY + "/pulls": ["get"],
    REPOSITORY + "/pulls/{pull_number}": ["get"],
    REPOSITORY + "/statuses/{sha}": ["post"],
}
# Event of Actions, with the action where there are several, to the name of the webhook.
WEBHOOKS = {
    "merge_group.checks_requested": "merge-group-checks-requested",
    "pull_request.opened": "pull-request-opened",
    "pull_request.reopened": "pull-request-reopened",
    "pull_request.synchronize": "pull-request-synchronize",
    "push": "push",
    "workflow_dispatch": "workflow-dispatch",
    "workflow_run.completed": "workflow-run-completed",
}
# Text for people, which no validator reads.
PROSE = {"description", "summary", "externalDocs", "x-github", "x-octokit", "title", "x-github-breaking-changes"}


def without_prose(node, names=False):
    """The same without text for people. `names`: the keys are names of the API, and no words of OpenAPI."""
    if isinstance(node, list):
        return [without_prose(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node and not names:
        return {"$ref": node["$ref"]}
    kept = {}
    for key, value in node.items():
        if not names and key in PROSE and key != "description":
            continue
        if not names and key == "description":
            # A response must have one.
            if "content" in node or "headers" in node or len(node) == 1:
                kept[key] = ""
            continue
        if not names and key == "example":
            continue
        if not names and key in ("value", "enum", "default"):
            kept[key] = value
        else:
            kept[key] = without_prose(value, key in ("properties", "headers", "responses", "schemas", "paths"))
    return kept


def closure(roots, components):
    """The components that the roots refer to, by section and name."""
    found = {}

    def walk(node):
        if isinstance(node, list):
            for item in node:
                walk(item)
        elif isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str):
                _, _, section, name = reference.split("/")
                if name not in found.setdefault(section, {}):
                    found[section][name] = without_prose(components[section][name])
                    walk(found[section][name])
            for value in node.values():
                walk(value)

    walk(roots)
    return {section: dict(sorted(entries.items())) for section, entries in sorted(found.items())}


def as_json_schema(node):
    """OpenAPI 3.0 says `nullable`, JSON Schema says it in `type`."""
    if isinstance(node, list):
        return [as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: as_json_schema(value) for key, value in node.items()}
    if node.get("nullable") is True:
        del node["nullable"]
        if isinstance(node.get("type"), str):
            node["type"] = [node["type"], "null"]
            if "enum" in node and None not in node["enum"]:
                node["enum"] = [*node["enum"], None]
        else:
            node = {"anyOf": [node, {"type": "null"}]}
    return node


def lines(node, depth):
    """JSON with one entry on a line, down to this depth, so that a new version shows what has changed."""
    if depth == 0 or not isinstance(node, dict) or not node:
        return json.dumps(node, separators=(",", ":"), ensure_ascii=False)
    entries = (f"{json.dumps(key)}:{lines(value, depth - 1)}" for key, value in node.items())
    return "{\n" + ",\n".join(entries) + "\n}"


def write(name, document):
    text = lines(document, 3) + "\n"
    assert json.loads(text) == document
    FIXTURES.mkdir(exist_ok=True)
    (FIXTURES / name).write_text(text, encoding="utf-8")
    print(name, len(text), "bytes")


def main():
    package = Path(sys.argv[1]).read_bytes()
    digest = hashlib.sha256(package).hexdigest()
    if digest != SHA256:
        sys.exit(f"this is not {PACKAGE} {VERSION}: sha256 {digest}")
    with tarfile.open(sys.argv[1]) as archive:
        description = json.load(archive.extractfile(MEMBER))
    components = description["components"]
    made = {"package": f"{PACKAGE} {VERSION}", "sha256": SHA256, "file": MEMBER, "licence": "MIT"}

    paths = {
        path: without_prose({method: description["paths"][path][method] for method in methods})
        for path, methods in sorted(OPERATIONS.items())
    }
    info = {"title": "GitHub REST API, as far as lockgate uses it", "version": VERSION, "x-made-from": made}
    used = closure(paths, components)
    write("api.json", {"openapi": description["openapi"], "info": info, "paths": paths, "components": used})

    schemas = {}
    for event, name in sorted(WEBHOOKS.items()):
        body = description["x-webhooks"][name]["post"]["requestBody"]
        schemas[event] = without_prose(body["content"]["application/json"]["schema"])
    events = {"$defs": schemas, "components": closure(schemas, components)}
    write("webhooks.json", {"x-made-from": made} | as_json_schema(events))


main()
