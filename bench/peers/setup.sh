#!/bin/sh
# Installs the peers that `pwcol bench compare` measures against, at the versions of requirements.txt, into a virtual
# environment: .venv at the top of the project, or the folder given. Needs Python 3.10 or later.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
venv=${1:-$here/../../.venv}

python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --requirement "$here/requirements.txt"
"$venv/bin/python" "$here/versions.py"
