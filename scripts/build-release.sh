#!/bin/sh
# Builds the release binary. The Dockerfile and CI run this same script, so that what is tested is what is shipped.
set -eu
cd "$(dirname "$0")/.."
exec cargo build --locked --release --bin forecourt
