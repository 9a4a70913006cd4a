#!/bin/sh
# Installs LibreOffice, poppler and Chromium where they are missing and Debian's packages can be installed.
# Without them the tests that need them are skipped with a message; everything else runs.
set -eu
missing=""
command -v soffice >/dev/null 2>&1 || missing="$missing libreoffice-writer libreoffice-calc"
command -v pdftotext >/dev/null 2>&1 || missing="$missing poppler-utils"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium fonts-noto-cjk"
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "missing:$missing — install them for the tests that open documents with LibreOffice" >&2
    exit 0
fi
run=""
if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then run="sudo"; else
        echo "missing:$missing — not root, so not installed; those tests will be skipped" >&2
        exit 0
    fi
fi
$run apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends $missing >/dev/null
