# Five short names for the commands of README.md and CONTRIBUTING.md. They use .venv.
.DEFAULT_GOAL := help
.PHONY: help site test check serve gate

help:
	@echo "make site    the site of all tours, in ./site"
	@echo "make test    the tests, by the README's command"
	@echo "make check   every rule about the annotations"
	@echo "make serve   the site as you write, with Run buttons"
	@echo "make gate    all that must pass before a change lands"

site: .venv/bin/srcread
	.venv/bin/srcread build --open

test: .venv/bin/srcread
	.venv/bin/pytest -q -n auto --cov

check: .venv/bin/srcread
	.venv/bin/srcread check

serve: .venv/bin/srcread
	.venv/bin/srcread serve --open

gate:
	bash .ci/run

.venv/bin/srcread:
	python3 -m venv .venv
	.venv/bin/pip install -q torch==2.13.0
	.venv/bin/pip install -q -e '.[test]'
