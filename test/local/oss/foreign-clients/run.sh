#!/usr/bin/env bash
# Runs Alibaba's Python SDK (oss2) and Go SDK v2 against the OSS server of this repository: clients that were written for
# the real service. Needs python3 with venv, go and the package registries; everything it makes lies in a temporary folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  chmod -R u+w "$work"
  rm -rf "$work"
}
trap finish EXIT

"$root/node_modules/.bin/esbuild" "$here/../serve.ts" --bundle --platform=node --log-level=error --outfile="$work/serve.cjs"
mkfifo "$work/port"
node "$work/serve.cjs" "$work/data" > "$work/port" &
server=$!
read -r port < "$work/port"

echo "== Python SDK oss2"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/python/requirements.txt"
for signature in v4 v1; do
  for addressing in virtual-host path; do
    "$work/venv/bin/python" "$here/python/client.py" "$port" "$signature" "$addressing"
  done
done

echo "== Go SDK v2"
cp -r "$here/go" "$work/go"
cd "$work/go"
export GOFLAGS=-mod=mod
go build -o "$work/client" .
for addressing in virtual-host path; do
  "$work/client" "$port" "$addressing"
done
echo "foreign clients: all passed"
