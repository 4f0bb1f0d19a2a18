"""Odoo's command line as a file: a server with workers starts itself again by this path."""

from odoo.cli.command import main

main()
