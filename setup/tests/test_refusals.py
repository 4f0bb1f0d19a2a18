"""What set-up says when it cannot go on."""

import socket
import sys

import pytest
from kit import debian_odoo, odoo_source, paths, ports, programs, system_packages, venv
from kit.errors import SetupError


def test_an_old_python_is_refused_with_the_versions_that_work(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SetupError, match=r"Python 3\.9\.2; .* 3\.10 to 3\.13"):
        venv.check_python()


def test_a_taken_port_is_refused():
    with socket.create_server((ports.ADDRESS, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError, match=f"Port {port} is taken"):
            ports.required(port)
        assert ports.preferred(port) != port


def test_a_full_disk_is_refused():
    paths.prepare_cache()
    with pytest.raises(SetupError, match="GB free"):
        paths.require_disk(needed=10**18)


def test_a_path_without_odoo_19_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("ODOO_PATH", str(tmp_path))
    with pytest.raises(SetupError, match="no Odoo 19.0 there"):
        odoo_source.find()


def test_a_path_to_odoo_19_comes_before_all_others(monkeypatch, tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (19, 0, 0, FINAL)")
    monkeypatch.setenv("ODOO_PATH", str(tmp_path / "odoo"))
    assert odoo_source.find().python_path == tmp_path


def test_every_source_out_of_reach_is_said_with_what_to_do(monkeypatch):
    def unreachable():
        raise SetupError("out of reach")

    monkeypatch.setattr(debian_odoo, "unpack", unreachable)
    monkeypatch.setattr(odoo_source, "_clone", unreachable)
    with pytest.raises(SetupError, match="ODOO_PATH=/path/to/odoo"):
        odoo_source._fetch()


def test_a_missing_package_is_named_with_its_command(monkeypatch):
    monkeypatch.setattr(system_packages.shutil, "which", lambda _program: None)
    with pytest.raises(SetupError, match="sudo apt-get install .* wkhtmltopdf"):
        system_packages.ensure(("wkhtmltopdf",))


def test_an_unknown_program_is_answered_with_the_known_ones():
    with pytest.raises(SetupError, match="no program nonsense"):
        programs.run("benchmarks", None, ["nonsense"])
