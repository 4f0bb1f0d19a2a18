{
    "name": "Seeded defects for the fault runs",
    "version": "19.0.1.0.0",
    "author": "Recouvrement Auto",
    "license": "LGPL-3",
    "depends": ["recouvrement_auto"],
    "installable": False,
}
