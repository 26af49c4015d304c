#!/usr/bin/env bash
# Reads tables with the tools of analysts, one line per recipe of docs/recipes.md.
#   scripts/try-bi.sh FOLDER [target/release/forecourt]
# FOLDER has a table that was made to be awkward, in all formats (see `files_for_other_readers`). With the binary there is a
# second table, what a gateway on its embedded sandbox answers to tests/bi/table.graphql, and the recipes by URL are run on it.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(realpath "$1")
binary=${2:+$(realpath "$2")}
work=$(mktemp -d)
pid=
stop() {
  [ -n "$pid" ] && { kill -TERM "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; }
  rm -rf "$work"
}
trap stop EXIT

for venv in requirements by-url; do
  python3 -m venv "$work/$venv"
  "$work/$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "tests/bi/$venv.txt"
done
check() { "$work/requirements/bin/python" tests/bi/check.py "$1"; }
check "$folder"
[ -n "$binary" ] || exit 0

export FORECOURT_DATA_DIR="$work/data" FORECOURT_LISTEN="${FORECOURT_LISTEN:-127.0.0.1:18083}"
"$binary" >"$work/log" 2>&1 &
pid=$!
for _ in $(seq 600); do
  curl -fsS -o /dev/null "http://$FORECOURT_LISTEN/readyz" 2>/dev/null && break
  kill -0 "$pid" 2>/dev/null || { cat "$work/log"; echo "the gateway did not start"; exit 1; }
  sleep 0.1
done

mkdir "$work/tables"
jq -n --rawfile query tests/bi/table.graphql '{query: $query}' >"$work/body"
ask() {
  curl -fsS "http://$FORECOURT_LISTEN/graphql" -H 'content-type: application/json' -H "accept: $2" \
    --data-binary @"$work/body" -o "$work/tables/table.$1" || { cat "$work/log"; echo "no table as $2"; exit 1; }
}
# The demonstration goes on for a while after the start, and all formats are to be of one state: the first is asked again last.
until
  ask csv text/csv
  mv "$work/tables/table.csv" "$work/before"
  ask ndjson application/x-ndjson
  ask arrow application/vnd.apache.arrow.stream
  ask parquet application/vnd.apache.parquet
  ask xlsx application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
  ask csv text/csv
  cmp -s "$work/before" "$work/tables/table.csv"
do
  [ "$SECONDS" -lt 600 ] || { echo "the demonstration does not come to rest"; exit 1; }
  sleep 3
done
check "$work/tables"
"$work/by-url/bin/python" tests/bi/by_url.py "http://$FORECOURT_LISTEN"
