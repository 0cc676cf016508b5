-- How many entries each host's endpoints have shown.
SELECT endpoint.host, count(*) AS entries FROM news.sighting JOIN news.endpoint USING (endpoint_id) GROUP BY endpoint.host
