"""A copied database may not send before an administrator confirms what it is.

Set-up makes copies by design and confirms them through the very method that the
administrator's page calls; the lock itself is never switched off.
"""

CONFIRM = """
fingerprint = env.get("recouvrement.fingerprint")
if fingerprint is not None:
    fingerprint._confirm()
"""
