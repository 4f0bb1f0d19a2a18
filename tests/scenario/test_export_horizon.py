"""A history export that is read in several transactions is one state of the log."""

import csv
import io
import zipfile
from unittest import mock

import pytest
from live import connection, live_database, outside_tests

from odoo.addons.recouvrement_auto_reports.models import recouvrement_export_pages


@pytest.fixture(scope="module")
def name():
    with live_database("horizon") as database, outside_tests():
        with connection(database) as env:
            user = env.ref("base.user_admin")
            user.group_ids += env.ref(
                "recouvrement_auto.recouvrement_auto_group_manager"
            )
        yield database


def append(env, count=1):
    return [
        env["recouvrement.log"]._append(
            "test.event", company=env.company, facts={"number": number}
        )
        for number in range(count)
    ]


def ask(env):
    """A history export that waits for the scheduled action."""
    export = (
        env["recouvrement.export"]
        .with_user(env.ref("base.user_admin"))
        .create({"kind": "history", "company_id": env.company.id})
    )
    export.action_start()
    env.cr.commit()
    return export.sudo()


def numbers(export):
    """Ids of the entries in the CSV of the archive, in its order, and the manifest."""
    assert (export.state, export.message) == ("done", False)
    with zipfile.ZipFile(io.BytesIO(export.attachment_id.raw)) as archive:
        [table] = [one for one in archive.namelist() if one.endswith(".csv")]
        text = archive.read(table).decode("utf-8-sig")
        manifest = archive.read("manifest.json").decode()
    return [int(row[0]) for row in list(csv.reader(io.StringIO(text)))[1:]], manifest


def test_an_entry_that_commits_meanwhile_is_in_the_next_one(name):
    with connection(name) as env:
        append(env, 4)
    with connection(name) as late, connection(name) as env:
        [lower] = append(late)  # its number is given, its transaction goes on
        append(env, 6)
        env.cr.commit()
        expected = env["recouvrement.log"].search(
            [("company_id", "=", env.company.id)], order="id"
        )
        expected = expected.ids
        assert lower not in expected
        assert expected[0] < lower < expected[-1]
        export = ask(env)
        with (
            mock.patch.object(recouvrement_export_pages, "PAGE", 1),
            mock.patch.object(recouvrement_export_pages, "PART_PAGES", 2),
            mock.patch.object(type(export), "_tick", lambda *args, **kwargs: 0),
        ):
            assert export._make() is False, "the time slice ends after one part"
        assert export.part_ids.entry_count == 2
        env.cr.commit()
        late.cr.commit()  # between two slices, before its number was read
        [higher] = append(late)
        late.cr.commit()
        asked_at = export.horizon_at
        export._make()
        env.cr.commit()
        found, manifest = numbers(export)
        assert found == expected, "every entry of that state once, none of later"
        assert f'"history_as_of": "{asked_at.isoformat()}Z"' in manifest
        assert not export.horizon
        again = ask(env)
        again._make()
        env.cr.commit()
        found, _manifest = numbers(again)
        assert found == sorted(found)
        assert set(found) > {*expected, lower, higher}, "and the export itself"
