#!/usr/bin/env bash
# Has schemathesis make requests out of the API's own document, good ones and bad ones, and hold every answer against it: no 5xx,
# no status, type or body that the document does not tell of, nothing wrong accepted, nothing done without a token.
# Needs python3 with venv and the package registry; everything it makes lies in a temporary folder.
# EXAMPLES: how many an operation and pass (default 10). SEED: of their making (default 1). PHASES: of the first pass (default
# coverage,fuzzing: some 5,000 requests, about a minute; fuzzing alone takes seconds).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

"$root/node_modules/.bin/esbuild" "$here/serve.ts" --bundle --platform=node --log-level=error --external:proxy-agent \
  --outfile="$work/serve.cjs"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check -r "$here/requirements.txt"

token=fuzz-$RANDOM$RANDOM$RANDOM
mkfifo "$work/port"
node "$work/serve.cjs" "$token" > "$work/port" &
server=$!
read -r port < "$work/port"

fuzz() {
  "$work/venv/bin/schemathesis" --config-file "$here/$1.toml" run "http://127.0.0.1:$port/openapi.json" \
    --header "Authorization: Bearer $token" --checks all --max-examples "${EXAMPLES:-10}" --seed "${SEED:-1}" \
    --workers 1 --phases "$2" --no-color > "$work/$1.txt" &&
    echo "$1: $(grep -A1 '^Test cases' "$work/$1.txt" | tail -1) in ${SECONDS}s" && return
  cut -c1-400 "$work/$1.txt" | head -n 300
  return 1
}
cd "$work"
fuzz any-names "${PHASES:-coverage,fuzzing}"
fuzz known-names fuzzing
echo "api fuzz: all passed"
