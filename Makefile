# Two commands: `make repro` rebuilds everything, `make test` passes the tests. `make help` lists the rest.
# PyTorch comes first and by itself. TORCH_INDEX names the package index to take it from, for instance
# the CPU or a CUDA index that pytorch.org/get-started shows; empty means pip's own.
PYTHON ?= python3
TORCH_INDEX ?=
RESOLUTION ?= highest
TORCH := torch==2.13.0
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
NOT_LOCKED := torch triton cuda-bindings cuda-pathfinder cuda-toolkit nvidia-cublas nvidia-cuda-cupti \
	nvidia-cuda-nvrtc nvidia-cuda-runtime nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-curand \
	nvidia-cusolver nvidia-cusparse nvidia-cusparselt-cu13 nvidia-nccl-cu13 nvidia-nvjitlink \
	nvidia-nvshmem-cu13 nvidia-nvtx
export DVC_NO_ANALYTICS := 1
export MLFLOW_DISABLE_TELEMETRY := true
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false
.DEFAULT_GOAL := help
.PHONY: help repro test test-slow test-long ui report lint bench notebooks lock resolved shipped clean

help:  ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

repro: $(VENV)/runtime  ## rebuild what changed, then print the leaderboard, the verdict and where to look (RECIPE=name takes recipes/name.yaml)
	@$(BIN)/reprocast repro $(if $(RECIPE),--recipe $(RECIPE))

test: $(VENV)/development  ## run the tests (under ten minutes on two cores)
	@$(BIN)/pytest -m "not slow and not long"

test-slow: $(VENV)/development  ## run the tests that take minutes each
	@$(BIN)/pytest -m slow --timeout 1800

test-long: $(VENV)/development  ## run the simulated weeks and the rounds that are killed (twenty minutes on two cores)
	@$(BIN)/pytest -m long --timeout 1800

ui: $(VENV)/runtime  ## open the MLflow UI on the runs of this folder
	@$(BIN)/reprocast ui

report: $(VENV)/runtime  ## render reports/report.html and report.md again
	@$(BIN)/reprocast report

lint: $(VENV)/development  ## check formatting, style and types
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy

bench: $(VENV)/development  ## measure what the documentation claims (long memory apart: docs/accuracy.md)
	@for script in files validate windows significance; do echo "== bench/$$script.py"; $(BIN)/python bench/$$script.py || exit 1; done

notebooks: $(VENV)/development  ## run the notebooks and store what they show (03-compare needs `make repro`)
	@$(BIN)/python notebooks/run.py

lock: $(VENV)/development  ## resolve the dependencies anew into requirements/
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate $(addprefix --no-emit-package ,$(NOT_LOCKED)) requirements/build.in pyproject.toml -o requirements/runtime.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate $(addprefix --no-emit-package ,$(NOT_LOCKED)) -c requirements/runtime.txt \
		--extra dev requirements/build.in pyproject.toml -o requirements/dev.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate $(addprefix --no-emit-package ,$(NOT_LOCKED)) -c requirements/dev.txt \
		--extra s3 requirements/build.in pyproject.toml -o requirements/production.txt

resolved: $(VENV)/torch  ## install the lowest or the newest packages that pyproject.toml allows (RESOLUTION=lowest-direct or highest)
	@$(PIP) uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --resolution $(RESOLUTION) --editable '.[dev]'
	@touch $(VENV)/runtime $(VENV)/development

shipped: $(VENV)/development  ## copy what `reprocast new` writes into the package
	@$(BIN)/python tests/contract/test_shipped_project.py

clean:  ## delete the environment and all outputs (DVC's cache and MLflow's runs stay)
	@rm -rf $(VENV) .reprocast data/raw data/validated data/windows models results reports

$(VENV)/torch: Makefile
	@$(PYTHON) -c 'import sys; sys.exit("reprocast needs Python 3.11, 3.12 or 3.13, this is " + sys.version.split()[0] + "; say make PYTHON=python3.12 …" if not (3, 11) <= sys.version_info[:2] <= (3, 13) else 0)'
	@echo "Creating $(VENV) and installing $(TORCH) …"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $(TORCH)
	@touch $@

$(VENV)/runtime: $(VENV)/torch requirements/runtime.txt pyproject.toml
	@echo "Installing the locked packages (one to two minutes) …"
	@$(PIP) --require-hashes -r requirements/runtime.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/production: $(VENV)/torch requirements/production.txt pyproject.toml
	@echo "Installing the locked packages of a scheduled round …"
	@$(PIP) --require-hashes -r requirements/production.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/development: $(VENV)/runtime requirements/dev.txt
	@echo "Installing the locked development packages …"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
