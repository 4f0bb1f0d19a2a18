"""Which rights the roles have on the models of an add-on, for the tables of its tests."""

ROLES = ("salesperson", "agent", "manager", "auditor")
LETTERS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


def own_models(registry, module):
    """Names of the models that ``module`` brings, abstract ones left out."""
    return {
        name
        for name, model in registry.items()
        if model._original_module == module and not model._abstract
    }


def rights_on(model):
    """Letters of what the user of ``model`` may do on it: ``r``, ``rwcd``."""
    model = model.browse()
    return "".join(
        letter for letter, operation in LETTERS.items() if model.has_access(operation)
    )
