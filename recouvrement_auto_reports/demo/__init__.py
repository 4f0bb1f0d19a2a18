from . import (
    recouvrement_demo_second,
    recouvrement_demo_auditor,
    recouvrement_demo_loss,
)
