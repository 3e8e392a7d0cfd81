#!/usr/bin/env python3
"""Validate SARIF files with the SARIF multitool and with checks of our own.

    validate_sarif.py [--rules full|upload] [--warnings] FILE...

``full`` runs the multitool's rules for the SARIF standard. ``upload`` adds its
rules for GitHub code scanning and our own checks of what the upload service
rejects or drops.

Exit code: 0 no error, 1 at least one error, 2 at least one file could not be
judged (the validator did not run, skipped the file or wrote no result).
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import gzip
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import Any

HERE = pathlib.Path(__file__).resolve().parent

GZIP_LIMIT = 10_000_000
RUNS_LIMIT = 20
RESULTS_LIMIT = 25_000
RULES_LIMIT = 25_000
EXTENSIONS_LIMIT = 100
LOCATIONS_LIMIT = 1_000
THREAD_FLOW_LOCATIONS_LIMIT = 10_000
TAGS_LIMIT = 20

NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([0-9]+)\}")

# The only notice that says nothing about the completeness of a validation:
# the configuration files switch rules off on purpose.
HARMLESS_NOTICE = "WRN999.RuleExplicitlyDisabled"

# A file that breaks every rule the configuration switches on. It goes through
# the multitool together with each file, so that a validator that has become
# blind (unread configuration, renamed rule) cannot report "no errors".
CANARY_EXPECTED = {
    "full": {"JSON1008", "SARIF1007", "SARIF1012"},
    "upload": {
        "JSON1008", "SARIF1007", "SARIF1012",
        "GH1001", "GH1002", "GH1003", "GH1005", "GH1006", "GH1007",
    },
}  # fmt: skip


def _canary() -> dict[str, Any]:
    def result(uri: str, line: int, **more: Any) -> dict[str, Any]:
        physical = {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}
        return {
            "ruleId": "C1",
            "message": {"text": "canary"},
            "locations": [{"physicalLocation": physical}],
        } | more

    shared = {"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": 1}}}
    return {
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "canary", "rules": [{"id": "C1"}]}},
                "threadFlowLocations": [{"location": shared}],
                "results": [
                    {"ruleId": "C1", "message": {"text": "canary"}},
                    result("a.py", 1, codeFlows=[{"threadFlows": [{"locations": [{"index": 0}]}]}]),
                    result("a.py", 0),
                    result("http://host.invalid/a.py", 1, message={"id": "undefined"}),
                    result("file:///somewhere/a.py", 1),
                ],
            }
        ],
    }


class NotJudged(Exception):
    """The file was not validated; there is no evidence for or against it."""


@dataclass(frozen=True)
class Finding:
    level: str
    rule: str
    line: int
    column: int
    message: str

    def text(self, path: str) -> str:
        place = path
        if self.line:
            place += f":{self.line}"
            if self.column:
                place += f":{self.column}"
        return f"{place}: {self.rule} {self.message}"


# --- the multitool ---------------------------------------------------------


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def fill(template: str, arguments: list[Any]) -> str:
    def one(match: re.Match[str]) -> str:
        if match.group(1) is None:
            return match.group(0)[0]
        index = int(match.group(1))
        return str(arguments[index]) if index < len(arguments) else match.group(0)

    return PLACEHOLDER.sub(one, template)


def message_of(result: dict[str, Any], rule: dict[str, Any]) -> str:
    message = as_dict(result.get("message"))
    if isinstance(message.get("text"), str):
        template = message["text"]
    else:
        strings = as_dict(rule.get("messageStrings"))
        template = as_text(as_dict(strings.get(as_text(message.get("id")))).get("text"))
    if not template:
        return f"{message.get('id', 'no message')} {json.dumps(message.get('arguments', []))}"
    return " ".join(fill(template, as_list(message.get("arguments"))).split())


def run_multitool(multitool: str, source: pathlib.Path, rules: str, timeout: float) -> list[Finding]:
    """Returns what the multitool found in `source`; raises NotJudged otherwise."""
    with tempfile.TemporaryDirectory(prefix="validate-sarif-") as name:
        work = pathlib.Path(name)
        # The multitool silently skips files with another extension than .sarif
        # and reads wildcards in names, so it gets a copy with a plain name.
        try:
            shutil.copyfile(source, work / "input.sarif")
        except OSError as error:
            raise NotJudged(f"cannot read the file: {error.strerror or error}") from error
        if (work / "input.sarif").stat().st_size == 0:
            raise NotJudged("the file is empty")
        (work / "canary.sarif").write_text(json.dumps(_canary()), encoding="utf-8")
        output = work / "output.json"
        upload = rules == "upload"
        command = [
            multitool, "validate", str(work / "input.sarif"), str(work / "canary.sarif"),
            "--rule-kind", "Sarif;Ghas" if upload else "Sarif",
            "--config", str(HERE / ("ghas.json" if upload else "sarif.json")),
            "--output", str(output), "--log", "ForceOverwrite",
            # Notes include the notice about a file that was skipped.
            "--level", "Error;Warning;Note",
            # The default skips files above 10 MB.
            "--max-file-size-in-kb", "4194304",
        ]  # fmt: skip
        log = work / "log"
        try:
            with log.open("wb") as stream:
                code = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=subprocess.STDOUT,
                    cwd=work,
                    timeout=timeout,
                    check=False,
                ).returncode
        except OSError as error:
            reason = error.strerror or error
            raise NotJudged(f"cannot start the multitool {multitool}: {reason}") from error
        except subprocess.TimeoutExpired as error:
            raise NotJudged(f"the multitool took more than {timeout:g} s") from error
        if code != 0:
            raise NotJudged(f"the multitool ended with code {code}: {cause_in(log)}")
        # A file that is missing is passed over with code 0 and only counted here.
        if b"\nDone. 2 files scanned" not in log.read_bytes():
            raise NotJudged(f"the multitool did not scan both files: {cause_in(log)}")
        try:
            report = json.loads(output.read_bytes())
        except OSError as error:
            raise NotJudged(f"the multitool wrote no result: {cause_in(log)}") from error
        except ValueError as error:
            raise NotJudged(f"the multitool wrote a result that is not JSON: {error}") from error
        return read_report(report, rules)


def cause_in(log: pathlib.Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines):
        if ": error ERR" in line:
            return line.strip()
        if line.startswith("ERROR(S):"):
            return " ".join(lines[number + 1 : number + 2]).strip()
    return next((line.strip() for line in reversed(lines) if line.strip()), "no message")


def read_report(report: Any, rules: str) -> list[Finding]:
    runs = as_list(as_dict(report).get("runs"))
    if len(runs) != 1:
        raise NotJudged(f"the multitool's result has {len(runs)} runs instead of one")
    run = as_dict(runs[0])
    invocations = [as_dict(item) for item in as_list(run.get("invocations"))]
    if not invocations or not all(item.get("executionSuccessful") is True for item in invocations):
        raise NotJudged("the multitool does not report a successful run")
    for invocation in invocations:
        for kind in ("toolConfigurationNotifications", "toolExecutionNotifications"):
            for notice in map(as_dict, as_list(invocation.get(kind))):
                identity = as_text(as_dict(notice.get("descriptor")).get("id"))
                if identity != HARMLESS_NOTICE:
                    text = as_text(as_dict(notice.get("message")).get("text"))
                    raise NotJudged(f"the multitool reports {identity or 'a problem'}: {text}")
    if not isinstance(run.get("results"), list):
        raise NotJudged("the multitool's result has no results array")

    descriptors = {
        as_text(rule.get("id")): rule
        for rule in map(as_dict, as_list(as_dict(as_dict(run.get("tool")).get("driver")).get("rules")))
    }
    findings: list[Finding] = []
    canary: set[str] = set()
    for result in map(as_dict, run["results"]):
        identity = as_text(result.get("ruleId"))
        rule = descriptors.get(identity, {})
        # An absent level means the rule's default, and that one's default is warning.
        level = result.get("level") or as_dict(rule.get("defaultConfiguration")).get("level", "warning")
        first = as_dict(next(iter(as_list(result.get("locations"))), None))
        physical = as_dict(first.get("physicalLocation"))
        uri = as_text(as_dict(physical.get("artifactLocation")).get("uri"))
        region = as_dict(physical.get("region"))
        if uri.endswith("/canary.sarif"):
            if level == "error":
                canary.add(identity)
        elif level != "note":
            findings.append(
                Finding(
                    level="warning" if level == "warning" else "error",
                    rule=identity,
                    line=int(region.get("startLine", 0)),
                    column=int(region.get("startColumn", 0)),
                    message=message_of(result, rule),
                )
            )
    missing = CANARY_EXPECTED[rules] - canary
    if missing:
        raise NotJudged(f"the multitool did not apply {', '.join(sorted(missing))} to the control file")
    return findings


# --- our own checks of an upload -------------------------------------------


def check_upload(data: bytes) -> list[Finding]:
    findings: list[Finding] = []

    def error(rule: str, message: str) -> None:
        findings.append(Finding("error", rule, 0, 0, message))

    def warning(rule: str, message: str) -> None:
        findings.append(Finding("warning", rule, 0, 0, message))

    def limit(where: str, what: str, count: int, most: int) -> None:
        if count > most:
            error("UPLOAD-LIMIT", f"{where}: {count} {what}, at most {most} are accepted")

    packed = len(gzip.compress(data, compresslevel=6, mtime=0))
    if packed > GZIP_LIMIT:
        error("UPLOAD-SIZE", f"{packed} bytes after gzip, at most {GZIP_LIMIT} are accepted")

    def not_json(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    try:
        log = json.loads(data.decode("utf-8"), parse_constant=not_json)
    except (ValueError, RecursionError) as problem:
        error("UPLOAD-JSON", f"not UTF-8 JSON: {problem}")
        return findings

    runs = as_list(as_dict(log).get("runs"))
    if not isinstance(as_dict(log).get("runs"), list):
        error("UPLOAD-RUNS", "there is no runs array")
    limit("runs", "runs", len(runs), RUNS_LIMIT)
    identities: dict[tuple[str, str], list[int]] = collections.defaultdict(list)
    categories: dict[str, list[int]] = collections.defaultdict(list)
    for number, run in enumerate(map(as_dict, runs)):
        where = f"runs[{number}]"
        tool = as_dict(run.get("tool"))
        driver = as_dict(tool.get("driver"))
        extensions = as_list(tool.get("extensions"))
        limit(f"{where}.tool", "extensions", len(extensions), EXTENSIONS_LIMIT)
        # The category is what comes before the last slash of the identifier.
        category = as_text(as_dict(run.get("automationDetails")).get("id")).rpartition("/")[0]
        identities[as_text(driver.get("name")), category].append(number)
        categories[category].append(number)

        components = [(f"{where}.tool.driver", driver)]
        components += [
            (f"{where}.tool.extensions[{index}]", as_dict(item)) for index, item in enumerate(extensions)
        ]
        rule_count = 0
        for place, component in components:
            for index, rule in enumerate(map(as_dict, as_list(component.get("rules")))):
                rule_count += 1
                check_rule(f"{place}.rules[{index}]", rule, error, warning)
        limit(where, "rules", rule_count, RULES_LIMIT)

        results = run.get("results")
        if not isinstance(results, list):
            error("UPLOAD-RESULTS", f"{where}: there is no results array")
        limit(where, "results", len(as_list(results)), RESULTS_LIMIT)
        for index, result in enumerate(map(as_dict, as_list(results))):
            check_result(f"{where}.results[{index}]", result, error, limit)

    for (name, category), numbers in identities.items():
        if len(numbers) > 1:
            error("UPLOAD-CATEGORY", f"runs {numbers} share the tool {name!r} and the category {category!r}")
    for category, numbers in categories.items():
        if len(numbers) > 1:
            warning("UPLOAD-CATEGORY", f"runs {numbers} share the category {category!r}")
    return findings


def check_rule(where: str, rule: dict[str, Any], error: Any, warning: Any) -> None:
    properties = as_dict(rule.get("properties"))
    tags = as_list(properties.get("tags"))
    if len(tags) > TAGS_LIMIT:
        error("UPLOAD-LIMIT", f"{where}: {len(tags)} tags, at most {TAGS_LIMIT} are accepted")
    if "security-severity" not in properties:
        return
    severity = properties["security-severity"]
    if not isinstance(severity, str) or not NUMBER.fullmatch(severity) or not 0 < float(severity) <= 10:
        error(
            "UPLOAD-SEVERITY",
            f"{where}: security-severity is {json.dumps(severity)}, "
            "it has to be a string with a number above 0 and up to 10",
        )
    if "security" not in tags:
        warning("UPLOAD-SEVERITY", f"{where}: security-severity is ignored without the tag security")


def check_result(where: str, result: dict[str, Any], error: Any, limit: Any) -> None:
    if result.get("suppressions"):
        error("UPLOAD-SUPPRESSION", f"{where}: suppressions are ignored, the alert would be open")
    locations = as_list(result.get("locations"))
    limit(where, "locations", len(locations), LOCATIONS_LIMIT)
    steps = sum(
        len(as_list(as_dict(thread).get("locations")))
        for flow in as_list(result.get("codeFlows"))
        for thread in as_list(as_dict(flow).get("threadFlows"))
    )
    limit(where, "thread flow locations", steps, THREAD_FLOW_LOCATIONS_LIMIT)
    if not locations:
        error("UPLOAD-LOCATION", f"{where}: there is no location, the whole file would be rejected")
        return
    # Only the first location is read.
    physical = as_dict(as_dict(locations[0]).get("physicalLocation"))
    if not as_text(as_dict(physical.get("artifactLocation")).get("uri")):
        error("UPLOAD-LOCATION", f"{where}: locations[0] has no artifactLocation.uri")
    line = as_dict(physical.get("region")).get("startLine")
    if not isinstance(line, int) or isinstance(line, bool) or line < 1:
        error("UPLOAD-LOCATION", f"{where}: locations[0] has no region.startLine of 1 or more")


# --- command line ----------------------------------------------------------


def judge(multitool: str, path: str, rules: str, timeout: float) -> list[Finding]:
    source = pathlib.Path(path)
    findings = run_multitool(multitool, source, rules, timeout)
    if rules == "upload":
        try:
            findings += check_upload(source.read_bytes())
        except OSError as error:
            raise NotJudged(f"cannot read the file: {error.strerror or error}") from error
    return findings


def default_multitool() -> str:
    # Not resolved: the python of the environment is a link to the system's.
    return str(pathlib.Path(sys.executable).parent / "sarif-multitool")


def main() -> int:
    parser = argparse.ArgumentParser(description="Validate SARIF files.")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--rules", choices=("full", "upload"), default="full")
    parser.add_argument("--warnings", action="store_true", help="also print warnings")
    parser.add_argument("--timeout", type=float, default=300, metavar="SECONDS", help="per file")
    parser.add_argument("--multitool", default=default_multitool(), metavar="PROGRAM")
    options = parser.parse_args()

    # A file name may hold any bytes, a message any characters.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")

    broken = failed = False
    workers = max(1, min(len(options.files), len(os.sched_getaffinity(0))))
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        jobs = [
            (path, pool.submit(judge, options.multitool, path, options.rules, options.timeout))
            for path in options.files
        ]
        for path, job in jobs:
            try:
                findings = job.result()
            except Exception as error:  # Whatever went wrong: there is no verdict.
                broken = True
                kind = "" if isinstance(error, NotJudged) else f"{type(error).__name__}: "
                print(f"{path}: NOT VALIDATED {kind}{error}", file=sys.stderr)
                continue
            for finding in sorted(findings, key=lambda item: (item.line, item.column, item.rule)):
                if finding.level == "error":
                    failed = True
                    print(finding.text(path))
                elif options.warnings:
                    print(f"warning: {finding.text(path)}")
    if broken:
        return 2
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
