"""What a page shows differently at each look without having been changed: counters, and dates told relative to now. Data, by language.

Forms are written from what outlets' and their vendors' pages print; numbers are digits of any script, or the words for "a" and "one".
"""

from __future__ import annotations

import re

_N = r"(?:\d[\d.,\u00a0\u202f ]{0,14})"  # bounded: a long run of digits and blanks is gone through once


def _either(words: str) -> str:
    return "(?:" + "|".join(words.split()) + ")"


# -- "5 minutes ago" ------------------------------------------------------------------------

_BEFORE = {  # a mark, a number, a unit: "vor 3 Stunden"
    "de": (
        r"vor",
        "einer einem wenigen",
        r"sek(?:unde)?n?\.? min(?:ute)?n?\.? std\.? stunden? tag(?:en?)? wochen? monat(?:en?)? jahr(?:en?)?",
    ),
    "fr": (r"il\s+y\s+a", "un une quelques", r"s(?:econdes?)? min(?:utes?)? h(?:eures?)? j(?:ours?)? semaines? mois ans?"),
    "es": (r"hace", "un una unos", r"s(?:egundos?)? min(?:utos?)? h(?:oras?)? d[ií]as? semanas? mes(?:es)? años?"),
    "pt": (r"h[áa]", "um uma alguns", r"s(?:egundos?)? min(?:utos?)? h(?:oras?)? dias? semanas? m[êe]s(?:es)? anos?"),
    "cs": (r"před|pred", "jednou jedním", r"sek\w* min\w* hod\w* dn\w+ týdn\w* měs\w*"),
    "ro": (r"acum", "un o", r"secund\w* minut\w* or[ăe] zi(?:le)? săptămân\w* lun[ăi]"),
    "el": (r"πριν(?:\s+από)?", "ένα μία", r"δευτερ\w* λεπτ\w* ώρ\w* [ηή]?μέρ\w* ημέρ\w*"),
    "ar": (r"منذ|قبل", "", r"ثاني\w* ثوان\w* دقيق\w* دقائق ساع\w* يوم\w* أيام أسبوع\w* شهر\w*"),
    "he": (r"לפני", "", r"שניות שנייה דקות דקה שעות שעה ימים יום"),
}
_AFTER = {  # a number, a unit, a mark: "5 minutes ago"
    "en": (r"a an one few", r"s secs? seconds? m mins? minutes? h hrs? hours? d days? weeks? months? mos? yrs? years?", r"ago"),
    "it": (r"un un' una", r"second[oi] min(?:ut[oi])? or[ae] giorn[oi] settiman[ae] mes[ei] ann[oi]", r"fa"),
    "pt": (r"um uma", r"segundos? min(?:utos?)? horas? dias? semanas?", r"atrás"),
    "nl": (r"een", r"seconden? min(?:uut|uten)? uur uren dag(?:en)? w(?:eek|eken) maand(?:en)? jaar", r"geleden"),
    "sv": (r"en ett", r"sek\w* min\w* timm\w* tim dag(?:ar)? veck\w* månad\w*", r"sedan"),
    "no": (r"en et", r"sek\w* min\w* timer? dag(?:er|e)? uker? ugen? uger? måned\w*", r"siden"),
    "fi": (r"yksi", r"sek\w* min\w* tun\w* päiv\w* viik\w*", r"sitten"),
    "hu": (r"egy", r"másodperc\w* perc\w* ór[aá]\w* nap\w* hét\w* hete", r"ezelőtt"),
    "pl": (r"", r"sek\w* min\w* godz\w* dni dzień tyg\w* mies\w*", r"temu"),
    "ru": (r"", r"сек\w* мин\w* час\w* дн\w* день недел\w* месяц\w*", r"назад"),
    "uk": (r"", r"сек\w* хв\w* год\w* дн\w* день тижн\w* місяц\w*", r"тому"),
    "tr": (r"bir", r"saniye dakika dk saat gün hafta ay yıl", r"önce"),
    "id": (r"satu", r"detik menit jam hari minggu bulan", r"(?:yang\s+)?lalu"),
    "vi": (r"một", r"giây phút giờ ngày tuần tháng", r"trước"),
    "th": (r"", r"วินาที นาที ชั่วโมง ชม\.? วัน", r"(?:ที่แล้ว|ก่อน)"),
    "hi": (r"", r"सेकंड मिनट घंटे घंटा दिन", r"पहले"),
    "fa": (r"", r"ثانیه دقیقه ساعت روز", r"(?:پیش|قبل)"),
    "ja": (r"", r"秒 分 時間 日 週間 か月 ヶ月 年", r"前"),
    "zh": (r"", r"秒 秒钟 秒鐘 分 分钟 分鐘 小时 小時 天 日 周 週 个月 個月", r"前"),
    "ko": (r"", r"초 분 시간 일 주 개월", r"전"),
}
_NOW = _either("just_now gerade_eben à_l'instant ahora_mismo proprio_ora agora_mesmo только_что щойно たった今 刚刚 剛剛 방금").replace(
    "_", r"\s+"
)


# -- "1,204 views" ------------------------------------------------------------------------------

_COUNTED = _either(
    r"views? comments? shares? likes? reads? readers? reactions? repl(?:y|ies) votes? followers? plays? claps? min(?:ute)?s?\s+read "
    r"people\s+(?:are\s+)?(?:reading|watching|talking)(?:\s+(?:about\s+)?this)? "
    r"kommentare? aufrufe? leser(?:innen)? mal\s+geteilt reaktionen antworten min(?:uten)?\.?\s+lesezeit personen\s+lesen "
    r"commentaires? vues? partages? réactions? lecteurs? abonnés min(?:utes)?\s+de\s+lecture "
    r"comentarios? visitas? visualizaciones lecturas? lectores reacciones compartidos? min(?:utos)?\s+de\s+lectura "
    r"commenti visualizzazioni condivisioni letture comentários? visualizações compartilhamentos leituras curtidas "
    r"reacties? keer\s+gelezen weergaven komentarzy? komentarze wyświetleń odsłon komentář\w* zobrazení "
    r"комментари\w* просмотр\w* прочтени\w* коментар\w* перегляд\w* yorum görüntülenme okunma beğeni paylaşım "
    r"kommentarer visningar visninger delningar delinger kommenttia katselukertaa hozzászólás megtekintés "
    r"تعليق\w* مشاهد\w* قراء\w* תגובות צפיות komentar kali\s+dibaca bình\s+luận lượt\s+xem "
    r"件のコメント コメント 回再生 回閲覧 ビュー 条评论 條評論 次阅读 次閱讀 阅读 댓글 조회수?"
)
_MAGNITUDE = r"(?:\s*(?:k|m|mln|mio|tsd|mil|тыс|млн|bin|万|만)\b\.?)?"


# -- one pattern of all ------------------------------------------------------------------------


def _moving() -> str:
    """All forms, sorted by how they begin, so that a text is looked through at the starts of its words only, and there but once."""
    ages = [rf"{_either(units)}\s*{mark}" for _, units, mark in _AFTER.values()]
    with_words = [rf"{_either(words)}\s+{_either(units)}\s*{mark}" for words, units, mark in _AFTER.values() if words]
    marked = [rf"(?:{mark})\s+(?:{_N}|{_either(words or 'x')}\s+)\s*{_either(units)}" for mark, words, units in _BEFORE.values()]
    numbered = rf"(?<!\d[.,\u00a0\u202f ]){_N}(?:\s*(?:{'|'.join(ages)})|{_MAGNITUDE}\+?\s*{_COUNTED})"  # "5 minutes ago", "1,204 views"
    counted = rf"{_COUNTED}\s*[:(（：]?\s*{_N}{_MAGNITUDE}\s*[)）]?"  # "Comments (37)"
    return rf"(?<!\w)(?:{numbered}|(?=[^\W\d])(?:{'|'.join([*with_words, *marked, _NOW, counted])}))(?!\w)"


MOVING = re.compile(_moving(), re.IGNORECASE)
