"""Runs the recipes of docs/recipes.md that read a report by its URL, and counts what they fetch.

    by_url.py http://HOST:PORT

Between the tools and the gateway stands a proxy that counts the bytes of bodies. Each recipe must give what the whole file has.
"""

import http.server
import io
import pathlib
import re
import sys
import threading
import urllib.error
import urllib.request

import duckdb
import duckdb_extensions
import pyarrow.parquet

RECIPES = pathlib.Path(__file__).parents[2] / "docs" / "recipes.md"
HERE = "http://127.0.0.1:8080"
REPORT = "/reports/vehicle-360.parquet"
COLUMNS = ["vin", "make_name"]
# What fetches the columns that it needs, and no others.
SPARING = {"duckdb"}
PASSED_ON = ("range", "if-range", "if-match", "if-none-match")
NOT_PASSED_BACK = ("connection", "date", "server", "transfer-encoding")


class Counting(http.server.BaseHTTPRequestHandler):
    """Passes requests on to the gateway."""

    protocol_version = "HTTP/1.1"
    gateway = None
    fetched = 0

    def pass_on(self):
        headers = {name: value for name, value in self.headers.items() if name.lower() in PASSED_ON}
        request = urllib.request.Request(self.gateway + self.path, method=self.command, headers=headers)
        try:
            answer = urllib.request.urlopen(request)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        body = answer.read()
        Counting.fetched += len(body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in NOT_PASSED_BACK:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD = pass_on

    def log_message(self, *_):
        pass


def rows(table):
    """The rows that a recipe leaves in `table`, in their order."""
    module = type(table).__module__.split(".")[0]
    if module in ("_duckdb", "duckdb"):
        return table.fetchall()
    if module == "polars":
        return table.rows()
    plain = table.astype(object).where(table.notna(), None)
    return list(plain.itertuples(index=False, name=None))


def main():
    Counting.gateway = sys.argv[1]
    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    file = urllib.request.urlopen(Counting.gateway + REPORT).read()
    whole = pyarrow.parquet.read_table(io.BytesIO(file))
    expected = [tuple(row[name] for name in COLUMNS) for row in whole.select(COLUMNS).to_pylist()]
    assert expected, "the report has no rows"
    # So that `INSTALL` finds it here: a closed network cannot fetch it.
    duckdb_extensions.import_extension("httpfs", con=duckdb.default_connection())
    blocks = re.findall(r"<!-- by url: (\S+) -->\n+```python\n(.*?)```", RECIPES.read_text("utf-8"), re.S)
    assert len(blocks) == 3, blocks
    for recipe, block in blocks:
        Counting.fetched = 0
        names = {}
        exec(compile(block.replace(HERE, f"http://127.0.0.1:{proxy.server_port}"), recipe, "exec"), names)
        read = rows(names["table"])
        assert read == expected, f"{recipe}: other rows: {read[:2]} and {expected[:2]}"
        told = f"{Counting.fetched} bytes of {len(file)} for {len(COLUMNS)} of {len(whole.column_names)} columns"
        assert recipe not in SPARING or Counting.fetched < len(file), f"{recipe} fetched {told}"
        print(f"ok: by URL, {recipe}: {len(read)} rows; {told}")


main()
