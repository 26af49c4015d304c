#!/usr/bin/env bash
# Starts a sandbox and a gateway on it, and lets 5,000 WebSocket clients watch one ticket: how long a change takes to all of
# them, what they cost in memory, and whether they notice anything of a vendor that drops its socket every three seconds.
#   cargo build --release --bins --example live_load && scripts/try-live-load.sh target/release/forecourt [clients]
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$1
clients=${2:-5000}
ulimit -n $((2 * clients + 1000))
work=$(mktemp -d)
sandbox=${SANDBOX_LISTEN:-127.0.0.1:18092} gateway=${FORECOURT_LISTEN:-127.0.0.1:18083}
pids=()
stop() { kill -TERM "${pids[@]}" 2>/dev/null || true; wait "${pids[@]}" 2>/dev/null || true; rm -rf "$work"; }
trap stop EXIT
"$binary" sandbox --listen "$sandbox" >"$work/sandbox.log" 2>&1 &
pids+=($!)
FORECOURT_DATA_DIR="$work/data" FORECOURT_LISTEN="$gateway" FORECOURT_SANDBOX__URL="http://$sandbox" \
  FORECOURT_LIVE__CHANNELS=$((clients + 100)) FORECOURT_LIVE__CHANNELS_PER_CLIENT=$((clients + 100)) \
  "$binary" >"$work/gateway.log" 2>&1 &
pid=$!
pids+=("$pid")
for _ in $(seq 600); do
  curl -fsS -o /dev/null "http://$gateway/readyz" 2>/dev/null && break
  kill -0 "$pid" 2>/dev/null || { cat "$work/gateway.log"; echo "the gateway did not start"; exit 1; }
  sleep 0.1
done
"$(dirname "$binary")/examples/live_load" --clients "$clients" --changes 20 --url "ws://$gateway/graphql" \
  --sandbox "http://$sandbox" --pid "$pid" --drop-every 3 --for 60
