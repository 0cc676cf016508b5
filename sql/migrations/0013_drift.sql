-- What the drift alarm reads after every shift: a source's last pages.
SET LOCAL search_path = news, public;

CREATE INDEX url_read ON url (source_id, finished_at DESC) WHERE outcome IN ('loaded', 'too_short', 'non_article', 'paywalled', 'bad_page');
