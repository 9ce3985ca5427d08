PYTHON ?= python3

.PHONY: setup run test bench soak lint stop reset

setup: ; @$(PYTHON) config/bootstrap setup
run: ; @$(PYTHON) config/bootstrap run $(if $(PORT),--port $(PORT)) $(if $(DB),--db $(DB))
test: ; @$(PYTHON) config/bootstrap test $(ARGS)
bench: ; @$(PYTHON) config/bootstrap bench
soak: ; @$(PYTHON) config/bootstrap soak
lint: ; @$(PYTHON) config/bootstrap lint
stop: ; @$(PYTHON) config/bootstrap stop
reset: ; @$(PYTHON) config/bootstrap reset
