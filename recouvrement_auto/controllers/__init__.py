from . import portal, portal_files, portal_payment
