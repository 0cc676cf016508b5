"""Query parameters that say how a reader came to a page, never which page it is. Data for `pipeline.urls.normalise`.

The list is our own, from the links of real feeds and the documentation of the tools that add them. A name is here only when no
outlet we know of finds an article by it: `id`, `p`, `story`, `page` or a bare `ref` stay.
"""

from __future__ import annotations

# Families: every parameter whose name starts so.
TRACKING_PREFIXES = (
    "utm_",  # Google Analytics and all who copied it
    "mtm_",  # Matomo
    "pk_",  # Piwik
    "piwik_",
    "matomo_",
    "hsa_",  # HubSpot ads
    "guce_",  # Yahoo's consent redirect
    "at_custom",  # AT Internet (Piano), with its fixed names below
    "fb_action_",  # Facebook
)

_CLICK_IDENTIFIERS = """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id igshid igsh rb_clickid s_kwcid epik irclickid
    srsltid
"""
_WEB_ANALYTICS = """
    _ga _gl _openstat guccounter ns_mchannel ns_source ns_campaign ns_linkname ns_fee xtor wt_mc wt.mc_id wt_zmc wtrid s_cid ncid icid ocid
    ito smid cmpid cmp int_cmp intcmp intcid traffic_source tblci maca
    at_medium at_campaign at_campaign_type at_link_id at_link_origin at_link_type at_ptr_name at_format at_bbc_team
"""
_MAIL_CAMPAIGNS = """
    mc_cid mc_eid mkt_tok _hsenc _hsmi __hssc __hstc __hsfp hsctatracking oly_enc_id oly_anon_id vero_id vero_conv wickedid ck_subscriber_id
"""
_SHARE_BUTTONS = """
    __twitter_impression ref_src ref_url sr_share soc_src soc_trk socialshare share_id fb_source fb_ref spm shared_via
"""
TRACKING_NAMES = frozenset((_CLICK_IDENTIFIERS + _WEB_ANALYTICS + _MAIL_CAMPAIGNS + _SHARE_BUTTONS).split())

# Names that mean something on some sites, but not with these values: they say "came from the feed".
FEED_MARK_NAMES = frozenset({"ref", "source", "src", "from", "partner", "emc", "mod", "feature", "cid", "rss", "feedtype", "output_source"})
FEED_MARK_VALUES = frozenset({"rss", "rssfeed", "rss-feed", "rss_feed", "feed", "rssnyt", "rssfull", "feeds"})


def is_tracking(name: str, value: str) -> bool:
    """Whether a query parameter only tells where the reader came from. Names and values count without case."""
    name = name.lower()
    return name in TRACKING_NAMES or name.startswith(TRACKING_PREFIXES) or (name in FEED_MARK_NAMES and value.lower() in FEED_MARK_VALUES)
