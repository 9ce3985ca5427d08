PYTHON ?= python3

.PHONY: setup run test lint stop reset

setup: ; @$(PYTHON) config/bootstrap setup
run: ; @$(PYTHON) config/bootstrap run $(if $(PORT),--port $(PORT)) $(if $(DB),--db $(DB))
test: ; @$(PYTHON) config/bootstrap test $(ARGS)
lint: ; @$(PYTHON) config/bootstrap lint
stop: ; @$(PYTHON) config/bootstrap stop
reset: ; @$(PYTHON) config/bootstrap reset
