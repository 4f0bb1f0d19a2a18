"""Measurements: `setup/bench NAME`; each module has `main(environment, arguments)`."""
