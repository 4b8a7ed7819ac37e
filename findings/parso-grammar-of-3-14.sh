#!/usr/bin/env bash
# what: parso's grammar of Python 3.14 knows neither match statements nor except*
# package==version: parso==0.8.7
# date seen: 2026-11-29
# expected: the grammar that parso.load_grammar(version="3.14") gives reads a match statement (valid since
#     Python 3.10) and except* (valid since 3.11); or the version is refused.
# seen: the grammar is given, and for both texts its list of errors begins with a syntax error. An older
#     text, a try with a plain except, has none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check 'parso==0.8.7'
venv/bin/python - <<'PYTHON'
import ast
import sys

import parso

TEXTS = {
    "match": "match x:\n    case 1:\n        pass\n",
    "except*": "try:\n    pass\nexcept* ValueError:\n    pass\n",
    "except": "try:\n    pass\nexcept ValueError:\n    pass\n",
}
grammar = parso.load_grammar(version="3.14")
seen = {}
for name, text in TEXTS.items():
    if sys.version_info >= (3, 11):
        ast.parse(text)  # it is valid
    seen[name] = [error.message for error in grammar.iter_errors(grammar.parse(text))][:1]
    print(f"{name}: {seen[name]}")
wrong = ["SyntaxError: invalid syntax"]
sys.exit(0 if seen == {"match": wrong, "except*": wrong, "except": []} else 1)
PYTHON
