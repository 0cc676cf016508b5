"""Notes of correction as outlets word them, and what only sounds like one."""

from __future__ import annotations

import pytest

from pipeline.notes import is_note


@pytest.mark.parametrize(
    "line",
    [
        "An earlier version of this story gave the pier another name.",
        "This article was amended on 12 March to put the depth of the harbour right, which was incorrectly given as 4 m.",
        "Correction, March 3: The ferry sails twice a day.",
        "CORRECTION (3 March): the depth is 3 m",
        "(This story corrects the date in paragraph three)",
        "We regret the error.",
        "This post has been updated.",
        "Korrektur: Die Fähre fährt zweimal am Tag.",
        "In einer früheren Fassung dieses Textes stand eine andere Zahl.",
        "Wir haben den Fehler berichtigt.",
        "Cet article a été modifié le 12 mars après publication.",
        "Une version antérieure indiquait par erreur que le pont était fermé.",
        "Fe de errores: el puente mide tres metros.",
        "Este artículo ha sido corregido.",
        "Uma versão anterior deste texto informava outro valor.",
        "Errata: a ponte tem três metros.",
        "Questo articolo è stato aggiornato il 12 marzo.",
        "In een eerdere versie van dit artikel stond een verkeerde datum.",
        "Rättelse: Färjan går två gånger om dagen.",
        "I en tidigare udgave af artiklen stod der en forkert dato.",
        "Artikkelen er rettet etter publisering.",
        "Juttua korjattu 12. maaliskuuta: silta on kolme metriä pitkä.",
        "A cikk korábbi változatában tévesen írtuk a híd hosszát.",
        "Sprostowanie: most ma trzy metry.",
        "V původní verzi článku byl chybně uveden údaj.",
        "В предыдущей версии материала была указана другая дата.",
        "Уточнение: мост закрыт с марта.",
        "У попередній версії статті помилково вказано дату.",
        "Düzeltme: Köprü üç metredir.",
        "Artikel ini telah dikoreksi.",
        "Đính chính: cây cầu dài ba mét.",
        "تصحيح: طول الجسر ثلاثة أمتار",
        "בגרסה קודמת צוין בטעות תאריך אחר.",
        "【訂正】橋の長さを改めました",
        "更正：本文误写了桥的长度。",
        "정정: 다리 길이는 3미터입니다.",
    ],
)
def test_notes_are_told_in_the_outlets_languages(line: str) -> None:
    assert is_note(line)


@pytest.mark.parametrize(
    "line",
    [
        "Found a mistake in this article? Let us know.",
        "Report an error in this story",
        "Corrections officers at the county prison asked for more pay.",
        "The council corrected its budget on Monday.",
        "Editor's note: all our coverage of the harbour is free.",
        "This is a developing story and will be updated.",
        "Haben Sie einen Fehler in diesem Artikel gefunden?",
        "Signaler une erreur dans cet article",
        "Нашли ошибку в тексте? Выделите её и нажмите Ctrl+Enter.",
        "Share this article",
    ],
)
def test_calls_and_news_of_corrections_are_none(line: str) -> None:
    assert not is_note(line)
