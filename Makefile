# Two commands are all you need: `make lab` to read, `make test` to check. Both set up what they need.

PYTHON ?= python3

.PHONY: help lab test check

help:  ## this list
	@echo "Next Word: build a language model, one notebook at a time"
	@echo
	@sed -n 's/^\([a-z]*\):  *## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "Without make: $(PYTHON) tools/setup.py lab (on Windows: py tools/setup.py lab)"

lab:  ## open the course in your browser
	@$(PYTHON) tools/setup.py lab $(ARGS)

test:  ## run every test: library, exercises, notebooks, browser
	@$(PYTHON) tools/setup.py test $(ARGS)

check:  ## the quick ones among the tests
	@$(PYTHON) tools/setup.py check $(ARGS)
