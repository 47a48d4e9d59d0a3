# `make` alone prints this menu. Every target is one line that calls `recon`; set-up is done when it is missing.
.DEFAULT_GOAL := help
.PHONY: setup demo load transform reconcile daily alert check report explain annotate close reopen accruals disputes statements sql notebook notebooks-html doctor sandbox test lint prove bench docs clean help
SHELL := /bin/sh
VENV := .venv
RUN := $(VENV)/bin/recon
READY := $(VENV)/ready
# Which partner, where there are several: make reconcile PROFILE=contoso
ifdef PROFILE
export RECON_PROFILE := $(PROFILE)
endif

##@ First
setup: $(READY) ## Create .venv and install the locked dependencies and the project
demo: $(READY) ## The whole job on the built-in sandbox: no credentials, no network
	@$(RUN) demo
doctor: $(READY) ## Settings, sign-in, clock, disk, lock, versions, last load
	@$(RUN) doctor

##@ Daily
load: $(READY) ## Pull what is new (RESOURCES="orders entitlements" for some)
	@$(RUN) load $(RESOURCES)
transform: $(READY) ## Build and check the models; publishes nothing
	@$(RUN) transform
reconcile: $(READY) ## Load, transform, publish, and one statement per currency
	@$(RUN) run
check: $(READY) ## The verdict (make exits 2 unless clean; `.venv/bin/recon check` tells which)
	@$(RUN) check $(ARGS)
daily: $(READY) ## The whole day for a schedule: load, reconcile, report, clear up, alert; quiet
	@$(RUN) daily $(ARGS)
alert: $(READY) ## Tell the webhook what it was not told yet (ARGS="--dry-run" shows it)
	@$(RUN) alert $(ARGS)

##@ Looking
report: $(READY) ## Excel workbook and HTML page of the published result (ARGS="--period 2026-09")
	@$(RUN) report $(ARGS)
explain: $(READY) ## Why a break or a line is what it is (ARGS="BREAK_ID")
	@$(RUN) explain $(ARGS)
annotate: $(READY) ## Import notes about breaks (ARGS="notes.csv")
	@$(RUN) annotate $(ARGS)
close: $(READY) ## Freeze a month, with certificate and evidence (ARGS="2026-09")
	@$(RUN) close $(ARGS)
reopen: $(READY) ## Open a closed month again (ARGS="2026-09 --reason '...'")
	@$(RUN) reopen $(ARGS)
accruals: $(READY) ## Journal of what is ordered and on no invoice (ARGS="--period 2026-09")
	@$(RUN) accruals $(ARGS)
disputes: $(READY) ## Letters to the vendor with evidence (ARGS="BREAK_ID" for some)
	@$(RUN) disputes $(ARGS)
statements: $(READY) ## Invoice PDFs that are not there yet (ARGS="G000024130" for some)
	@$(RUN) statements $(ARGS)
sql: $(READY) ## Read-only query on the published database (ARGS="'select ...'")
	@$(RUN) sql $(ARGS)
notebook: $(READY) ## marimo on notebooks/
	@$(VENV)/bin/marimo edit notebooks
notebooks-html: $(READY) ## Notebooks as html pages in reports/ (ARGS="refunds" for some)
	@$(RUN) notebooks $(ARGS)
sandbox: $(READY) ## The pretend Partner Center alone, until interrupted (ARGS="--port 8080")
	@$(RUN) sandbox $(ARGS)

##@ Development
test: $(READY) ## All tests (PYTEST="-k landing" for some)
	@$(VENV)/bin/python -m pytest -n 2 --dist worksteal $(PYTEST)
lint: $(READY) ## ruff, mypy, sqlfluff
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy && $(VENV)/bin/sqlfluff lint -q -p 2 dbt_project
prove: $(READY) ## Twenty pretend businesses: planted breaks found to the cent, marts computed twice (minutes)
	@$(VENV)/bin/python -m tests.prove $(ARGS)
bench: $(READY) ## Rows a second and peak memory, next to dlt's own REST source
	@$(VENV)/bin/python -m tests.bench
docs: $(READY) ## dbt's documentation as one html file
	@$(VENV)/bin/python -m pipelines.docs
clean: ## Remove build output and caches, never data
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist *.egg-info dbt_project/target dbt_project/logs
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z][a-z-]*:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@sh .ci/setup $(VENV)
	@touch $(READY)
