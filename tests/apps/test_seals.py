"""Issue 2, done when 5: the database refuses to change what is sealed, and verify finds what was changed in spite of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.audit.models import Event
from shuzhi.apps.audit.report_seals import version_hash
from shuzhi.apps.audit.sealing import SEALED_TABLES, missing_triggers, verbs
from shuzhi.apps.books.models import Posting
from shuzhi.apps.books.reconciling import reconcile, verify
from shuzhi.apps.ledgers.models import Revision
from shuzhi.apps.reports.models import Report, ReportVersion
from tests.support.office import FIRST, SECOND, Office

MODELS = {
    "revision": Revision,
    "posting": Posting,
    "event": Event,
    "report_version": ReportVersion,
}


@pytest.fixture
def kept(office: Office) -> Office:
    """Four approved rows in one village, one in another."""
    for plot in ("001", "002", "003", "004"):
        office.record("orchard", FIRST, plot=plot, date="2023-03-01", bearing="2", young="1")
    office.record("orchard", SECOND, plot="001", date="2023-03-01", bearing="5", young="0")
    report = Report.objects.create(
        number="r", template="t", template_version=1, organisation_id=1, year=2023, as_of=1, actor="县会计", at="x",
        figures="{}", missing="[]", version=2,
    )  # fmt: skip
    previous = ""
    for number in (1, 2):
        fields = [number, "r", number, "make", "县会计", "x", "", 1, "{}"]
        sealed = version_hash(previous, fields)
        ReportVersion(
            seq=number, report=report, number=number, action="make", actor="县会计", at="x", as_of=1, content="{}",
            previous=previous, hash=sealed,
        ).save(force_insert=True)  # fmt: skip
        previous = sealed
    assert office.is_sound()
    return office


def _refused(act: Callable[[], object]) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        act()
    return str(error.value)


def _unseal(table: str) -> None:
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    for verb in verbs(connection.vendor, table):
        storage.execute(f"DROP TRIGGER {table}_no_{verb}{on}")


def _seal_again(table: str) -> None:
    from django.apps import apps

    from shuzhi.apps.audit.sealing import seal

    with connection.schema_editor() as editor:
        seal(table)[0](apps, editor)


def _codes() -> list[str]:
    return [p.code for p in verify().problems]


def _broken() -> list[tuple[object, object]]:
    """(organisation, seq) of every first broken revision."""
    return [
        (p.params["organisation"], p.params["seq"])
        for p in verify().problems
        if p.code == "VERIFY_001"
    ]


@pytest.mark.parametrize("table", SEALED_TABLES)
def test_what_is_sealed_cannot_be_changed_through_the_orm(kept: Office, table: str) -> None:
    model = MODELS[table]
    column = {
        "revision": "payload", "posting": "subject", "event": "params", "report_version": "content",
    }[table]  # fmt: skip
    before = model.objects.count()

    assert "sealed" in _refused(lambda: model.objects.update(**{column: "x"}))
    assert "sealed" in _refused(lambda: model.objects.all()._raw_delete("default"))
    one = model.objects.order_by("seq").last()
    setattr(one, column, "x")
    assert "sealed" in _refused(one.save)

    assert model.objects.count() == before > 0
    assert not model.objects.filter(**{column: "x"}).exists()


@pytest.mark.parametrize("table", SEALED_TABLES)
def test_what_is_sealed_cannot_be_changed_by_sql(kept: Office, table: str) -> None:
    statements = [
        f"UPDATE {table} SET seq = seq + 1000",
        f"UPDATE {table} SET seq = seq WHERE 1 = 0" if connection.vendor == "postgresql" else "",
        f"DELETE FROM {table}",
        f"DELETE FROM {table} WHERE seq = (SELECT MAX(seq) FROM {table})",
        f"TRUNCATE {table} CASCADE" if connection.vendor == "postgresql" else "",
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" if connection.vendor == "sqlite" else "",
        f"REPLACE INTO {table} SELECT * FROM {table}" if connection.vendor == "sqlite" else "",
        f"UPDATE OR REPLACE {table} SET seq = 1" if connection.vendor == "sqlite" else "",
    ]  # fmt: skip
    before = storage.fetch(f"SELECT * FROM {table} ORDER BY 1, 2")

    for statement in filter(None, statements):
        assert "sealed" in _refused(lambda text=statement: storage.execute(text)), statement  # type: ignore[misc]

    assert storage.fetch(f"SELECT * FROM {table} ORDER BY 1, 2") == before


def test_a_revision_cannot_be_pushed_out_by_another_with_its_number(kept: Office) -> None:
    if connection.vendor != "sqlite":
        verb = "INSERT INTO revision SELECT seq + 1000, record_id, number"
    else:
        verb = "INSERT OR REPLACE INTO revision SELECT seq + 1000, record_id, number"
    columns = [c for c in _columns("revision") if c not in ("seq", "record_id", "number")]
    quoted = ", ".join(f'"{c}"' for c in columns)
    statement = verb.replace(
        "revision SELECT", f"revision (seq, record_id, number, {quoted}) SELECT"
    )

    _refused(lambda: storage.execute(f"{statement}, {quoted} FROM revision WHERE number = 1"))

    assert kept.is_sound()


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [c.name for c in connection.introspection.get_table_description(cursor, table)]


def test_another_program_cannot_replace_revisions_or_events_either(kept: Office) -> None:
    """A bare connection has none of Shuzhi's pragmas; the triggers alone must hold."""
    if connection.vendor != "sqlite":
        assert missing_triggers(connection) == []
        return
    import sqlite3

    bare = sqlite3.connect(kept.url.removeprefix("sqlite:///"))
    try:
        for table in ("revision", "event"):
            with pytest.raises(sqlite3.DatabaseError, match="sealed"):
                bare.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        # a posting may be replaced from outside; reconciling then says which figure is wrong
        columns = 'seq, line, indicator_id, organisation_id, month, "rows", blanks, subject, adjusting, amount'
        bare.execute(
            f"INSERT OR REPLACE INTO posting ({columns}) SELECT {columns} + 10000 FROM posting WHERE amount > 0 LIMIT 1"
        )
        bare.commit()
    finally:
        bare.close()
    assert {p.code for p in reconcile().problems} == {"RECONCILE_002"}


def test_verify_names_the_first_altered_revision(kept: Office) -> None:
    seqs = [
        r[0]
        for r in storage.fetch(
            "SELECT seq FROM revision WHERE payload LIKE %s ORDER BY seq", ['%"001"%']
        )
    ]
    _unseal("revision")
    for seq in seqs:
        storage.execute(
            "UPDATE revision SET payload = replace(payload, '\"2\"', '\"9\"') WHERE seq = %s", [seq]
        )
    last = storage.fetch(
        "SELECT MAX(seq) FROM revision WHERE organisation_id = (SELECT id FROM organisation WHERE code = %s)",
        [FIRST],
    )[0][0]
    storage.execute("UPDATE revision SET reason = '改' WHERE seq = %s", [last])
    _seal_again("revision")

    assert _broken() == [("甲村", seqs[0])]


@pytest.mark.parametrize(
    "column",
    ["payload", "occurred_on", "actor", "at", "reason", "source", "action", "number", "ledger_version", "locked_through", "previous", "hash"],
)  # fmt: skip
def test_no_column_of_a_revision_can_be_altered_unnoticed(kept: Office, column: str) -> None:
    seq = storage.fetch("SELECT MIN(seq) FROM revision")[0][0]
    value: object = 77 if column in ("number", "ledger_version", "locked_through") else "x"
    _unseal("revision")
    storage.execute(f"UPDATE revision SET {column} = %s WHERE seq = %s", [value, seq])
    _seal_again("revision")

    assert _broken() == [("甲村", seq)]


def test_a_revision_moved_to_another_village_is_found(kept: Office) -> None:
    seq = storage.fetch("SELECT MIN(seq) FROM revision")[0][0]
    _unseal("revision")
    storage.execute(
        "UPDATE revision SET organisation_id = (SELECT id FROM organisation WHERE code = %s) WHERE seq = %s",
        [SECOND, seq],
    )
    _seal_again("revision")

    assert ("乙村", seq) in _broken()


def test_verify_names_the_revision_after_a_deleted_one(kept: Office) -> None:
    first, second, third = (
        r[0] for r in storage.fetch("SELECT seq FROM revision ORDER BY seq LIMIT 3")
    )
    _unseal("revision")
    storage.execute("DELETE FROM revision WHERE seq = %s", [second])
    _seal_again("revision")

    assert first < second < third
    assert _broken() == [("甲村", third)]
    assert "VERIFY_006" in _codes()


def test_verify_names_the_first_of_two_swapped_revisions(kept: Office) -> None:
    one, other = (
        r[0]
        for r in storage.fetch(
            "SELECT seq FROM revision WHERE action = 'create' ORDER BY seq LIMIT 2"
        )
    )
    _unseal("revision")
    for old, new in ((one, -1), (other, one), (-1, other)):
        storage.execute("UPDATE revision SET seq = %s WHERE seq = %s", [new, old])
    _seal_again("revision")

    assert _broken() == [("甲村", one)]


def test_a_chain_cut_off_at_its_end_is_found(kept: Office) -> None:
    _unseal("revision")
    storage.execute(
        "DELETE FROM revision WHERE seq = (SELECT MAX(seq) FROM revision WHERE organisation_id = "
        "(SELECT id FROM organisation WHERE code = %s))",
        [SECOND],
    )
    _seal_again("revision")

    found = [p for p in verify().problems if p.code == "VERIFY_002"]
    assert [(p.params["organisation"], p.params["expected"], p.params["found"]) for p in found] == [
        ("乙村", 2, 1)
    ]


def test_a_whole_chain_taken_away_is_found(kept: Office) -> None:
    _unseal("revision")
    place = storage.fetch("SELECT id FROM organisation WHERE code = %s", [SECOND])[0][0]
    storage.execute("DELETE FROM revision WHERE organisation_id = %s", [place])
    _seal_again("revision")

    assert {"VERIFY_002", "VERIFY_006"} <= set(_codes())


@pytest.mark.parametrize("table", SEALED_TABLES)
def test_a_missing_trigger_is_named(kept: Office, table: str) -> None:
    _unseal(table)

    named = {p.params["trigger"] for p in verify().problems if p.code == "VERIFY_003"}

    assert named == {f"{table}_no_{verb}" for verb in verbs(connection.vendor, table)}


def test_a_trigger_that_refuses_nothing_is_named(kept: Office) -> None:
    if connection.vendor == "postgresql":
        storage.execute(
            "CREATE OR REPLACE FUNCTION shuzhi_sealed() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        )
        expected = {f"{t}_no_{v}" for t in SEALED_TABLES for v in verbs("postgresql", t)}
    else:
        storage.execute("DROP TRIGGER revision_no_update")
        storage.execute(
            "CREATE TRIGGER revision_no_update BEFORE UPDATE ON revision BEGIN SELECT 1; END"
        )
        expected = {"revision_no_update"}

    assert set(missing_triggers(connection)) == expected


def test_a_trigger_switched_off_is_named(kept: Office) -> None:
    if connection.vendor == "sqlite":
        assert missing_triggers(connection) == []  # SQLite has no switch, only DROP
        return
    storage.execute("ALTER TABLE revision DISABLE TRIGGER revision_no_delete")

    assert missing_triggers(connection) == ["revision_no_delete"]


def test_the_event_log_names_its_first_altered_event(kept: Office) -> None:
    seqs = [r[0] for r in storage.fetch("SELECT seq FROM event ORDER BY seq")]
    _unseal("event")
    storage.execute("UPDATE event SET actor = '别人' WHERE seq IN (%s, %s)", [seqs[3], seqs[5]])
    _seal_again("event")

    found = [p for p in verify().problems if p.code == "VERIFY_004"]
    assert [p.params["seq"] for p in found] == [seqs[3]]


def test_an_event_taken_out_of_the_middle_is_found(kept: Office) -> None:
    seqs = [r[0] for r in storage.fetch("SELECT seq FROM event ORDER BY seq")]
    _unseal("event")
    storage.execute("DELETE FROM event WHERE seq = %s", [seqs[3]])
    _seal_again("event")

    found = [p for p in verify().problems if p.code == "VERIFY_004"]
    assert [p.params["seq"] for p in found] == [seqs[4]]


@pytest.mark.parametrize("condition", ["seq = (SELECT MAX(seq) FROM event)", "seq > 0"])
def test_an_event_log_cut_off_at_its_end_is_found(kept: Office, condition: str) -> None:
    _unseal("event")
    storage.execute(f"DELETE FROM event WHERE {condition}")
    _seal_again("event")

    assert "VERIFY_005" in _codes()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE cell SET amount = amount + 1 WHERE amount > 0", "RECONCILE_001"),
        ("UPDATE cell SET blanks = blanks + 1", "RECONCILE_001"),
        ("DELETE FROM cell", "RECONCILE_001"),
        ("UPDATE record SET number = number + 1", "VERIFY_006"),
        ("UPDATE record SET current = 2 WHERE current = 1", "VERIFY_006"),
    ],
)
def test_tables_that_are_not_sealed_are_checked_against_those_that_are(
    kept: Office, statement: str, code: str
) -> None:
    storage.execute(statement)

    assert {p.code for p in [*verify().problems, *reconcile().problems]} == {code}


def test_a_posting_altered_behind_the_seal_is_named_with_unit_month_and_indicator(
    kept: Office,
) -> None:
    _unseal("posting")
    storage.execute(
        "UPDATE posting SET amount = amount + 10000 WHERE seq = (SELECT MIN(seq) FROM posting) AND indicator_id = "
        "(SELECT id FROM indicator WHERE key = 'orchard_area')"
    )
    _seal_again("posting")

    (problem,) = reconcile().problems
    assert problem.code == "RECONCILE_002"
    assert {k: problem.params[k] for k in ("organisation", "month", "indicator", "expected", "found")} == {
        "organisation": "甲村", "month": 202303, "indicator": "orchard_area", "expected": "12", "found": "13",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("subject = 'H9' WHERE subject <> ''", "RECONCILE_003"),
        ("month = month + 1", "RECONCILE_002"),
        ('"rows" = 0, blanks = 1', "RECONCILE_002"),
    ],
)
def test_no_posting_can_be_altered_unnoticed(office: Office, change: str, code: str) -> None:
    office.record(
        "orchard", FIRST, plot="001", household="H1", date="2023-03-01", bearing="2", young="1"
    )
    _unseal("posting")
    storage.execute(f"UPDATE posting SET {change}")
    _seal_again("posting")

    assert code in {p.code for p in reconcile().problems}


def test_an_event_needs_a_known_code_and_an_actor(office: Office) -> None:
    for code, actor in (("book.burnt", "镇办"), ("book.closed", "")):
        with pytest.raises(RuntimeError), transaction.atomic():
            audit.note(code, actor=actor)


def test_sequence_numbers_are_taken_inside_a_transaction(office: Office) -> None:
    with pytest.raises(RuntimeError):
        audit.take(1)
