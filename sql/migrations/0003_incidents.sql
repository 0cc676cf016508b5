-- What is wrong now, or was: one row a trouble.
SET LOCAL search_path = news, public;

CREATE TABLE incident (
  incident_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN ('silent', 'volume_drop', 'volume_jump', 'endpoint_failing', 'endpoint_retired', 'robots_changed', 'gap',
                'template_drift', 'own_outage')),
  source_id   bigint REFERENCES source,
  endpoint_id bigint REFERENCES endpoint,
  host        text REFERENCES host,
  opened_at   timestamptz NOT NULL DEFAULT now(),
  seen_at     timestamptz NOT NULL DEFAULT now(),
  closed_at   timestamptz,
  detail      text NOT NULL,
  evidence    jsonb NOT NULL DEFAULT '{}',
  opening_told boolean NOT NULL DEFAULT false,
  closing_told boolean NOT NULL DEFAULT false,
  CHECK (seen_at >= opened_at),
  CHECK (closed_at >= opened_at),
  CHECK (closed_at IS NOT NULL OR NOT closing_told)
);
CREATE UNIQUE INDEX incident_open ON incident (kind, source_id, endpoint_id, host) NULLS NOT DISTINCT WHERE closed_at IS NULL;
CREATE INDEX incident_source ON incident (source_id, opened_at DESC);
CREATE INDEX incident_untold ON incident (incident_id) WHERE NOT opening_told OR (closed_at IS NOT NULL AND NOT closing_told);
COMMENT ON TABLE incident IS 'Troubles, one row from opening to healing; of one kind at most one is open on the same subject';
COMMENT ON COLUMN incident.source_id IS 'The subject: a source, or the source of endpoint_id; without source, endpoint and host it is Dateline itself';
COMMENT ON COLUMN incident.seen_at IS 'When it was last found to be so; detail and evidence are of that moment';
COMMENT ON COLUMN incident.closed_at IS 'When it was found healed; NULL: open';
COMMENT ON COLUMN incident.opening_told IS 'Its Prefect event dateline.incident.opened has been sent; closing_told the same of dateline.incident.closed';
