"""`dateline rules`, and what a rule does in the product: in the child, in the row's extractor, in a replay, in the doctor's report."""

from __future__ import annotations

import json
from pathlib import Path

from cli_calls import Caller

PAGE = b"""<html><head><title>What the far shore talks about</title></head><body><div id=top>Pier to be rebuilt after storms</div>
<div class=leaf>The harbour council of Northmere voted to rebuild the old ferry pier, which storms had closed in March of this year.
<br><br>Work is to begin in May, and the first boats are expected before the end of the following summer, if the ice allows.
<br><br>The pier will cost four million crowns, of which the county pays a half and the town the rest over ten years.</div></body></html>"""


def test_what_is_no_page_no_rule_and_no_result_is_told_so(tmp_path: Path) -> None:
    caller = Caller("postgresql://nobody@127.0.0.1:1/none", tmp_path / "data")
    folder = tmp_path / "ftr"
    assert "neither a folder nor a file" in caller.sentence("rules", "import", str(folder))
    folder.mkdir()
    assert f"a rule in {folder}; the files of ftr-site-config are called" in caller.sentence("rules", "import", str(folder))
    (folder / "broken.test.txt").write_text("body: //div[\n", encoding="utf-8")
    assert "a rule of sound.test in" in caller.sentence("rules", "import", str(folder), "--host", "sound.test")
    nothing = caller.call("rules", "import", str(folder))
    assert (nothing.exit_code, "broken.test" in nothing.stderr, "0 rules imported" in nothing.stdout) == (1, True, True)

    assert "is a folder: name a saved page in it" in caller.sentence("extract", str(folder))
    for name, body, refused in (
        ("a.pdf", b"%PDF-1.4 abc", "non_html"),
        ("words", b"just words", "non_html"),
        ("page", b"<html><p>Hi", "too_short"),
    ):
        (folder / name).write_bytes(body)
        assert f"Refused: {refused}" in caller.works("extract", str(folder / name))
    assert "is not an IANA time zone" in caller.call("extract", str(folder / "page"), "--timezone", "Mars/Base").stderr
    assert "a version of the code is compared by the file" in caller.sentence("compare", "dateline-1")
    assert "a version of the code is compared by the file" in caller.sentence("compare", "stored", "dateline-2")


def test_rules_are_imported_listed_applied_and_watched(tmp_path: Path) -> None:
    caller, folder = Caller("postgresql://nobody@127.0.0.1:1/none", tmp_path / "data"), tmp_path / "ftr"
    folder.mkdir()
    (folder / "sound.test.txt").write_text("title: //*[@id='top']\nbody: //div[@class='leaf']\nnext_page_link: //a\n", encoding="utf-8")
    (folder / ".press.test.txt").write_text("body: //main\n", encoding="utf-8")
    (folder / "broken.test.txt").write_text("body: //div[\n", encoding="utf-8")
    said = caller.call("rules", "import", str(folder))
    assert said.exit_code == 0
    assert "sound.test: title, body; not followed here: next_page_link" in said.stdout and "2 rules imported" in said.stdout
    assert "broken.test" in said.stderr
    assert "is there already" in caller.call("rules", "import", str(folder), "--host", "www.sound.test").stderr
    assert [rule["host"] for rule in caller.json("rules", "list")["rules"]] == [".press.test", "sound.test"]

    page = tmp_path / "page.html"
    page.write_bytes(PAGE)
    found = caller.json("extract", str(page), "--url", "https://www.sound.test/pier")["result"]
    assert found["title"] == "Pier to be rebuilt after storms"
    assert found["extractor"].rpartition("+")[2].startswith("site-")
    assert "+site-" not in caller.json("extract", str(page), "--url", "https://www.other.test/pier")["result"]["extractor"]

    rules = tmp_path / "data" / "site-rules"
    file = rules / "sound.test.toml"
    file.write_text(file.read_text(encoding="utf-8") + "valid_until = 2001-01-01\n", encoding="utf-8")
    (rules / "typo.toml").write_text("[[site]]\nhost = 'typo.test'\nboddy = ['//p']\n", encoding="utf-8")
    assert "(expired)" in caller.call("rules", "list").stdout
    checks = {(one["verdict"], one["found"]) for one in json.loads(caller.call("doctor", "--json").stdout) if one["what"] == "site rules"}
    assert ("warn", "sound.test: expired 2001-01-01") in checks
    assert any(verdict == "fail" and "typo.toml" in told and "boddy" in told for verdict, told in checks)
    expired = caller.json("extract", str(page), "--url", "https://www.sound.test/pier")["result"]
    assert "+site-" not in expired["extractor"]
