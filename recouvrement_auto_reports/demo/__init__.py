from . import (
    recouvrement_demo_second,
    recouvrement_demo_auditor,
)
