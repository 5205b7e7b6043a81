# make demo   gradients, LeNet on real digits, a plot          make bench   timings against what is installed
# make test   ruff, pyright, every test                        make docs    the documentation as HTML
# make test-xla   every test on the XLA engine, in .venv-xla
# make bench-check   the ratios to the peers against those of benchmarks/baseline.json
#
# Each target prepares .venv by itself, again only when pyproject.toml changed. Another Python: make test PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# BLAS with more threads than free cores can be many times slower on small products.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

.PHONY: demo test test-xla lint types bench bench-check docs clean

demo: $(VENV)/.demo
	$(BIN)/luojia demo

test: lint types
	$(ONE_THREAD) $(BIN)/python -m pytest -q

XLA := .venv-xla

# Programs are compiled to run once: what LLVM would gain on them is less than it costs. See also tests/quick_compile.py.
# An XLA that does not know a flag ends the process, so that it is asked first.
QUICK_COMPILE := --xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true \
  --xla_cpu_parallel_codegen_split_count=1

# By files, as the tests of one share compiled programs.
test-xla: $(XLA)/.dev
	flags="$(QUICK_COMPILE)"; \
	XLA_FLAGS="$$flags" $(XLA)/bin/python -c "import jax; jax.devices()" 2> /dev/null || flags=; \
	LUOJIA_ENGINE=xla XLA_FLAGS="$$flags" LUOJIA_CHECK_COMPILE=$(if $(QUICK_COMPILE),quick) $(ONE_THREAD) $(XLA)/bin/python -m pytest -q -n 2 --dist loadfile $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/pyright --pythonpath $(BIN)/python

bench: $(VENV)/.dev
	mkdir -p out
	$(ONE_THREAD) $(BIN)/python -m benchmarks --out out/benchmarks.json $(ARGS)

bench-check: $(VENV)/.dev
	$(ONE_THREAD) $(BIN)/python -m benchmarks --cpu --least --check benchmarks/baseline.json $(ARGS)

docs: $(VENV)/.docs
	$(BIN)/sphinx-build -q -W -c docs . docs/_build

clean:
	rm -rf $(VENV) $(XLA) docs/_build docs/jupyter_execute out build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "luojia needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# A stamp says which extras are installed. The order-only | keeps a touched python from causing a reinstall.
$(VENV)/.demo: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[data,viz]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.demo

$(VENV)/.docs: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[docs]'
	@touch $@

$(XLA)/.dev: pyproject.toml
	test -x $(XLA)/bin/python || $(PYTHON) -m venv $(XLA)
	$(XLA)/bin/python -m pip install -q --disable-pip-version-check -e '.[dev,xla]'
	@touch $@
