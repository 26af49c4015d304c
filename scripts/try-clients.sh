#!/usr/bin/env bash
# Tries the graph with the tools of its clients, one line per proof: code generator, TypeScript, Relay, a federation.
#   scripts/try-clients.sh target/release/forecourt
# `npm ci` in tests/clients comes first.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$(realpath "$1")
clients=tests/clients
tools=node_modules/.bin
work=$(mktemp -d)
pid=
stop() {
  [ -n "$pid" ] && { kill -TERM "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; }
  rm -rf "$work"
}
trap stop EXIT

# Tells in one line that a tool was content, or everything that it said.
proof() {
  local what=$1
  shift
  if "$@" >"$work/said" 2>&1; then
    if grep -q '^ok: ' "$work/said"; then grep '^ok: ' "$work/said"; else echo "ok: $what"; fi
  else
    cat "$work/said"
    echo "failed: $what"
    exit 1
  fi
}

rm -rf "$clients/generated" "$clients/relay/src/__generated__"
mkdir -p "$clients/generated"
"$binary" schema >"$clients/generated/schema.graphql"
export FORECOURT_DATA_DIR="$work/data" FORECOURT_LISTEN="${FORECOURT_LISTEN:-127.0.0.1:18082}"
"$binary" >"$work/log" 2>&1 &
pid=$!
# The gateway takes every FORECOURT_ variable for a setting, so those of the tools come after its start.
export FORECOURT_SCHEMA=generated/schema.graphql FORECOURT_URL="http://$FORECOURT_LISTEN"

released=$(realpath schema.released.graphql)
cd "$clients"
proof "the check of the schema names what breaks" node policy/check.spec.mjs "$FORECOURT_SCHEMA"
proof "the schema keeps what was released" \
  node policy/check.mjs "$released" "$FORECOURT_SCHEMA" policy/allowed-changes.json
proof "the code generator makes types of the examples" "$tools/graphql-codegen" --config codegen/codegen.mjs
proof "a client with these types compiles" "$tools/tsc" -p codegen/tsconfig.json
proof "Relay's compiler accepts a connection, a refetchable fragment and the node field" \
  npm --silent run relay

for _ in $(seq 600); do
  curl -fsS -o /dev/null "$FORECOURT_URL/readyz" 2>/dev/null && break
  kill -0 "$pid" 2>/dev/null || { cat "$work/log"; echo "the gateway did not start"; exit 1; }
  sleep 0.1
done
proof "a client with these types reads and creates" node generated/js/codegen/client.js
proof "a federation's gateway joins the graph with another" node federation/federation.spec.mjs
