# make demo   everything on this machine, with example data       make test   the tests
# make check  lint, format, types, import order                   make test-all  also the slow groups
# make bench  how fast it is, on this machine: about 15 minutes and 6 GB
.PHONY: demo up test test-all consumers bench check format messages lock production-shape clean
PY := .venv/bin/python
# A start reads what an earlier one compiled, whatever the shell that calls us prefers.
unexport PYTHONDONTWRITEBYTECODE

# The demo's encoder is MiniLM, unless ENCODER names another or none; `make up` has only the one that it names.
demo:
	@requirements/install run
	@case "$${ENCODER-minilm}" in "" | hashing) ;; *) requirements/install embed ;; esac
	@exec $(PY) manage.py up --demo

up:
	@requirements/install run
	@case "$${ENCODER-}" in "" | hashing) ;; *) requirements/install embed ;; esac
	@exec $(PY) manage.py up

test:
	@requirements/install lock
	@requirements/install embed
	@requirements/install pii
	@requirements/chromium
	$(PY) -m pytest -n 3

test-all: production-shape
	@requirements/install lock
	@requirements/install embed
	@requirements/install pii
	@requirements/chromium
	$(PY) -m pytest -n 2 --hypothesis-profile thorough -m "slow or not slow"

# The real consumers of releases, in an environment of their own (3 GB), and the tests that they read what we write.
consumers:
	@requirements/install lock
	@[ -x .venv-consumers/bin/python ] || .venv/bin/python -m venv .venv-consumers
	.venv-consumers/bin/pip install --quiet -r requirements/torch.txt -r requirements/consumers.txt
	$(PY) -m pytest -m slow tests/consumers

bench:
	@requirements/install lock
	@requirements/install embed
	@requirements/install pii
	$(PY) -m tests.benchmarks

check:
	@requirements/install lock
	@requirements/install embed
	@requirements/install pii
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports --no-logo
	.venv/bin/mypy
	.venv/bin/djlint templates --lint --quiet
	$(PY) manage.py makemigrations --check --dry-run
	SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))') DATABASE_URL=postgresql:///unused \
	  PUBLIC_URL=https://review.example.org TRUST_PROXY=1 $(PY) manage.py check --deploy --tag security --fail-level WARNING

# Needs GNU gettext; only a translator does (locale/README.md).
messages:
	$(PY) manage.py makemessages --locale de --no-obsolete --no-wrap --add-location file --ignore .venv --ignore tests
	msgfmt --check-format -o locale/de/LC_MESSAGES/django.mo locale/de/LC_MESSAGES/django.po

format:
	.venv/bin/ruff check --fix-only --quiet .
	.venv/bin/ruff format .

lock:
	requirements/compile

# Debian's PostgreSQL and Redis, for the tests of the production shape; those that miss them say so and skip.
production-shape:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && \
	    ! { command -v redis-server && ls /usr/lib/postgresql/*/bin/initdb; } > /dev/null 2>&1; then \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends postgresql redis-server; \
	fi

clean:
	rm -rf .venv .venv-consumers .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info
