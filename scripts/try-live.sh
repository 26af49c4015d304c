#!/usr/bin/env bash
# Starts a gateway on its embedded sandbox and subscribes with the npm clients graphql-ws and graphql-sse.
#   scripts/try-live.sh target/release/forecourt
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$1
work=$(mktemp -d)
export FORECOURT_DATA_DIR="$work/data" FORECOURT_LISTEN="${FORECOURT_LISTEN:-127.0.0.1:18082}"
"$binary" >"$work/log" 2>&1 &
pid=$!
stop() { kill -TERM "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"; }
trap stop EXIT
for _ in $(seq 600); do
  curl -fsS -o /dev/null "http://$FORECOURT_LISTEN/readyz" 2>/dev/null && break
  kill -0 "$pid" 2>/dev/null || { cat "$work/log"; echo "the gateway did not start"; exit 1; }
  sleep 0.1
done
FORECOURT_URL="http://$FORECOURT_LISTEN" node tests/clients-live/live.spec.mjs
