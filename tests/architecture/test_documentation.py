"""Docs lag behind code unless a test says so."""

import json
import re
import subprocess
import tomllib
from collections import Counter

import pytest

from analytics.registry.events import EVENT_TYPES
from analytics.registry.reports import REPORTS
from analytics.registry.rollups import MATERIALIZED_VIEWS, ROLLUPS
from analytics.report.computed import COMPUTED
from analytics.store.event import COLUMNS
from analytics.store.models import Event
from analytics.store.report_files import STANDS_FOR
from analytics.store.views import FOLDER, declared_views
from tests.architecture.sources import PACKAGES, ROOT, python_files
from zuka.celery import app
from zuka.platform.config import SETTINGS
from zuka.platform.documents import our_commands, stale_documents
from zuka.schedule import SCHEDULE


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def test_pages_made_from_declarations_are_up_to_date():
    assert stale_documents(write=False) == []


def test_every_setting_and_command_is_documented_with_a_sentence():
    assert [each.name for each in SETTINGS if f"`{each.name}`" not in read("docs/settings.md") or not each.text] == []
    assert [
        name
        for name, text in our_commands().items()
        if f"manage.py {name}`" not in read("docs/commands.md") or not text
    ] == []


def test_every_setting_has_an_effect():
    """One that nothing reads would promise what the code does not do."""
    readers = [path for path in python_files("zuka", "analytics", "commerce", "pets") if path.name != "config.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in readers)
    uses = {each.name: len(re.findall(rf"\b{each.name}\b", text)) for each in SETTINGS}
    direct = {"LOG_LEVEL", "LOG_FORMAT", "ERRORS_DSN"}  # handed to logging at once
    assert [name for name, count in uses.items() if count < 2 and name not in direct] == []


@pytest.mark.parametrize("folder", [*PACKAGES, "zuka/platform", "bench", "tests"])
def test_each_package_has_a_page_of_its_own(folder):
    lines = read(f"{folder}/README.md").splitlines()
    assert lines[0].startswith("# ")
    assert 5 < len(lines) <= 90


def test_the_readme_gives_the_two_commands_and_the_changelog_the_version():
    readme = read("README.md")
    assert [command in readme for command in ("./run.sh up", "./run.sh test")] == [True, True]
    assert f"## {version()}" in read("CHANGELOG.md")


def version():
    return tomllib.loads(read("pyproject.toml"))["project"]["version"]


def test_the_record_and_the_table_of_events_have_the_same_columns():
    assert [field.column for field in Event._meta.fields] == list(COLUMNS)


def test_every_rollup_and_report_has_its_sql_and_no_file_is_left_over():
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.sql")}
    expected = {f"rollups/{name}.sql" for name in ROLLUPS}
    for report in REPORTS.values():
        expected |= {f"reports/{report.id}.sql"}
        expected |= {f"reports/{report.id}_totals.sql"} if report.has_totals else set()
        expected |= {f"reports/{report.id}_series.sql"} if report.has_series else set()
    declared = {path for path in files if path.startswith(("rollups/", "reports/")) and "/span/" not in path}
    assert declared == expected
    assert {view.name for view in declared_views()} >= MATERIALIZED_VIEWS.keys()


def test_what_reports_share_is_said_by_more_than_one():
    files = [path for folder in ("reports", "erasure", "shared") for path in sorted((FOLDER / folder).glob("*.sql"))]
    texts = [path.read_text() for path in files if path.stem not in COMPUTED]  # those are put together in other ways
    named = Counter(name for text in texts for name in STANDS_FOR.findall(text))
    assert set(named) == {path.stem for path in (FOLDER / "shared").glob("*.sql")}
    assert [name for name, times in named.items() if times < 2] == []


def test_every_scheduled_job_is_a_task_that_exists():
    app.loader.import_default_modules()
    assert [job.task for job in SCHEDULE if job.task not in app.tasks] == []


def test_examples_of_events_are_json():
    for each in EVENT_TYPES.values():
        assert json.loads(json.dumps(dict(each.example))) == dict(each.example)


def test_locks_name_no_host():
    locks = sorted(path.name for path in ROOT.glob("*.lock"))
    assert locks == [
        *("requirements-clickhouse.lock", "requirements-dev.lock", "requirements-local.lock", "requirements-olap.lock"),
        "requirements.lock",
    ]
    assert [name for name in locks if "://" in read(name)] == []


def test_only_what_is_meant_stands_at_the_top():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    top = {path.split("/")[0] for path in listed if path}
    assert top <= {
        *PACKAGES,
        *(
            "templates",
            "tests",
            "bench",
            "docs",
            ".ci",
            "manage.py",
            "pyproject.toml",
            "docker-compose.yml",
            "Dockerfile",
        ),
        *("run.sh", "README.md", "CHANGELOG.md", ".gitignore", ".dockerignore", ".env.example"),
        *("requirements.lock", "requirements-local.lock", "requirements-dev.lock"),
        *("requirements-clickhouse.lock", "requirements-olap.lock"),
    }
