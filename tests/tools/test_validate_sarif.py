"""Tests of validate_sarif.py; run with the python of the installed tools:

target/test-tools/bin/python -B -m unittest discover -s tests/tools
"""

from __future__ import annotations

import json
import os
import pathlib
import random
import stat
import subprocess
import sys
import tempfile
import unittest
from typing import Any

import validate_sarif

SCRIPT = pathlib.Path(validate_sarif.__file__)


def good() -> dict[str, Any]:
    rule = {
        "id": "a/B1",
        "name": "Sample",
        "shortDescription": {"text": "Short."},
        "fullDescription": {"text": "Full."},
        "help": {"text": "Help.", "markdown": "Help."},
        "properties": {"tags": ["security"], "security-severity": "8.1"},
    }
    region = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2}
    result = {
        "ruleId": "a/B1",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "Message."},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": "src/a.py"}, "region": region}}
        ],
        "partialFingerprints": {"primaryLocationLineHash": "39fa2ee980eb94b0:1"},
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "sample", "version": "1.0.0", "rules": [rule]}},
                "automationDetails": {"id": "sample/one/"},
                "results": [result],
            }
        ],
    }


def own(log: Any) -> list[tuple[str, str]]:
    data = log if isinstance(log, bytes) else json.dumps(log).encode()
    return [(item.level, item.rule) for item in validate_sarif.check_upload(data)]


class OwnChecks(unittest.TestCase):
    def test_good(self) -> None:
        self.assertEqual(own(good()), [])

    def test_not_json(self) -> None:
        for data in (b"{", b"", b"\xff{}", b'{"a": NaN}', b"[" * 200_000, b"\xef\xbb\xbf{}"):
            self.assertEqual(own(data), [("error", "UPLOAD-JSON")], data[:20])

    def test_wrong_shapes(self) -> None:
        for log in ([], {}, None, {"runs": {}}, {"runs": None}):
            self.assertEqual(own(log), [("error", "UPLOAD-RUNS")], log)
        for run in (None, {}, {"results": None}, {"tool": [], "results": {}}):
            self.assertEqual(own({"runs": [run]}), [("error", "UPLOAD-RESULTS")], run)

    def test_size(self) -> None:
        log = good()
        noise = random.Random(1).randbytes(8_000_000).hex()
        log["properties"] = {"noise": noise}
        self.assertEqual(own(log), [])
        log["properties"] = {"noise": noise + random.Random(2).randbytes(3_000_000).hex()}
        self.assertEqual(own(log), [("error", "UPLOAD-SIZE")])

    def test_runs(self) -> None:
        log = good()
        run = json.dumps(log["runs"][0])
        for count, expected in ((20, []), (21, [("error", "UPLOAD-LIMIT")])):
            log["runs"] = [json.loads(run) for _ in range(count)]
            for number, item in enumerate(log["runs"]):
                item["automationDetails"]["id"] = f"sample/{number}/"
            self.assertEqual(own(log), expected)

    def test_results(self) -> None:
        log = good()
        log["runs"][0]["results"] *= 25_000
        self.assertEqual(own(log), [])
        log["runs"][0]["results"] *= 2
        self.assertEqual(own(log), [("error", "UPLOAD-LIMIT")])

    def test_tags(self) -> None:
        for place in ("driver", "extensions"):
            log = good()
            tool = log["runs"][0]["tool"]
            rules = tool["driver"]["rules"]
            if place == "extensions":
                tool["extensions"] = [{"name": "x", "rules": tool["driver"].pop("rules")}]
            rules[0]["properties"]["tags"] = ["security"] + [f"t{n}" for n in range(19)]
            self.assertEqual(own(log), [])
            rules[0]["properties"]["tags"].append("more")
            self.assertEqual(own(log), [("error", "UPLOAD-LIMIT")])

    def test_category(self) -> None:
        def two(first: str | None, second: str | None, names: tuple[str, str]) -> Any:
            log = good()
            log["runs"].append(good()["runs"][0])
            for run, identity, name in zip(log["runs"], (first, second), names, strict=True):
                run["tool"]["driver"]["name"] = name
                del run["automationDetails"]
                if identity is not None:
                    run["automationDetails"] = {"id": identity}
            return own(log)

        error = ("error", "UPLOAD-CATEGORY")
        warning = ("warning", "UPLOAD-CATEGORY")
        same = ("a", "a")
        self.assertEqual(two("x/1/", "x/2/", same), [])
        self.assertEqual(two("x/1", "x/2", same), [error, warning])
        self.assertEqual(two("x", "y", same), [error, warning])
        self.assertEqual(two(None, "y", same), [error, warning])
        self.assertEqual(two("x/1", "x/2", ("a", "b")), [warning])

    def test_severity(self) -> None:
        def severity(value: Any) -> list[tuple[str, str]]:
            log = good()
            log["runs"][0]["tool"]["driver"]["rules"][0]["properties"]["security-severity"] = value
            return own(log)

        for value in ("0.1", "10", "10.0", "9.5"):
            self.assertEqual(severity(value), [], value)
        for value in ("0", "0.0", "10.1", "-1", "high", "", "nan", "inf", "1e1", "5 ", "1_0", 5.0, None):
            self.assertEqual(severity(value), [("error", "UPLOAD-SEVERITY")], value)

    def test_severity_without_tag(self) -> None:
        log = good()
        log["runs"][0]["tool"]["driver"]["rules"][0]["properties"]["tags"] = []
        self.assertEqual(own(log), [("warning", "UPLOAD-SEVERITY")])

    def test_suppression(self) -> None:
        log = good()
        log["runs"][0]["results"][0]["suppressions"] = []
        self.assertEqual(own(log), [])
        log["runs"][0]["results"][0]["suppressions"] = [{"kind": "external"}]
        self.assertEqual(own(log), [("error", "UPLOAD-SUPPRESSION")])

    def test_location(self) -> None:
        def at(uri: str, line: Any) -> list[Any]:
            region = {"startLine": line}
            return [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}]

        error = ("error", "UPLOAD-LOCATION")
        for locations, expected in (
            ([], [error]),
            (None, [error]),
            ([{}], [error, error]),
            ([{"physicalLocation": {"artifactLocation": {"uri": "a"}}}], [error]),
            (at("", 1), [error]),
            (at("a", 0), [error]),
            (at("a", True), [error]),
            (at("a", 1), []),
            ([{}, *at("a", 1)], [error, error]),
        ):
            log = good()
            log["runs"][0]["results"][0]["locations"] = locations
            self.assertEqual(own(log), expected, locations)


class CommandLine(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name: str, content: Any) -> str:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def validate(self, *arguments: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    def test_good(self) -> None:
        path = self.file("good.sarif", good())
        for rules in ("full", "upload"):
            self.assertEqual(self.validate("--rules", rules, path), (0, "", ""))

    def test_warnings_do_not_fail(self) -> None:
        log = good()
        del log["runs"][0]["tool"]["driver"]["version"]
        path = self.file("warn.sarif", log)
        code, out, err = self.validate("--warnings", path)
        self.assertEqual((code, err), (0, ""))
        self.assertIn(f"warning: {path}:1:", out)
        self.assertIn(" SARIF2005 runs[0].tool.driver: ", out)

    def test_every_enabled_rule_fires(self) -> None:
        path = self.file("bad [1];x.txt", validate_sarif._canary())
        code, out, err = self.validate("--rules", "upload", path)
        self.assertEqual((code, err), (1, ""))
        fired = {line.removeprefix(path).split(": ")[1].split(" ")[0] for line in out.splitlines()}
        self.assertLessEqual(validate_sarif.CANARY_EXPECTED["upload"] | {"UPLOAD-LOCATION"}, fired)
        enabled = {
            name.partition(".")[0]
            for name, value in json.loads((SCRIPT.parent / "ghas.json").read_text()).items()
            if value["RuleEnabled"] == "Error"
        }
        self.assertLessEqual(enabled, fired)
        code, out, _ = self.validate("--rules", "full", path)
        self.assertEqual(code, 1)
        self.assertNotIn(" GH", out)

    def test_several_files(self) -> None:
        fine = self.file("fine.sarif", good())
        broken = self.file("broken.sarif", "{")
        code, out, err = self.validate(fine, broken, fine)
        self.assertEqual((code, err), (1, ""))
        self.assertEqual(out.count("\n"), 1)
        self.assertIn("JSON0001", out)

    def test_missing_evidence_never_passes(self) -> None:
        fine = self.file("fine.sarif", good())
        empty = self.file("empty.sarif", "")
        for path in (empty, str(self.folder / "absent.sarif"), str(self.folder)):
            code, out, err = self.validate(fine, path)
            self.assertEqual((code, out), (2, ""), path)
            self.assertIn(f"{path}: NOT VALIDATED ", err)

    def test_unusable_validators(self) -> None:
        fine = self.file("fine.sarif", good())
        report = '{"runs":[{"invocations":[{"executionSuccessful":true}],"results":[]}]}'
        write = 'while [ "$1" != --output ]; do shift; done; printf %s \'' + report + "' >\"$2\""
        done = "echo; echo 'Done. 2 files scanned.'"
        for name, body in (
            ("silent", "exit 0"),
            ("failing", "exit 3"),
            ("no-output", done),
            ("blind", f"{write}; {done}"),
            ("one-file", write),
            ("slow", "exec sleep 30"),
        ):
            program = self.folder / name
            program.write_text(f"#!/bin/sh\n{body}\n")
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
            code, out, err = self.validate("--timeout", "2", "--multitool", str(program), fine)
            self.assertEqual((code, out), (2, ""), name)
            self.assertIn("NOT VALIDATED", err)
            if name == "blind":
                self.assertIn("did not apply JSON1008", err)
        code, _, err = self.validate("--multitool", str(self.folder / "none"), fine)
        self.assertEqual(code, 2)
        self.assertIn("cannot start the multitool", err)

    def test_large_file_is_not_skipped(self) -> None:
        log = good()
        log["properties"] = {"pad": ["x" * 1000] * 11_000}
        log["runs"][0]["results"][0]["message"] = {"id": "none"}
        code, out, _ = self.validate("--rules", "upload", self.file("large.sarif", log))
        self.assertEqual(code, 1)
        self.assertIn("GH1007", out)

    @unittest.skipIf(os.name == "nt", "POSIX file names")
    def test_undecodable_name(self) -> None:
        path = os.fsdecode(os.fsencode(str(self.folder)) + b"/\xff.sarif")
        pathlib.Path(path).write_text("{")
        code, out, _ = self.validate(path)
        self.assertEqual(code, 1)
        self.assertIn("\\udcff.sarif", out)


if __name__ == "__main__":
    unittest.main()
