"""Pure Python of the suite: standard library only, never Odoo."""
