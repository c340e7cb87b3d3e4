#!/usr/bin/env python3
"""Cuts from botocore's models the shapes of the operations that the cloud has.

  cut.py <botocore data folder> <folder of the API tables>

Reads operations.txt in the folder of the tables; writes <service>.json beside it: no prose, only
names, types, what is required, bounds, enumerations, pagination and waiters, a line for each shape.
Only the Python standard library is used.
"""

import gzip
import json
import pathlib
import sys

# Enumerations longer than this keep only their first value, which skeletons show.
LONGEST_ENUM = 120
PRIMITIVES = {"boolean", "integer", "long", "float", "double", "timestamp", "blob"}


def read(folder, name):
    for path in (folder / name, folder / (name + ".gz")):
        if path.exists():
            opener = gzip.open if path.suffix == ".gz" else open
            with opener(path, "rt", encoding="utf-8") as file:
                return json.load(file)
    return {}


def wanted(path):
    services, current = {}, None
    for line in path.read_text().splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("["):
            current = services.setdefault(line.strip("[]"), [])
        elif line:
            current.append(line)
    return services


def cut(folder, service, names):
    model = read(folder, "service-2.json")
    pages = read(folder, "paginators-1.json").get("pagination", {})
    extras = read(folder, "paginators-1.sdk-extras.json").get("merge", {}).get("pagination", {})
    for name, row in extras.items():
        pages.get(name, {}).update(row)
    waiters = read(folder, "waiters-2.json").get("waiters", {})
    shapes = {}

    def bounds(shape):
        return {key: shape[key] for key in ("min", "max") if key in shape}

    def visit(name):
        """The table's word for a shape: a primitive's type, or the name of an own row."""
        shape = model["shapes"][name]
        kind = shape["type"]
        if kind == "character":
            kind = "string"
        extra = bounds(shape)
        if kind == "string" and "enum" in shape:
            values = shape["enum"]
            extra["enum"] = values if len(values) <= LONGEST_ENUM else values[:1]
        if kind in PRIMITIVES | {"string"}:
            if not extra:
                return kind
            shapes[name] = {kind: extra}
            return name
        if name in shapes:
            return name
        shapes[name] = {}
        if kind == "structure":
            row = {"members": {m: visit(s["shape"]) for m, s in shape["members"].items()}}
            if shape.get("required"):
                row["required"] = shape["required"]
            tokens = [m for m, s in shape["members"].items() if s.get("idempotencyToken")]
            if tokens:
                row["idempotency"] = tokens
            streams = [m for m, s in shape["members"].items() if s.get("streaming")]
            if streams:
                row["streaming"] = streams
        elif kind == "list":
            row = {"list": visit(shape["member"]["shape"]), **extra}
        elif kind == "map":
            row = {"map": [visit(shape["key"]["shape"]), visit(shape["value"]["shape"])], **extra}
        else:
            sys.exit(f"{service}: no word for a shape of type {kind} ({name})")
        shapes[name] = row
        return name

    operations = {}
    for name in sorted(names):
        operation = model["operations"].get(name)
        if operation is None:
            sys.exit(f"{service} has no operation {name}")
        row = {}
        for side in ("input", "output"):
            if side in operation:
                row[side] = visit(operation[side]["shape"])
        if name in pages:
            keep = ("input_token", "output_token", "result_key", "limit_key", "more_results", "non_aggregate_keys")
            row["page"] = {key: pages[name][key] for key in keep if key in pages[name]}
        operations[name] = row
    polls = {}
    for name, waiter in waiters.items():
        if waiter["operation"] in operations:
            polls[name] = {key: waiter[key] for key in ("operation", "delay", "maxAttempts", "acceptors")}
    others = sorted(set(model["operations"]) - set(operations))
    return {
        "service": service,
        "version": model["metadata"]["apiVersion"],
        "operations": operations,
        "waiters": polls,
        "others": others,
        "shapes": dict(sorted(shapes.items())),
    }


def write(table, path):
    """A line for each row, so that a change of the cut reads well in a review."""
    lines = ["{"]
    for place, (key, value) in enumerate(table.items()):
        comma = "," if place + 1 < len(table) else ""
        if isinstance(value, dict):
            rows = [f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in value.items()]
            lines.append(f" {json.dumps(key)}: {{")
            lines.append(",\n".join(rows))
            lines.append(f" }}{comma}")
        else:
            lines.append(f" {json.dumps(key)}: {json.dumps(value)}{comma}")
    lines.append("}")
    path.write_text("\n".join(line for line in lines if line) + "\n")


def main():
    data, tables = map(pathlib.Path, sys.argv[1:3])
    for service, names in wanted(tables / "operations.txt").items():
        folder = max(path for path in (data / service).iterdir() if path.is_dir())
        table = cut(folder, service, names)
        write(table, tables / f"{service}.json")
        print(f"{service}: {len(table['operations'])} operations, {len(table['shapes'])} shapes")


main()
