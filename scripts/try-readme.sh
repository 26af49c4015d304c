#!/usr/bin/env bash
# Runs the README's run command as a newcomer would and asks for the joined car.
#   scripts/try-readme.sh 'cargo run --locked --release'
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
export FORECOURT_DATA_DIR="$work/data" FORECOURT_LISTEN="${FORECOURT_LISTEN:-127.0.0.1:18080}"
setsid bash -c "exec $1" >"$work/log" 2>&1 &
group=$!
stop() { kill -TERM -- "-$group" 2>/dev/null || true; wait "$group" 2>/dev/null || true; rm -rf "$work"; }
trap stop EXIT

for _ in $(seq 600); do
  curl -fsS -o /dev/null "http://$FORECOURT_LISTEN/readyz" 2>/dev/null && break
  kill -0 "$group" 2>/dev/null || { cat "$work/log"; echo "the gateway did not start"; exit 1; }
  sleep 0.1
done

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
echo "one vehicle: $(jq -c '.data.vehicle | {vin, inspections: (.inspections.nodes | length), listings: (.listings.nodes | length), tickets: (.tickets.nodes | length)}' <<<"$answer")"
