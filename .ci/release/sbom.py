#!/usr/bin/env python3
"""What the binary is made of, as CycloneDX 1.5: cargo metadata … | .ci/release/sbom.py

Only what is compiled into the program: no test tool, nothing of a platform-independent kind left out.
The same lockfile gives the same bytes.
"""

import json
import sys


def main() -> None:
    metadata = json.load(sys.stdin)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]

    def used(node: dict) -> list[str]:
        kinds = lambda dep: {kind["kind"] for kind in dep["dep_kinds"]}
        return sorted(dep["pkg"] for dep in node["deps"] if kinds(dep) - {"dev", "build"})

    reached, waiting = {root}, [root]
    while waiting:
        for child in used(nodes[waiting.pop()]):
            if child not in reached:
                reached.add(child)
                waiting.append(child)

    def purl(identity: str) -> str:
        package = packages[identity]
        return f"pkg:cargo/{package['name']}@{package['version']}"

    def component(identity: str) -> dict:
        package = packages[identity]
        found = {
            "type": "application" if identity == root else "library",
            "bom-ref": purl(identity),
            "name": package["name"],
            "version": package["version"],
            "purl": purl(identity),
        }
        if package["license"]:
            found["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        return found

    parts = sorted(reached - {root}, key=purl)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component(root)},
        "components": [component(identity) for identity in parts],
        "dependencies": [
            {"ref": purl(identity), "dependsOn": sorted({purl(child) for child in used(nodes[identity])})}
            for identity in [root, *parts]
        ],
    }
    json.dump(document, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
