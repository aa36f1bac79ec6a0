# `make book` and `make test` need Python 3.11 or newer and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TEACH := .venv-teach

.PHONY: book test test-classroom lab lint exercises lock clean
.PHONY: assignments check-submissions grade formgrader feedback decks

book: $(READY)
	$(BIN)/python book/build.py

# The notebooks first: the site's tests and `make book` use what they give.
test: $(READY)
	$(BIN)/python -m pytest notebooks book/*.ipynb
	$(BIN)/python -m pytest imbtutor tests --ignore=tests/classroom

# Grading from end to end, in the sandbox; apart from `make test`, since it needs the
# teachers' environment.
test-classroom: $(READY) $(TEACH)/.ready
	CI=true $(BIN)/python -m pytest tests/classroom

# From the root: the chapters link to pages of book/, which JupyterLab must reach.
lab: $(READY)
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

exercises: $(READY)
	$(BIN)/python -m imbtutor.exercises

# The quizzes as flash cards, for teachers and for readers.
decks: $(READY)
	$(BIN)/python book/decks.py

# The newest version of everything that the *.in files allow, one for all Pythons from
# 3.11 on. dev.txt comes first: its packages leave less choice, and reader.txt follows.
# To keep the versions of what has not changed: make lock UPGRADE=
UPGRADE := --upgrade
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --custom-compile-command "make lock" $(UPGRADE)

lock: $(READY)
	$(LOCK) --annotation-style line --output-file requirements/dev.txt requirements/dev.in
	$(LOCK) --no-annotate --constraints requirements/dev.txt \
		--output-file requirements/reader.txt requirements/reader.in
	$(LOCK) --annotation-style line --constraints requirements/dev.txt \
		--output-file requirements/teach.txt requirements/teach.in

# For teachers; book/teaching.md tells. The course stands beside the book, and no target
# removes it: it holds the grade book.
COURSE := course
CLASSROOM = $(TEACH)/bin/python -m imbtutor.classroom --course "$(COURSE)"
ifeq ($(SANDBOX),no)
CLASSROOM += --no-sandbox
endif
SUBMISSIONS = --assignment "$(ASSIGNMENT)" --from "$(FROM)"

assignments: $(TEACH)/.ready
	$(CLASSROOM) release $(foreach each,$(VARIANTS),--variant $(each))

check-submissions: $(TEACH)/.ready
	$(CLASSROOM) check $(SUBMISSIONS)

grade: $(TEACH)/.ready
	$(CLASSROOM) grade $(SUBMISSIONS)

formgrader: $(TEACH)/.ready
	cd "$(COURSE)" && "$(CURDIR)/$(TEACH)/bin/jupyter" lab --LabApp.default_url=/formgrader

feedback: $(TEACH)/.ready
	$(CLASSROOM) feedback --assignment "$(ASSIGNMENT)"

# $(call environment,folder,requirements,options of uv). uv where it is there already: the
# same environment in a tenth of the time.
define environment
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || \
		{ echo "$(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=python3.12"; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python $(PYTHON) $(1) && \
		uv pip install --quiet $(3) --python $(1)/bin/python -r $(2) -e .; \
	else \
		$(PYTHON) -m venv $(1) && \
		$(1)/bin/python -m pip install --quiet --disable-pip-version-check -r $(2) -e .; \
	fi
	@touch $@
endef

$(READY): requirements/dev.txt pyproject.toml
	$(call environment,$(VENV),requirements/dev.txt)

# Compiled at once: the sandbox is read-only, and would compile all of it at each start.
$(TEACH)/.ready: requirements/teach.txt pyproject.toml
	$(call environment,$(TEACH),requirements/teach.txt,--compile-bytecode)

clean:
	rm -rf $(VENV) $(TEACH) _build .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
