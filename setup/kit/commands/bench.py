"""setup/bench [NAME [arguments]]: the measurements of setup/benchmarks/, or `list`.

`setup/bench --peers` is `setup/bench peers`.
Each prints a table. The embedded PostgreSQL keeps its promises to the disk meanwhile.
"""

from .. import environment, postgres, programs


def main(arguments):
    """Measure with the disk guarantees of a production server."""
    if arguments[:1] == ["--peers"]:
        arguments = ["peers", *arguments[1:]]
    with environment.ready() as env:
        if arguments == ["list"] or not env.server.embedded:
            return programs.run("benchmarks", env, arguments)
        postgres.durable(True)
        try:
            return programs.run("benchmarks", env, arguments)
        finally:
            postgres.durable(False)
