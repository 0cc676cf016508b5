"""Robots that gather texts for AI, by the names that robots.txt calls them. Data: a name, who sends it, whether it gathers for training.

Names and uses as the operators' pages say, and where they say nothing, as the list of the ai.robots.txt project does
(github.com/ai-robots-txt/ai.robots.txt, read in 2026). Names with digits or spaces are no product tokens (RFC 9309, 2.2.1) and left out.
"""

from __future__ import annotations

from typing import NamedTuple


class AiRobot(NamedTuple):
    """One name."""

    token: str
    operator: str
    trains: bool  # gathers for training: keeping it away reserves text and data mining; others search, or fetch what a user asks for
    source: str


_LIST = "github.com/ai-robots-txt/ai.robots.txt"
_ANTHROPIC = "support.anthropic.com/en/articles/8896518"
_GOOGLE = "developers.google.com/search/docs/crawling-indexing/google-common-crawlers"
_META = "developers.facebook.com/docs/sharing/webmasters/web-crawlers"
_OPENAI = "platform.openai.com/docs/bots"
_PERPLEXITY = "docs.perplexity.ai/guides/bots"

AI_ROBOTS = (
    AiRobot("Amazonbot", "Amazon", True, "developer.amazon.com/amazonbot"),
    AiRobot("anthropic-ai", "Anthropic", True, _LIST),
    AiRobot("Applebot-Extended", "Apple", True, "support.apple.com/en-us/119829"),
    AiRobot("Bytespider", "ByteDance", True, _LIST),
    AiRobot("CCBot", "Common Crawl", True, "commoncrawl.org/ccbot"),
    AiRobot("ChatGPT-User", "OpenAI", False, _OPENAI),
    AiRobot("Claude-SearchBot", "Anthropic", False, _ANTHROPIC),
    AiRobot("Claude-User", "Anthropic", False, _ANTHROPIC),
    AiRobot("Claude-Web", "Anthropic", True, _LIST),
    AiRobot("ClaudeBot", "Anthropic", True, _ANTHROPIC),
    AiRobot("cohere-ai", "Cohere", True, _LIST),
    AiRobot("cohere-training-data-crawler", "Cohere", True, _LIST),
    AiRobot("Cotoyogi", "ROIS", True, "ds.rois.ac.jp/en_center8/en_crawler"),
    AiRobot("DeepSeekBot", "DeepSeek", True, _LIST),
    AiRobot("Diffbot", "Diffbot", True, "docs.diffbot.com"),
    AiRobot("DuckAssistBot", "DuckDuckGo", False, "duckduckgo.com/duckduckgo-help-pages/results/duckassistbot"),
    AiRobot("FacebookBot", "Meta", True, "developers.facebook.com/docs/sharing/bot"),
    AiRobot("FirecrawlAgent", "Firecrawl", True, _LIST),
    AiRobot("Google-CloudVertexBot", "Google", True, _GOOGLE),
    AiRobot("Google-Extended", "Google", True, _GOOGLE),
    AiRobot("ICC-Crawler", "NICT", True, _LIST),
    AiRobot("LAIONDownloader", "LAION", True, _LIST),
    AiRobot("meta-externalagent", "Meta", True, _META),
    AiRobot("meta-externalfetcher", "Meta", False, _META),
    AiRobot("MistralAI-User", "Mistral", False, "docs.mistral.ai/robots"),
    AiRobot("OAI-SearchBot", "OpenAI", False, _OPENAI),
    AiRobot("omgili", "Webz.io", True, _LIST),
    AiRobot("PanguBot", "Huawei", True, _LIST),
    AiRobot("Perplexity-User", "Perplexity", False, _PERPLEXITY),
    AiRobot("PerplexityBot", "Perplexity", False, _PERPLEXITY),
    AiRobot("Timpibot", "Timpi", True, _LIST),
    AiRobot("Webzio-Extended", "Webz.io", True, _LIST),
    AiRobot("GPTBot", "OpenAI", True, _OPENAI),
    AiRobot("YouBot", "You.com", False, _LIST),
)
TOKENS = tuple(robot.token for robot in AI_ROBOTS)
TRAINING = frozenset(robot.token for robot in AI_ROBOTS if robot.trains)
