#!/usr/bin/env bash
# Runs the README's run command as a newcomer would, asks for the joined car, stops it, and does so again on the same data.
#   scripts/try-readme.sh 'cargo run --locked --release'
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
export FORECOURT_DATA_DIR="$work/data" FORECOURT_LISTEN="${FORECOURT_LISTEN:-127.0.0.1:18080}"
group=
stop() { if [ -n "$group" ]; then kill -TERM -- "-$group" 2>/dev/null || true; wait "$group" 2>/dev/null || true; group=; fi; }
trap 'stop; rm -rf "$work"' EXIT

start() {
  setsid bash -c "exec $1" >"$work/log" 2>&1 &
  group=$!
  for _ in $(seq 1200); do
    curl -fsS -o /dev/null "http://$FORECOURT_LISTEN/readyz" 2>/dev/null && return
    kill -0 "$group" 2>/dev/null || { cat "$work/log"; echo "the gateway did not start"; exit 1; }
    sleep 0.1
  done
  cat "$work/log"; echo "the gateway is not ready"; exit 1
}

ask() {
  local query variables answer
  query=$(cat assets/graphiql/examples/01-joined-car.graphql)
  variables=$(cat assets/graphiql/examples/01-joined-car.json)
  answer=$(jq -n --arg query "$query" --argjson variables "$variables" '{query: $query, variables: $variables}' |
    curl -fsS "http://$FORECOURT_LISTEN/graphql" -H 'content-type: application/json' --data-binary @-)
  if ! jq -e '.errors == null
      and (.data.vehicle.inspections.nodes | length > 0)
      and (.data.vehicle.listings.nodes | length > 0)
      and (.data.vehicle.tickets.nodes | length > 0)' <<<"$answer" >/dev/null; then
    cat "$work/log"; jq . <<<"$answer"; echo "the joined query lacks a vendor's part"; exit 1
  fi
  echo "$1: $(jq -c '.data.vehicle | {vin, inspections: (.inspections.nodes | length), listings: (.listings.nodes | length), tickets: (.tickets.nodes | length)}' <<<"$answer")"
}

start "$1"
ask "first start"
stop
start "$1"
ask "second start"
