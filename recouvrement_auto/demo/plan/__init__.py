"""The demo company as a plan: pure Python, no Odoo, one result for one day."""
