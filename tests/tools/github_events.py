"""Makes the event files of tests/fixtures/events: every field that GitHub's published schema demands, and
the values that matter to lockgate.

    python3 tests/tools/github_events.py

The head of a change is `1…1`, its target `2…2`, the commit that the run is about `3…3`; tests put ids
of their own in the place of these.
"""

import copy
import json
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
SCHEMAS = json.loads((FIXTURES / "github" / "webhooks.json").read_text(encoding="utf-8"))
HEAD, BASE, COMMIT, ZEROS = "1" * 40, "2" * 40, "3" * 40, "0" * 40
TEXTS = {"date-time": "2026-11-20T08:00:00Z", "uri": "https://github.com/octo", "email": "mona@example.org"}


def resolved(schema):
    while "$ref" in schema:
        node = SCHEMAS
        for part in schema["$ref"].removeprefix("#/").split("/"):
            node = node[part]
        schema = node
    return schema


def least(schema):
    """The smallest value that a schema accepts; null where that is one."""
    schema = resolved(schema)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            kinds = [each.get("type") for each in schema[key]]
            return None if "null" in kinds else least(schema[key][0])
    if "allOf" in schema:
        merged = {}
        for part in schema["allOf"]:
            merged |= least(part)
        return merged
    kind = schema.get("type")
    if isinstance(kind, list):
        return None if "null" in kind else least(schema | {"type": kind[0]})
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object" or "properties" in schema:
        fields = schema.get("properties", {})
        return {name: least(fields.get(name, {})) for name in schema.get("required", [])}
    if kind == "array":
        return [least(schema["items"]) for _ in range(schema.get("minItems", 0))]
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return False
    return TEXTS.get(schema.get("format"), "")


def some(schema):
    """The same for a schema that also accepts null: what is not null."""
    schema = resolved(schema)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return some(next(each for each in schema[key] if each.get("type") != "null"))
    if isinstance(schema.get("type"), list):
        return schema | {"type": next(kind for kind in schema["type"] if kind != "null")}
    return schema


def event(name, **values):
    schema = {"$ref": f"#/$defs/{name}"}
    return over(least(schema), values, schema)


def over(base, values, schema):
    """The base with these values in it; objects are gone into, everything else is replaced."""
    schema = some(schema)
    base = copy.deepcopy(base) if isinstance(base, dict) else least(schema) or {}
    fields = {}
    for part in [schema, *map(some, schema.get("allOf", []))]:
        fields |= part.get("properties", {})
    for key, value in values.items():
        base[key] = over(base.get(key), value, fields.get(key, {})) if isinstance(value, dict) else value
    return base


def user(login, kind="User"):
    return {"login": login, "id": sum(login.encode()), "type": kind}


def repository(name, number, fork=False):
    owner, short = name.split("/")
    return {
        "id": number, "name": short, "full_name": name, "fork": fork, "private": False,
        "default_branch": "main", "owner": user(owner, "Organization"), "url": f"https://api.github.com/repos/{name}",
        "html_url": f"https://github.com/{name}", "clone_url": f"https://github.com/{name}.git",
    }


HOME = repository("octo/shop", 1296269)
FORK = repository("mallory/shop", 1296270, fork=True)
MONA, MALLORY, DEPENDABOT = user("mona"), user("mallory"), user("dependabot[bot]", "Bot") | {"id": 49699333}
GHOST = {"repo": None, "label": "mallory:change"}


def pull(name, author, head, branch="change", base="main", **more):
    """An event of pull request 7. `head` is where the change comes from."""
    tip = {"ref": branch, "sha": HEAD}
    if head is None:
        tip |= {"user": FORK["owner"]}
    else:
        tip |= {"repo": head, "user": head["owner"], "label": f"{head['owner']['login']}:{branch}"}
    into = {"ref": base, "sha": BASE, "repo": HOME, "user": HOME["owner"], "label": f"octo:{base}"}
    number = {"number": 7, "title": "A change", "state": "open", "user": author, "head": tip, "base": into}
    number["html_url"] = "https://github.com/octo/shop/pull/7"
    made = event(name, number=7, repository=HOME, sender=author, pull_request=number | more)
    if head is None:
        made["pull_request"]["head"] |= GHOST
    return made


def push(reference, before=BASE, **more):
    change = {"id": COMMIT, "message": "A change"}
    values = {"ref": reference, "before": before, "after": COMMIT, "repository": HOME, "sender": MONA}
    return event("push", **values, pusher={"name": "mona"}, head_commit=change, commits=[], **more)


def followed(head, author, conclusion="failure"):
    run = {
        "id": 5005, "name": "gate", "path": ".github/workflows/gate.yml", "event": "pull_request", "status": "completed",
        "conclusion": conclusion, "head_sha": HEAD, "head_branch": "change", "run_attempt": 1, "run_number": 12,
        "head_repository": head, "repository": HOME, "actor": author, "triggering_actor": author, "pull_requests": [],
    }
    workflow = {"name": "gate", "path": ".github/workflows/gate.yml"}
    return event("workflow_run.completed", repository=HOME, sender=author, workflow=workflow, workflow_run=run)


def group(into):
    name = into.removeprefix("refs/heads/")
    queue = {
        "head_sha": COMMIT, "head_ref": f"refs/heads/gh-readonly-queue/{name}/pr-7-{BASE}", "base_sha": BASE,
        "base_ref": into, "head_commit": {"id": COMMIT, "message": "Merge pull request #7"},
    }
    return event("merge_group.checks_requested", merge_group=queue, repository=HOME, sender=MONA)


EVENTS = {
    "pull_request": pull("pull_request.opened", MONA, HOME),
    "pull_request_reopened": pull("pull_request.reopened", MONA, HOME),
    "pull_request_synchronize": pull("pull_request.synchronize", MONA, HOME),
    "pull_request_fork": pull("pull_request.opened", MALLORY, FORK),
    "pull_request_deleted_fork": pull("pull_request.reopened", MALLORY, None),
    "pull_request_dependabot": pull("pull_request.opened", DEPENDABOT, HOME, branch="dependabot/npm_and_yarn/lodash-4.17.21"),
    "pull_request_target_fork": pull("pull_request.opened", MALLORY, FORK),
    "merge_group": group("refs/heads/main"),
    "merge_group_release": group("refs/heads/release/2"),
    "push_branch": push("refs/heads/main"),
    "push_new_branch": push("refs/heads/topic", before=ZEROS, created=True),
    "push_forced": push("refs/heads/main", forced=True),
    "push_tag": push("refs/tags/v1.0.0", before=ZEROS, created=True),
    "schedule": {"schedule": "17 3 * * 1"},
    "workflow_dispatch": event(
        "workflow_dispatch", ref="refs/heads/main", inputs={}, workflow=".github/workflows/gate.yml",
        repository=HOME, sender=MONA,
    ),
    "workflow_run_fork": followed(FORK, MALLORY),
    "workflow_run": followed(HOME, MONA, conclusion="success"),
}


def main():
    folder = FIXTURES / "events"
    folder.mkdir(exist_ok=True)
    for name, document in EVENTS.items():
        text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


main()
