"""Installation and removal."""

from odoo.exceptions import UserError


def post_init_hook(env):
    """Freeze the identity of the database, so that a later restore is noticed."""
    env["recouvrement.fingerprint"]._store()


def uninstall_hook(env):
    """Refuse to lose the log: it must have been exported first.

    The export leaves its head in a parameter; removal goes on when nothing newer exists.
    """
    if env["recouvrement.log.export"]._has_unexported():
        raise UserError(
            env._(
                "The collection log has entries that were never exported. Export it "
                "(Collection > Configuration > Log export), then uninstall again."
            )
        )
