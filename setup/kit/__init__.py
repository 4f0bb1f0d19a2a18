"""From a fresh machine to a running, tested Odoo 19 with the three add-ons."""
