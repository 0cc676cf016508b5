# One image for all of Dateline's services: the workers, the Prefect server and the one-shot set-up. Which one it is, docker-compose.yml says.
FROM python:3.12-slim AS build
COPY requirements.lock /tmp/requirements.lock
RUN python -m venv /opt/dateline \
 && /opt/dateline/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps --only-binary=:all: -r /tmp/requirements.lock

FROM python:3.12-slim
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin dateline \
 && install --directory --owner=dateline --group=dateline /data /data/archive /data/prefect
COPY --from=build /opt/dateline /opt/dateline
WORKDIR /app
COPY pyproject.toml README.md LICENSE prefect.yaml sources.toml ./
COPY pipeline pipeline
COPY flows flows
COPY cli cli
COPY newsroom newsroom
COPY sql sql
RUN /opt/dateline/bin/pip install --no-cache-dir --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .
ENV PATH=/opt/dateline/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PREFECT_HOME=/data/prefect \
    DATELINE_DATA_FOLDER=/data \
    DO_NOT_TRACK=1
USER dateline
CMD ["dateline", "--help"]
