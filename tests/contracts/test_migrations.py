"""The migrations are complete: the models ask for no change that is not written down."""

from __future__ import annotations

from typing import Any

from tests.support.office import database, set_up_django


def _unwritten(change: Any = None) -> dict[str, list[str]]:
    """What ``makemigrations`` would write, by app; `change` may alter the state of the models first."""
    set_up_django()
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(None)
    present = ProjectState.from_apps(apps)
    if change is not None:
        change(present)
    found = MigrationAutodetector(loader.project_state(), present).changes(loader.graph)
    return {
        app: [
            operation.describe() for migration in migrations for operation in migration.operations
        ]
        for app, migrations in found.items()
        if apps.get_app_config(app).name.startswith("shuzhi.")  # the libraries' are theirs
    }


def test_the_models_need_no_new_migration():
    assert _unwritten() == {}


def test_the_check_sees_a_model_that_was_changed():
    from django.db import models

    def add_colour(state: Any) -> None:
        colour = models.CharField(max_length=8, default="")
        state.models["books", "book"].fields["colour"] = colour

    assert _unwritten(add_colour) == {"books": ["Add field colour to book"]}


def test_a_new_sqlite_database_has_its_seals_and_its_clustered_tables(tmp_path):
    with database("sqlite", tmp_path):
        from django.db import connection

        from shuzhi.apps.audit.sealing import missing_triggers

        assert missing_triggers(connection) == []
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE sql LIKE '%%WITHOUT ROWID%%' ORDER BY name"
            )
            assert [row[0] for row in cursor.fetchall()] == ["cell", "participation", "posting"]
