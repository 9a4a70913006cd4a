#!/bin/sh
# Brings the browser's libraries from npm (package-lock.json, checked by their hashes) to where the pages are served from.
# Without npm on the machine, Node.js comes as a Python package into the virtual environment given as $1.
set -eu
bin="$1"
npm=npm
if ! command -v npm >/dev/null 2>&1; then
    "$bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.lock
    npm="$bin/npm"
    PATH="$(cd "$bin" && pwd):$PATH"
fi
"$npm" ci --silent --no-audit --no-fund
vendor=src/shuzhi/web/static/vendor
rm -rf "$vendor"
mkdir -p "$vendor/htmx" "$vendor/chart.js" "$vendor/leaflet"
cp node_modules/htmx.org/dist/htmx.min.js "$vendor/htmx/"
cp node_modules/chart.js/dist/chart.umd.js "$vendor/chart.js/"
cp node_modules/leaflet/dist/leaflet.js node_modules/leaflet/dist/leaflet.css "$vendor/leaflet/"
cp -r node_modules/leaflet/dist/images "$vendor/leaflet/"
