# Two commands: `make demo` and `make test`. Everything else is a part of them.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
JOBS   ?= auto
CATALOGUE := locale/zh_Hans/LC_MESSAGES/django.mo
export HF_HUB_OFFLINE := 1

.PHONY: demo test check fix messages system clean bench-upload bench-pages bench-atelier bench-index bench-serving bench-measure soak

demo: $(VENV)/.ready $(CATALOGUE)  ## play the first film, then keep serving until Ctrl-C (ONCE=1: play and exit; FRESH=1: from an empty database)
	@$(PY) -m config.demo $(if $(ONCE),--once) $(if $(FRESH),--fresh)

test: $(VENV)/.ready-tests $(CATALOGUE)  ## every test on SQLite, then services and views on PostgreSQL and Redis
	$(PY) -m pytest -n $(JOBS) --dist loadgroup
	DAILIES_TEST_SERVERS=1 $(PY) -m pytest -n $(JOBS) --dist loadgroup -m servers

check: $(VENV)/.ready-tests  ## lint, types, import contracts, missing migrations, translations
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check --fail-level WARNING
	$(PY) manage.py check_translations
	$(VENV)/bin/djlint --lint --quiet accounts assignments courses ethics generation grading ledger ui
	$(VENV)/bin/mypy .

fix: $(VENV)/.ready-tests
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

messages: $(VENV)/.ready  ## collect the strings to translate into locale/
	$(PY) manage.py check_translations --write

bench-upload: $(VENV)/.ready  ## a 3 GB upload: memory against the size of the file
	@$(PY) -m bench.upload

bench-pages: $(VENV)/.ready  ## server time of the home pages with the demo class
	@$(PY) -m bench.pages

bench-index: $(VENV)/.ready  ## a million reference frames: how fast and how surely they are searched (FRAMES=1000000)
	@$(PY) -m bench.index $(if $(FRAMES),--frames $(FRAMES))

bench-atelier: $(VENV)/.ready  ## what the shipped picture engine draws, read by a classifier
	@$(PY) -m bench.atelier

bench-serving: $(VENV)/.ready-tests  ## the shared queue against an offline loop and one task per job (DEVICE=cuda, SCENES=steady,hog,chaos …, KILLS=200, REPLAYS=1000)
	@$(PY) -m bench.serving $(if $(DEVICE),--device $(DEVICE)) $(if $(SCENES),--scenes $(SCENES)) $(if $(KILLS),--kills $(KILLS)) $(if $(REPLAYS),--replays $(REPLAYS))

bench-measure: $(VENV)/.ready  ## films with known truth under every attack, strangers, a 1080p film; hours on two cores, goes on where it stopped (FILMS=60 ATTACKS=pip,phone QUICK=1 FOR=30 MACHINE='two cores of …' writes docs/measure.md)
	@$(PY) -m bench.measure $(if $(QUICK),--quick) $(if $(FILMS),--films $(FILMS)) $(if $(ATTACKS),--attacks $(ATTACKS)) $(if $(DISTRACTORS),--distractors $(DISTRACTORS)) $(if $(FOR),--minutes $(FOR)) $(if $(MACHINE),--write-docs "$(MACHINE)")

MINUTES ?= 10
soak: $(VENV)/.ready-tests  ## kill workers and restart servers for MINUTES minutes (10), then count what is lost or doubled
	@$(PY) -m bench.serving --scenes chaos --kills 1000000 --minutes $(MINUTES)

system:
	@$(PYTHON) config/machine.py --for demo

$(VENV)/.ready: requirements.lock
	@$(PYTHON) config/machine.py --for demo
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@touch $@

$(VENV)/.ready-tests: $(VENV)/.ready
	@$(PYTHON) config/machine.py --for test
	@touch $@

%.mo: %.po $(VENV)/.ready
	@msgfmt --check-format --output-file=$@ $<

clean:  ## forget the demo: database, media, engines
	rm -rf var
