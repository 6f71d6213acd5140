"""The page about how soon findings are fixed, its plots and files: true to the API, for those who may see it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import msgspec
import pytest

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant
from callboard.domain.remediation.question import By, Question, read_period
from callboard.domain.remediation.rolled import RollDesign, Rolled
from callboard.domain.remediation.rollout_sums import RolledArm
from callboard.usecases.remediation import measure, measure_channels, plan_rollout
from callboard.usecases.sync import sync
from tests.support.named import NamedDoor, apart, named_door, team
from tests.support.worlds import World


def live(door: NamedDoor) -> None:
    """Eleven findings of the red team live as long as patients do; one of the blue team has a hostile name.

    Their source tells of what was closed before, so that they are watched from their opening; the red team's others are new.
    """
    world = World(door.clock, name="patients")
    today = world.clock.now() // DAY * DAY
    for number, text in enumerate(["9", "13", "13+", "18", "23", "28+", "31", "34", "45+", "48", "61+"]):
        age = int(text.rstrip("+"))
        opened = today - (age if text.endswith("+") else 80) * DAY
        closed = {} if text.endswith("+") else {"state": "fixed", "fixed": opened + age * DAY}
        world.add(f"life-{number}", first=opened, changed=opened, projects=("p-red",), resource="life", **closed)
    long_ago = {"first": today - 200 * DAY, "changed": today - 200 * DAY, "fixed": today - 190 * DAY}
    world.add("elder", projects=("p-red",), resource="life", state="fixed", **long_ago)
    world.add("hostile", projects=("p-blue",), resource="hostile", rule="<b>rule", rule_name="<b>bold")
    apart(sync(door.store, world, clock=door.clock))


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """An open door on a board whose findings have lived."""
    with named_door(tmp_path_factory.mktemp("progress") / "callboard.db") as found:
        live(found)
        yield found


def test_the_page_tells_what_the_api_tells(door: NamedDoor) -> None:
    """The average, the median where it is reached, and the number of open ones with its list."""
    with door.as_user("sam") as client:
        told = client.get("/api/v1/metrics/times", params={"by": "team"}).raise_for_status().json()
        page = client.get("/progress", params={"by": "team"}).raise_for_status().text
    red = next(row for row in told["rows"] if row["key"] == team("red"))
    assert (red["findings"], red["done"], red["median_days"], red["told"]) == (11, 7, 31, "all")
    assert ">31 d<" in page
    assert 'aria-label="red: still waiting, by days since the opening: 100 % after 7' in page
    assert "half are fixed within 31 days" in page
    asked = Question(period=read_period(None, None, now=door.clock.now()), by=By.TEAM)
    same = measure.times(door.store, AT_THE_LAPTOP, asked, now=door.clock.now())
    assert told["all"]["findings"] == same.whole.n
    # The mean of the fixed ones is 25.1 days, and nothing shows it.
    assert "25.1" not in page


def test_each_sees_their_own(door: NamedDoor) -> None:
    """Few of the blue team are "few", and nobody is told of what they do not see."""
    with door.as_user("ida") as client:
        told = client.get("/api/v1/metrics/times", params={"by": "team"}).json()
        assert [(row["key"], row["told"], row["findings"]) for row in told["rows"]] == [(team("blue"), "few", None)]
        page = client.get("/progress?by=rule").text
        assert "few" in page
        assert "<b>bold" not in page
        assert "&lt;b&gt;bold" in page
        assert "red" not in client.get("/progress?by=team").text.partition("<main")[2]
    with door.as_user("nils") as client:
        assert "Nothing was watched" in client.get("/progress").text


def test_files(door: NamedDoor) -> None:
    """A table whose rows are the page's, and a picture that needs nothing of the page."""
    with door.as_user("sam") as client:
        table = client.get("/api/v1/metrics/times.csv?by=team").raise_for_status()
        assert table.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(table.text)))
        assert [(row["key"], row["findings"]) for row in rows][:2] == [("", rows[0]["findings"]), (team("red"), "11")]
        picture = client.get("/api/v1/metrics/times.svg?by=team").raise_for_status()
        assert picture.headers["content-type"].startswith("image/svg+xml")
        assert picture.text.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
        assert "script" not in picture.text
        assert client.get("/api/v1/metrics/times?by=person").status_code == 400
        assert client.get("/api/v1/metrics/times?q=is:open").status_code == 400
        assert client.get("/progress?to=2100-01-01").status_code == 400


def test_an_answer_that_is_held_is_not_sent_again(door: NamedDoor) -> None:
    """It stays true for a day while nothing changes."""
    with door.as_user("sam") as client:
        first = client.get("/api/v1/metrics/times")
        again = client.get("/api/v1/metrics/times", headers={"if-none-match": first.headers["etag"]})
        assert again.status_code == 304


def test_what_came_and_went_is_open_and_fell_due(door: NamedDoor) -> None:
    """Each page tells what its address in the API tells, and files hold the same rows."""
    with door.as_user("sam") as client:
        flow = client.get("/api/v1/metrics/flow").raise_for_status().json()
        page = client.get("/progress/flow").raise_for_status().text
        last = flow["weeks"][-1]
        assert f"{last['open_after']} when {last['last_day']} ended" in page
        now = client.get("/api/v1/metrics/open?by=team").json()
        page = client.get("/progress/open?by=team").text
        assert f"<h1>{now['all']['open']} open" in page
        listed = client.get("/api/v1/findings", params={"q": now["all"]["query"]}).json()["total"]
        assert listed == now["all"]["open"]
        past = client.get("/progress/open", params={"on": last["last_day"]}).text
        assert f"<h1>{last['open_after']} open" in past
        due = client.get("/api/v1/metrics/due").json()["all"]
        assert f"{due['on_time']} fixed on time, {due['late']} late" in client.get("/progress/due").text
        for name in ("flow", "open", "due"):
            rows = list(csv.DictReader(io.StringIO(client.get(f"/api/v1/metrics/{name}.csv").text)))
            assert rows
            assert client.get(f"/api/v1/metrics/{name}.svg").text.startswith("<svg xmlns=")
        assert client.get("/progress/open?on=2100-01-01").status_code == 400


def test_the_portal_against_tickets_is_refused_where_too_few_tell(door: NamedDoor) -> None:
    """The page, the API and the files say so; what is taken for granted stands beside it."""
    with door.as_user("sam") as client:
        told = client.get("/api/v1/metrics/channels").raise_for_status().json()
        assert [each["design"] for each in told["comparisons"]] == ["landmark", "time-dependent"]
        assert [each["design"] for each in told["rollouts"]] == ["rollout", "did"]
        assert all(each["refusal"] and each["hazard_ratio"] is None for each in told["comparisons"])
        assert all(each["refusal"] and each["rate_ratio"] is None for each in told["rollouts"])
        page = client.get("/progress/channels").raise_for_status().text
        assert page.count("Not compared.") == 4
        assert told["assumptions"][0] in page
        one = client.get("/progress/channels?design=landmark").raise_for_status().text
        assert one.count("Not compared.") == 1
        assert client.get("/api/v1/metrics/channels?design=means").status_code == 400
        assert client.get("/api/v1/metrics/channels.csv").text.startswith("design,arm,severity")
        assert client.get("/api/v1/metrics/channels.svg").status_code == 200


def test_what_a_rollout_tells_is_on_the_page_and_in_the_files(door: NamedDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ratio with its interval, both sides, and what is taken for granted; only by lot it is said what causes what."""
    now = door.clock.now()
    period = read_period(None, None, now=now)
    monkeypatch.setattr(door.clock, "at", Instant(now - 60 * DAY))
    first = plan_rollout.tomorrow(door.clock.now())
    plan_rollout.draw(
        door.store, AT_THE_LAPTOP, waves=2, first=first, every=20, clock=door.clock, seed="s",
        teams=[EntityRef(team("red")), EntityRef(team("blue"))],
    )  # fmt: skip
    monkeypatch.setattr(door.clock, "at", now)
    with door.as_user("sam") as client:
        assert "Too few teams" in client.get("/progress/channels?design=rollout").raise_for_status().text
        arms = tuple(RolledArm(arm=arm, teams=6, findings=90, fixed=40, days=1_000) for arm in ("given", "not-yet"))
        told = Rolled(
            design=RollDesign.ROLLOUT, refusal=None, arms=arms, period=period, ratio=1.5, low=1.1, high=2.04, p=0.012,
            lots=2_000, smallest=1.6,
        )  # fmt: skip
        change = msgspec.structs.replace(told, design=RollDesign.DIFFERENCES, before=period, low=0.05, high=9.0)
        monkeypatch.setattr(measure_channels, "by_lot", lambda *_: told)
        monkeypatch.setattr(measure_channels, "by_differences", lambda *_: change)
        page = client.get("/progress/channels").raise_for_status().text
        assert (
            "Being given the portal makes teams fix findings faster: ratio 1.50, 95 % 1.10 to 2.04, p = 0.012" in page
        )
        assert "Being given the portal is associated with fixing findings faster" in page
        assert page.count("whoever used it") == 2
        found = client.get("/api/v1/metrics/channels").raise_for_status().json()
        assert [each["rate_ratio"] for each in found["rollouts"]] == [1.5, 1.5]
        assert (found["rollout"]["by_lot"], len(found["rollout"]["waves"])) == (True, 2)
        rows = client.get("/api/v1/metrics/channels.csv").text.splitlines()
        assert rows[1] == "rollout,given,,,,6,90,40,1000"
        assert "40 fixes of 6 teams that had been given it, 40 of 6 that had not." in page
        picture = client.get("/api/v1/metrics/channels.svg").raise_for_status().text
        assert "Given by lot" in picture
        # The interval of the second reaches beyond both edges, which arrows say; that of the first does not.
        assert (picture.count('x1="0" x2="6"'), picture.count('x1="300" x2="294"')) == (2, 2)
