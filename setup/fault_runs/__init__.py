"""Long fault runs: `setup/faults NAME`; each has `main(environment, arguments)`."""
