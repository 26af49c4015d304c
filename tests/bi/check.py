"""Runs the recipes of docs/recipes.md on one table in all formats, and compares what the tools read.

    check.py FOLDER

FOLDER holds table.csv, table.ndjson, table.arrow, table.parquet, table.xlsx and perhaps table.json of the same rows. The JSON
tells what every other file must give. One line per recipe; the first difference ends the run.
"""

import datetime
import decimal
import json
import os
import pathlib
import re
import sys

import pyarrow.ipc

RECIPES = pathlib.Path(__file__).parents[2] / "docs" / "recipes.md"
UTC = datetime.timezone.utc


def recipes():
    """The blocks of Python below a line `<!-- recipe: NAME -->`."""
    found = re.findall(r"<!-- recipe: (\S+) -->\n+```python\n(.*?)```", RECIPES.read_text("utf-8"), re.S)
    assert found, f"no recipe in {RECIPES}"
    return dict(found)


def adapted(block, columns):
    """The recipe for a table whose columns are not named after their types: each has the name of the table's own column of
    its type, and those that the table lacks are left out. Such a table has one column of each type, two of text."""
    left = [(name, kind) for name, kind in columns]
    for known in ("id", "text", "boolean", "integer", "float", "decimal", "date", "timestamp", "json"):
        kind = "text" if known == "id" else known
        own = next((column for column in left if column[1] == kind), None)
        if own is None:
            assert known == "float", f"the table has no column of type {kind}"
            block = re.sub(rf"""^ +polars\.col\("{known}"\).*\n|['"]{known}['"]: [^,]+, ?""", "", block, flags=re.M)
        else:
            left.remove(own)
            block = re.sub(rf"""(['"]){known}\1(?=[:)])""", rf"\1{own[0]}\1", block)
    assert not left, f"no recipe reads {left}"
    return block


def document():
    """What table.json says, or the same put together from the lines of JSON and the types that the Arrow stream tells:
    the answers of /graphql are in all formats but that one, which is the ordinary answer there."""
    if pathlib.Path("table.json").exists():
        return json.loads(pathlib.Path("table.json").read_text("utf-8"))
    with pyarrow.ipc.open_stream("table.arrow") as stream:
        columns = [{"name": field.name, "type": field.metadata[b"forecourt.type"].decode()} for field in stream.schema]
    rows = [json.loads(line) for line in pathlib.Path("table.ndjson").read_text("utf-8").split("\n") if line]
    assert rows and "@forecourt" not in rows[-1], rows[-1:]
    return {"columns": columns, "rows": rows}


def reference():
    """The columns, and the rows as Python's own types."""
    told = document()
    turn = {
        "decimal": decimal.Decimal,
        "date": datetime.date.fromisoformat,
        "timestamp": datetime.datetime.fromisoformat,
    }
    columns = [(column["name"], column["type"]) for column in told["columns"]]
    assert all(list(row) == [name for name, _ in columns] for row in told["rows"])
    rows = [
        {name: row[name] if row[name] is None else turn.get(kind, lambda value: value)(row[name]) for name, kind in columns}
        for row in told["rows"]
    ]
    return columns, rows


def table_of(value):
    """Names, types as the tool calls them, and rows, of whatever a recipe leaves in `table`."""
    module = type(value).__module__.split(".")[0]
    if module in ("_duckdb", "duckdb"):
        types = dict(zip(value.columns, map(str, value.types)))
        return types, value.to_arrow_table().to_pylist()
    if module == "pyarrow":
        return {field.name: str(field.type) for field in value.schema}, value.to_pylist()
    if module == "polars":
        return {name: str(dtype) for name, dtype in value.schema.items()}, value.to_dicts()
    if module == "pandas":
        plain = value.astype(object).where(value.notna(), None)
        return value.dtypes.astype(str).to_dict(), plain.to_dict("records")
    names, *rows = value
    return dict.fromkeys(names, "cell"), [dict(zip(names, row)) for row in rows]


# What each tool calls the types of the columns, for the recipes whose file or text carries types.
DUCKDB = {
    "text": "VARCHAR",
    "boolean": "BOOLEAN",
    "integer": "BIGINT",
    "float": "DOUBLE",
    "decimal": "DECIMAL(38,10)",
    "date": "DATE",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
}
POLARS = {
    "text": "String",
    "boolean": "Boolean",
    "integer": "Int64",
    "float": "Float64",
    "decimal": "Decimal(precision=38, scale=10)",
    "date": "Date",
    "timestamp": "Datetime(time_unit='us', time_zone='UTC')",
    "json": "String",
}
ARROW = {
    "text": "string",
    "boolean": "bool",
    "integer": "int64",
    "float": "double",
    "decimal": "decimal128(38, 10)",
    "date": "date32[day]",
    "timestamp": "timestamp[us, tz=UTC]",
    "json": "string",
}
PANDAS_ARROW = {kind: f"{name}[pyarrow]" for kind, name in ARROW.items()}
TYPES = {
    "duckdb-csv": DUCKDB | {"json": "JSON"},
    "duckdb-ndjson": DUCKDB | {"json": "JSON"},
    "duckdb-parquet": DUCKDB | {"json": "VARCHAR"},
    "pandas-csv": PANDAS_ARROW,
    "pandas-parquet": PANDAS_ARROW,
    "pandas-xlsx": {},
    "polars-csv": POLARS,
    "polars-ndjson": POLARS,
    "polars-parquet": POLARS,
    "polars-arrow": POLARS,
    "pyarrow-arrow": ARROW,
    "pyarrow-parquet": ARROW,
    "openpyxl-xlsx": {},
}
# Where a tool cannot tell empty text from nothing.
EMPTY_IS_NOTHING = {"pandas-csv", "pandas-xlsx", "openpyxl-xlsx"}


def plain(kind, value, sheet):
    """A value as the reference has it."""
    if value is None or (isinstance(value, float) and value != value):
        return None
    if kind == "json" and isinstance(value, str):
        return json.loads(value)
    if kind == "timestamp" and sheet:
        return sheet_moment(value)
    if kind == "timestamp" and hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    if kind == "date" and isinstance(value, datetime.datetime):
        return value.date()
    if kind == "date" and isinstance(value, str):
        return datetime.date.fromisoformat(value)
    if kind == "decimal":
        return decimal.Decimal(str(value))
    if kind == "integer":
        return int(value)
    if kind == "float":
        return float(value)
    return value


def sheet_moment(value):
    """Sheets have no time zone and tell milliseconds apart, no more."""
    if isinstance(value, str):
        return datetime.datetime.fromisoformat(value)
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
    return value.replace(tzinfo=UTC)


def same(kind, read, expected, sheet):
    if sheet and kind == "timestamp" and None not in (read, expected):
        return abs(read - expected) <= datetime.timedelta(milliseconds=1)
    return read == expected and type(read) is type(expected)


def compare(recipe, table, columns, rows):
    types, read = table
    assert list(types) == [name for name, _ in columns], f"columns {list(types)}"
    for name, kind in columns:
        wanted = TYPES[recipe].get(kind)
        assert wanted in (None, types[name]), f"{name} is {types[name]}, not {wanted}"
    assert len(read) == len(rows), f"{len(read)} rows, not {len(rows)}"
    sheet = recipe.endswith("-xlsx")
    for at, (got, expected) in enumerate(zip(read, rows)):
        for name, kind in columns:
            want = expected[name]
            if want == "" and recipe in EMPTY_IS_NOTHING:
                want = None
            value = plain(kind, got[name], sheet)
            assert same(kind, value, want, sheet), f"row {at}, {name}: {value!r}, not {want!r}"


def main():
    folder = sys.argv[1]
    blocks = recipes()
    assert set(blocks) == set(TYPES), f"recipes and types differ: {set(blocks) ^ set(TYPES)}"
    os.chdir(folder)
    columns, rows = reference()
    for recipe, block in blocks.items():
        names = {}
        try:
            exec(compile(adapted(block, columns), recipe, "exec"), names)
            compare(recipe, table_of(names["table"]), columns, rows)
        except Exception as error:
            sys.exit(f"failed: {recipe}: {type(error).__name__}: {error}")
        print(f"ok: {recipe}: {len(rows)} rows, {len(columns)} columns")


main()
