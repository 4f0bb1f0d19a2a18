"""What a person is told when the set-up cannot go on."""


class SetupError(Exception):
    """A problem with a sentence that says what is wrong and what to do."""
