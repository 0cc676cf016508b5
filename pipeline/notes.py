"""Notes by which a text tells that it was corrected: "Correction: an earlier version of this article …". Data, by language.

Written from what outlets print over and under their articles. A note is told by what it is about, since its wording is nobody's: the text
names itself or its earlier version, and says that something in it was mended or had been wrong. Calls to report an error ("Found a
mistake in this article?") say nothing of the article: so only what tells of the past counts.
"""

from __future__ import annotations

import re

_LABELS = {  # with a colon, a date or a bracket behind it a label makes a note by itself
    "en": r"corrections?(?: (?:and|&) clarifications?| (?:added|appended))?|clarifications?|erratum",
    "de": r"korrektur(?:hinweis)?|berichtigung|richtigstellung|klarstellung",
    "fr": r"rectificati(?:f|on)|précision|erratum",
    "es": r"corrección|rectificación|aclaración|fe de (?:errores|erratas)",
    "pt": r"correção|errata|r?etificação|esclarecimento",
    "it": r"correzione|rettifica|errata corrige|precisazione",
    "nl": r"correctie|rectificatie|verbetering",
    "sv": r"rättelse|förtydligande|korrigering",
    "da": r"rettelse|præcisering|berigtigelse",
    "no": r"retting|presisering",
    "fi": r"oikaisu|korjaus|täsmennys",
    "hu": r"helyreigazítás|helyesbítés|javítás|pontosítás",
    "pl": r"sprostowanie|korekta",
    "cs": r"oprava|opravujeme|upřesnění",
    "ro": r"erată|rectificare|clarificare",
    "el": r"διόρθωση|διευκρίνιση|επανόρθωση",
    "ru": r"исправлени[ея]|исправлено|поправка|уточнение",
    "uk": r"виправлення|виправлено|уточнення",
    "tr": r"düzeltme|tashih",
    "id": r"koreksi|ralat|klarifikasi",
    "vi": r"đính chính|cải chính",
    "ar": r"تصحيح|تصويب|توضيح",
    "he": r"תיקון|הבהרה",
    "fa": r"اصلاحیه|تصحیح",
    "hi": r"भूल सुधार|स्पष्टीकरण",
    "ja": r"訂正(?:とお詫び)?|お詫びと訂正|修正",
    "zh": r"更正(?:启事|啟事)?|勘误|勘誤",
    "ko": r"정정(?:보도)?|바로잡습니다",
}
_EARLIER = {  # what stood in a version before this one is no longer there: that is a note whatever follows
    "en": (
        r"(?:earlier|previous|prior|original|initial|first) version of th(?:is|e) (?:article|story|report|piece|post|page|text|"
        r"headline|caption|column|review)"
    ),
    "de": (
        r"(?:früher|vorherig|vorig|ursprünglich|erst|älter)\w* (?:fassung|version) (?:dieses|dieser|des) (?:artikel|text|beitrag|"
        r"bericht|meldung)\w*"
    ),
    "fr": (
        r"(?:première|précédente|ancienne) version de (?:cet article|ce texte)|version (?:précédente|antérieure|"
        r"initiale) de (?:cet article|ce texte)"
    ),
    "es": r"(?:(?:primera|anterior) versión|versión (?:anterior|previa|original|inicial)) de est[ea]",
    "pt": r"(?:(?:primeira|anterior) versão|versão (?:anterior|original|inicial)) dest[ea]",
    "it": r"(?:(?:prima|precedente) versione|versione (?:precedente|originale|iniziale)) di quest\w*",
    "nl": r"(?:eerdere|vorige|oorspronkelijke) versie van dit",
    "sv": r"tidigare version av (?:artikeln|texten|denna|den här)",
    "da": r"tidligere (?:version|udgave) af (?:artiklen|teksten|denne)",
    "no": r"tidligere (?:versjon|utgave) av (?:artikkelen|saken|denne)",
    "pl": r"(?:poprzedni|wcześniejsz|pierwotn)\w* wersj\w* (?:artykułu|tekstu|tego)",
    "cs": r"(?:původní|předchozí|dřívější) verz\w* (?:článku|textu|tohoto)",
    "ru": r"(?:перв|предыдущ|ранн|прежн|изначальн)\w+ (?:верси|редакци|вариант)\w* (?:стат|материал|текст|новост|этого|этой)\w*",
    "uk": r"(?:перш|попередн|ранн)\w+ (?:верс|редакц)\w* (?:статт|матеріал|текст|новин|цього|цієї)\w*",
    "ja": r"当初の記事|初出時|配信当初",
    "zh": r"本文(?:早前|先前|较早|較早|此前)版本",
    "ko": r"기사 (?:이전|당초) 버전",
}
_ITSELF = {  # how a text names itself, the version before it, or those who changed it
    "en": (
        r"this (?:article|story|report|piece|post|page|text|headline|caption|column|review|version)|"
        r"the (?:article|story|caption|headline) (?:has been|was)|"
        r"(?:earlier|previous|prior|original|initial|first) version|we (?:have )?(?:corrected|amended|clarified|regret|apologi[sz]e)"
    ),
    "de": (
        r"(?:diese[rsmn]?|de[rsm]|im) (?:artikel|text|beitrag|bericht|meldung)s?|(?:früher|vorherig|vorig|ursprünglich|erst|"
        r"älter)\w* (?:fassung|version)|wir haben (?:das|dies|es|den fehler|die stelle)"
    ),
    "fr": (
        r"(?:cet|l['’]|présent) ?article|ce (?:texte|papier)|(?:première|précédente|ancienne) version|version (?:précédente|"
        r"antérieure|initiale)|nous avons"
    ),
    "es": (
        r"este (?:artículo|texto|reportaje)|esta (?:noticia|información|nota)|versión (?:anterior|previa|original|inicial)|(?:primera|"
        r"anterior) versión|hemos"
    ),
    "pt": (
        r"(?:[dn]?este|o) (?:texto|artigo)|(?:[dn]?esta|a) (?:reportagem|matéria|notícia)|versão (?:anterior|original|inicial)|"
        r"(?:primeira|anterior) versão"
    ),
    "it": (
        r"(?:questo|quest['’]|nell['’]|l['’]) ?articolo|questa notizia|versione (?:precedente|originale|iniziale)|(?:precedente|"
        r"prima) versione|abbiamo"
    ),
    "nl": r"(?:dit|het) (?:artikel|bericht|stuk|verhaal)|deze tekst|(?:eerdere|vorige|oorspronkelijke) versie|we hebben",
    "sv": r"(?:denna|den här) (?:artikel|text)\w*|artikeln|texten|(?:tidigare|ursprunglig\w*) version",
    "da": r"denne artikel|artiklen|teksten|tidligere (?:version|udgave)",
    "no": r"denne (?:artikkelen|saken)|artikkelen|saken|tidligere (?:versjon|utgave)",
    "fi": r"jut(?:un|tua|ussa)|artikkeli\w*|teksti(?:ä|ssä)|uutis(?:ta|en)|(?:aiemm|aikaisemm)\w+ versio\w*",
    "hu": r"cikk\w*|(?:korábbi|eredeti) (?:verzió|változat)\w*",
    "pl": r"artykuł\w*|tekst\w*|(?:poprzedni|wcześniejsz|pierwotn)\w* wersj\w*",
    "cs": r"člán(?:ek|ku)|textu?|(?:původní|předchozí|dřívější) verz\w*",
    "ro": r"acest articol|articolul\w*|versiune\w* (?:anterioar|inițial)\w*|prim[aă] versiune",
    "el": r"(?:το|αυτό το) άρθρο|(?:προηγούμενη|αρχική) (?:έκδοση|εκδοχή)",
    "ru": (
        r"эт\w+ (?:стать|материал|текст|новост)\w*|в (?:тексте|материале|статье|новости)|(?:перв|предыдущ|ранн|прежн|"
        r"изначальн)\w+ (?:верси|редакци|вариант)\w*"
    ),
    "uk": r"ц\w+ (?:статт|матеріал|текст|новин)\w*|[ув] (?:тексті|матеріалі|статті|новині)|(?:перш|попередн|ранн)\w+ (?:верс|редакц)\w*",
    "tr": r"bu (?:haber|makale|yazı)\w*|haber(?:in|de)|(?:önceki|ilk|eski) (?:sürüm|versiyon|hal)\w*",
    "id": r"(?:artikel|berita|naskah) ini|versi (?:sebelumnya|awal)",
    "vi": r"bài (?:viết|báo)|(?:bản )?tin này|phiên bản (?:trước|đầu)|bản trước",
    "ar": r"هذا (?:الخبر|المقال|التقرير|النص)|هذه (?:القصة|المادة|المقالة)|(?:نسخة|صيغة) (?:سابقة|أولى)|النسخة السابقة",
    "he": r"כתבה זו|הכתבה|הידיעה|ב?גרסה (?:ה?קודמת|מוקדמת)",
    "fa": r"این (?:مقاله|خبر|گزارش|مطلب)|نسخه (?:قبلی|پیشین|اولیه)",
    "hi": r"(?:यह|इस) (?:लेख|खबर|ख़बर|रिपोर्ट)|(?:पिछले|पहले के) संस्करण",
    "ja": r"記事|本文|本稿|初出|当初|見出し|写真説明|配信",
    "zh": r"本文|本报道|本報導|此文|原文|(?:早前|先前|较早|較早|此前)版本|初版",
    "ko": r"(?:이|본) 기사|기사|본문|이전 버전|당초",
}
_MENDED = {  # what was done to it, or what had been wrong
    "en": (
        r"correct(?:ed|s|ion)\b|amended|clarified|misspel\w+|misstat\w+|misidentif\w+|misattribut\w+|misquot\w+|incorrect\w*|erroneous\w*|inaccurate\w*|"
        r"mistakenly|wrong(?:ly)?|the error|contained (?:an |a )?(?:error|mistake)|(?:was|been) (?:updated|revised|changed|edited|modified)"
    ),
    "de": (
        r"korrigiert|berichtigt|richtiggestellt|präzisiert|geändert|angepasst|überarbeitet|aktualisiert|ergänzt|fälschlich\w*|"
        r"irrtümlich\w*|falsch\w*|hieß es"
    ),
    "fr": (
        r"corrigée?s?|rectifiée?s?|modifiée?s?|précisé|mis(?:e)? à jour|par erreur|erroné\w*|à tort|écorch\w+|incorrect\w*|(?:comport|"
        r"conten)ait une erreur|s['’]est glissée"
    ),
    "es": r"corregid\w+|corrige|rectificad\w+|modificad\w+|actualizad\w+|aclarad\w+|por error|erróne\w+|equivocad\w+|incorrect\w+|mal",
    "pt": r"corrigid\w+|r?etificad\w+|alterad\w+|atualizad\w+|modificad\w+|erroneamente|por engano|equivocad\w+|incorret\w+|errad\w+",
    "it": r"corrett\w+|rettificat\w+|modificat\w+|aggiornat\w+|erroneamente|per errore|errat[oaie]|sbagliat\w+|scorrett\w+",
    "nl": r"gecorrigeerd|aangepast|gewijzigd|gerectificeerd|bijgewerkt|onjuist\w*|foutie\w+|ten onrechte|abusievelijk|verkeerd\w*",
    "sv": r"rättat?s?|korrigera\w+|uppdatera\w+|ändrats?|förtydliga\w+|felaktig\w*|fel",
    "da": r"rettet|korrigeret|opdateret|ændret|præciseret|fejlagtig\w*|forkert\w*|ved en fejl",
    "no": r"rettet|korrigert|oppdatert|endret|presisert|feilaktig\w*|feil",
    "fi": r"korjattu|oikaistu|päivitetty|muutettu|täsmennetty|virheellise\w+|väärin",
    "hu": r"javítottuk|helyesbít\w+|pontosít\w+|módosít\w+|frissít\w+|téves\w*|hibásan",
    "pl": r"poprawi(?:ono|liśmy|ony)|sprostowa\w+|skorygowa\w+|zaktualizowa\w+|zmieni(?:ono|liśmy)|błędn\w+|omyłkowo",
    "cs": r"oprav(?:en|il)\w*|uprav(?:en|il)\w*|upřesn\w+|aktualizova\w+|mylně|chybně|nesprávn\w+|omylem",
    "ro": r"corectat\w*|rectificat\w*|modificat\w*|actualizat\w*|eronat\w*|greșit\w*|din eroare",
    "el": r"διορθώθηκ\w+|τροποποιήθηκ\w+|ενημερώθηκ\w+|εσφαλμέν\w+|λανθασμέν\w+|λάθος",
    "ru": (
        r"исправлен\w*|исправил\w*|уточн(?:ен|ён|ил)\w*|измен(?:ен|ён|ил)\w*|обновл(?:ен|ён)\w*|ошибочно|с ошибкой|по ошибке|(?:была|"
        r"допущена) ошибка|неверно|неправильно"
    ),
    "uk": r"виправлен\w*|виправил\w*|уточнен\w*|змінен\w*|оновлен\w*|помилково|з помилкою|(?:була|допущена) помилка|неправильно|хибно",
    "tr": r"düzelt(?:il|tik)\w*|güncellen\w+|değiştiril\w+|yanlış\w*|hatalı|sehven",
    "id": r"dikoreksi|diperbaiki|diubah|diralat|diperbarui|keliru|salah",
    "vi": r"(?:đã |được )(?:sửa|chỉnh sửa|đính chính|cập nhật)|nhầm|sai",
    "ar": r"تصحيح\w*|صُحح\w*|تعديل\w*|تحديث\w*|بالخطأ|عن طريق الخطأ|خطأ",
    "he": r"תוקנ?ה?|תוקן|עודכנ?ה?|עודכן|בטעות|שגוי\w*|נפלה טעות",
    "fa": r"اصلاح شد\w*|تصحیح شد\w*|به اشتباه|نادرست",
    "hi": r"सुधार\w*|संशोधित|ग़?लत\w*|अपडेट किया",
    "ja": r"訂正|修正し|誤り|誤記|誤って|改め",
    "zh": r"更正|订正|訂正|修正|勘误|勘誤|误[写将植称作]|誤[寫將植稱作]",
    "ko": r"정정|바로잡|수정[했됐되합]|잘못 (?:표기|기재|보도)|오기",
}
_LOOKED_AT = 400  # characters of a line: a note begins with what it is
_UNSPACED = {"ja", "zh", "ko"}  # their words have no edges that a pattern could stand at


def _any(words: dict[str, str]) -> str:
    spaced = "|".join(pattern for language, pattern in words.items() if language not in _UNSPACED)
    unspaced = "|".join(pattern for language, pattern in words.items() if language in _UNSPACED)
    return rf"(?<!\w)(?:{spaced})(?!\w)|{unspaced}"


_LABEL = re.compile(rf"[^\w]{{0,4}}(?:{'|'.join(_LABELS.values())})\s{{0,2}}[\d:：,(（\[\]】)）/|–—-]", re.IGNORECASE)
_WAS_OTHER = re.compile(_any(_EARLIER), re.IGNORECASE)
_NAMES_ITSELF = re.compile(_any(_ITSELF), re.IGNORECASE)
_WAS_MENDED = re.compile(_any(_MENDED), re.IGNORECASE)


def is_note(line: str) -> bool:
    """Whether a sentence or line tells that the text it belongs to was corrected."""
    begun = line[:_LOOKED_AT]
    if _LABEL.match(begun) or _WAS_OTHER.search(begun):
        return True
    return _NAMES_ITSELF.search(begun) is not None and _WAS_MENDED.search(begun) is not None
