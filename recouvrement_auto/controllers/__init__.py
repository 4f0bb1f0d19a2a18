from . import (
    portal,
    portal_answers,
    portal_files,
    portal_payment,
    portal_plan,
    portal_short,
)
