"""A server that announces an end of life in its headers, judged as a user judges it."""

from independent_server import TOKEN, Manners
from suite import judge_service

DEPRECATED, SUNSET = "@1767225600", "Sun, 01 Nov 2026 00:00:00 GMT"


def test_what_a_server_announces_is_recorded_and_told(tmp_path):
    manners = Manners(jobs=3, announces=(("Deprecation", DEPRECATED), ("Sunset", SUNSET)))

    ended = judge_service(tmp_path, manners, options=("--as-of", "2026-11-24"))

    sent = ended.report["requests"]["sent"]
    assert ended.status == 0, ended.printed[-1500:]
    assert ended.report["announced"] == {
        "deprecation": {
            "answers": sent,
            "malformed": 0,
            "dates": {"2026-01-01T00:00:00Z": sent},
            "other_dates": 0,
        },
        "sunset": {
            "answers": sent,
            "malformed": 0,
            "dates": {"2026-11-01T00:00:00Z": sent},
            "other_dates": 0,
        },
    }
    assert f"Sunset header in {sent} of {sent} answers (2026-11-01T00:00:00Z in {sent})" in ended.printed
    assert "past end of life for 23 days (2026-11-01), still sent, which is allowed: " in ended.printed


def test_a_credential_echoed_in_place_of_a_date_goes_nowhere(tmp_path):
    manners = Manners(jobs=3, announces=(("Deprecation", TOKEN), ("Sunset", f"{SUNSET} {TOKEN}")))

    ended = judge_service(tmp_path, manners)

    assert ended.leaks == []
    assert [seen["malformed"] for seen in ended.report["announced"].values()] == [
        ended.report["requests"]["sent"]
    ] * 2
    assert "no valid date in" in ended.printed
