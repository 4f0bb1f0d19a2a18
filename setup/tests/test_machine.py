"""What differs from machine to machine: long paths, taken ports, a killed run before ours."""

import configparser
import os
import socket
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from kit import odoo_conf, odoo_source, paths, ports, postgres, pytest_odoo

LIMIT = 107  # bytes of the path of a socket


@pytest.mark.parametrize("letter", ["x", "é"])
@pytest.mark.parametrize("length", [40, 77, 78, 79, 80, 200])
@pytest.mark.parametrize("temporary", ["/tmp", "/tmp/" + "t" * 150])
def test_the_path_of_the_socket_fits(monkeypatch, letter, length, temporary):
    cache = "/" + letter * length
    monkeypatch.setattr(paths, "CACHE", Path(cache))
    monkeypatch.setattr(tempfile, "tempdir", temporary)
    monkeypatch.setattr(postgres, "_is_reachable", lambda _folder, _account: True)
    home = postgres._home()
    assert len(os.fsencode(home / "socket" / ".s.PGSQL.5432")) <= LIMIT
    inside = len(os.fsencode(cache)) + len("/postgres/socket/.s.PGSQL.5432") <= LIMIT
    assert (home == Path(cache) / "postgres") == inside


def test_a_folder_out_of_reach_is_not_taken(monkeypatch):
    monkeypatch.setattr(paths, "CACHE", Path("/private/cache"))
    monkeypatch.setattr(tempfile, "tempdir", "/private/tmp")
    monkeypatch.setattr(
        postgres,
        "_is_reachable",
        lambda folder, _: not folder.is_relative_to("/private"),
    )
    assert postgres._home().parent == Path("/tmp")


def test_the_browser_gets_a_short_temporary_folder(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/tmp")
    assert pytest_odoo.short_temporary() == {}
    monkeypatch.setattr(tempfile, "tempdir", "/tmp/" + "t" * 120)
    assert pytest_odoo.short_temporary() == {"TMPDIR": "/tmp"}


def test_a_free_port_is_one_that_no_outgoing_connection_gets(monkeypatch):
    with socket.create_server((ports.ADDRESS, ports.free())) as taken:
        port = taken.getsockname()[1]
        assert ports.LOWEST <= port <= ports.HIGHEST
        drawn = iter([port, port, port + 1, *range(ports.LOWEST, ports.HIGHEST)])
        draw = SimpleNamespace(randint=lambda _low, _high: next(drawn))
        monkeypatch.setattr(ports.random, "SystemRandom", lambda: draw)
        assert ports.free() != port


def test_two_commands_write_the_configuration_at_once(monkeypatch, tmp_path):
    environment = SimpleNamespace(
        source=odoo_source.OdooSource("test", tmp_path), server=postgres.Server()
    )
    path = tmp_path / "odoo.conf"
    rename = Path.rename

    def meanwhile(self, target):
        """The other one comes between our writing and our renaming."""
        monkeypatch.setattr(Path, "rename", rename)
        monkeypatch.setattr(os, "getpid", lambda: 1)
        odoo_conf.write(environment, path, http_port=2)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", meanwhile)
    odoo_conf.write(environment, path, http_port=1)
    parser = configparser.ConfigParser()
    parser.read(path)
    assert parser["options"]["http_port"] == "1"
    assert [found.name for found in tmp_path.iterdir()] == ["odoo.conf"]


def test_autovacuum_rests_during_the_tests_and_works_again(monkeypatch):
    said = []
    quiet = SimpleNamespace(rows=said.append)
    monkeypatch.setattr(postgres, "SUPERUSER", quiet)
    with pytest.raises(KeyError), postgres.undisturbed(postgres.EMBEDDED):
        assert said[0] == "ALTER SYSTEM SET autovacuum = off"
        raise KeyError
    assert said[2] == "ALTER SYSTEM RESET autovacuum"
    assert said[1] == said[3] == "SELECT pg_reload_conf()"
    with postgres.undisturbed(postgres.Server()):  # the user's own is left alone
        assert len(said) == 4
