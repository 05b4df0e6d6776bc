# Needs Python 3.11-3.13 (with venv), make and git; everything else is installed into .venv.
# Without make: the plain commands are on the page "How to run" (book/how_to_run.md).

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help book fresh oracle test text wheel lab results notebooks format lint lock clean

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
HTML := book/_build/html
SPHINX := --config book/_config.yml --toc book/_toc.yml --path-output book -W -n --keep-going

help:  ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

book: $(INSTALLED) fresh  ## Build the book: install, execute every notebook, render
	@$(BIN)/jupyter-book build . $(SPHINX)
	@echo && echo "The book is at $(HTML)/index.html"

# Pages of an earlier build must not stand in for missing ones; what was executed stays cached.
fresh:
	@rm -rf $(HTML) book/_build/.doctrees

# The publisher of MovieLens 100K forbids passing it on, so its folder is given by hand.
oracle: $(INSTALLED)  ## Compare with figures measured elsewhere: make oracle DATA=folder
	$(BIN)/python -m pytest tests/oracle --oracle-data "$(DATA)"

# nbval executes the chapters once more. Of the three longest, what the book executed is compared with
# what is stored, as that of all others is too (tests/site/test_stored_outputs.py).
ONCE := 3_1_1_cnn 4_worked_example 5_2_gpt

test: $(INSTALLED) lint book  ## Run every check: unit, property, doctest, notebooks, built site
	$(BIN)/python -m pytest -n auto --dist loadfile recsys_helpers book/recsys_book tests
	$(BIN)/python -m pytest --nbval-lax -n auto --dist loadfile --no-loadscope-reorder notebooks $(ONCE:%=--ignore=notebooks/%.ipynb)

# Its packages stay out of the lock, since a reader needs the vectors alone.
text: $(INSTALLED)  ## Compare the vectors of film texts with what their recipe makes
	$(BIN)/python -m venv --clear build/text
	build/text/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[text]'
	PYTHONPATH=book build/text/bin/python tools/text_vectors.py --check

wheel: $(INSTALLED)  ## Build the package for pip into dist/, and try it away from the checkout
	$(BIN)/python tools/wheel.py

lab: $(INSTALLED)  ## Open the notebooks in JupyterLab
	$(BIN)/jupyter lab --notebook-dir notebooks

results: $(INSTALLED)  ## Measure again what data/results records
	$(BIN)/python tools/models.py
	$(BIN)/python tools/privacy.py
	$(BIN)/python tools/results.py

notebooks: $(INSTALLED)  ## Strip the notebooks; run those whose outputs are checked and store these
	$(BIN)/python tools/notebooks.py

format: $(INSTALLED)  ## Format code and notebooks
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(INSTALLED)  ## Check format, lint, docstrings and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

lock:  ## Compile requirements.lock from pyproject.toml (for maintainers; needs uv)
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --upgrade \
	  --extra neural --extra book --extra test --output-file requirements.lock pyproject.toml

clean:  ## Remove what was built and cached; keep the environment
	rm -rf book/_build build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# Any Python 3.11-3.13 that can make environments; the first one found wins.
$(VENV)/.locked: requirements.lock
	@set -e; for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	  if $$python -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
	  then found=$$python; break; fi; done; \
	if [ -z "$$found" ]; then \
	  echo "This book needs Python 3.11, 3.12 or 3.13 with its venv module; TensorFlow has no wheel for others." >&2; \
	  echo "Install one (Debian: apt install python3-venv; macOS: brew install python@3.13)," >&2; \
	  echo "or name it: make book PYTHON=/path/to/python3.13" >&2; exit 1; fi; \
	echo "Installing into $(VENV) with $$($$found --version) (a few minutes, once) ..."; \
	$$found -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(INSTALLED): $(VENV)/.locked pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
