"""The page of a job: the same after a reload, stopped from there, and nobody else's."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from shuzhi.apps.jobs.actions import start
from shuzhi.apps.jobs.models import Job
from shuzhi.apps.jobs.queries import problem_to_json
from shuzhi.core.problems import Problem
from tests.support.office import FIRST, Office
from tests.web.conftest import client_of


def text(answer: Any) -> str:
    """The page as text."""
    return str(answer.content.decode())


def job(office: Office, **changes: object) -> str:
    """Address of a job's page."""
    made = start(office.actor("村会计"), "import.commit", FIRST, {"upload": "none"})
    Job.objects.filter(number=made.number).update(**changes)
    return reverse("job", kwargs={"number": made.number})


def test_a_job_that_is_not_over_asks_again_with_and_without_scripts(web: Office) -> None:
    address = job(web)
    shown = text(client_of("村会计").get(address))

    assert f'hx-get="{address}"' in shown
    assert '<noscript><meta http-equiv="refresh"' in shown
    part = text(client_of("村会计").get(address, headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert 'id="job"' in part


def test_a_job_that_is_over_asks_no_more_and_links_its_result(web: Office) -> None:
    result = {"page": "import", "address": {"unit": FIRST}, "created": 12_345}
    shown = text(client_of("村会计").get(job(web, state="done", result=result)))

    assert "hx-get" not in shown.split("<main")[1]
    assert "12,345" in shown
    assert reverse("import", kwargs={"unit": FIRST}) in shown


def test_a_result_of_a_page_that_is_gone_is_no_fault(web_sqlite: Office) -> None:
    result = {"page": "no-such-page", "address": {}}

    assert client_of("村会计").get(job(web_sqlite, state="done", result=result)).status_code == 200


def test_what_went_wrong_is_said_in_the_page_s_language(web_sqlite: Office) -> None:
    problems = [problem_to_json(Problem("JOB_001", {"fault": "1a2b"}))]
    address = job(web_sqlite, state="failed", problems=problems)

    assert "程序出错（编号 1a2b）" in text(client_of("村会计").get(address))
    assert "the program failed (number 1a2b)" in text(client_of("村会计", "en").get(address))


def test_a_job_is_stopped_from_its_page(web: Office) -> None:
    address = job(web)
    client = client_of("村会计")

    assert client.post(address + "cancel/")["Location"] == address
    assert Job.objects.get().state == "cancelled"
    shown = text(client.get(address))
    assert "已取消" in shown
    client.post(address + "cancel/")
    assert "JOB_004" in text(client.get(address))


def test_a_job_of_somebody_else_is_not_found(web: Office) -> None:
    address = job(web)

    assert client_of("镇会计").get(address).status_code == 404
    assert client_of("镇会计").post(address + "cancel/").status_code == 404
    assert client_of("管理员").get(address).status_code == 200
    assert client_of("").get(address).status_code == 302
