"""One module per command of the folder `setup/`."""
