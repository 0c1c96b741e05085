# syntax=docker/dockerfile:1
# One image for every process: `docker run gondola api | worker | prefect | ...`, models inside.
# Packages are pinned by hash (requirements/run.txt), base images by digest. Another base:
#   docker build --build-arg PYTHON=python:3.11-slim-trixie .
ARG PYTHON=python:3.11-slim-trixie@sha256:9534e5a8e315485d4061ed659af0fd78a284c015f9b73661b41d6bab25604534

FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/run.txt /tmp/run.txt
RUN /opt/venv/bin/pip install --quiet --no-deps --require-hashes -r /tmp/run.txt
# Plugins for GPUs and NPUs, which nothing here loads: 50 MB.
RUN rm -f /opt/venv/lib/python3.11/site-packages/openvino/libs/libopenvino_intel_[gn]pu_plugin.so
COPY . /app
RUN /opt/venv/bin/pip install --quiet --no-deps --no-build-isolation --editable /app \
    && /opt/venv/bin/python -m compileall -q /app \
    && rm -rf /app/*.egg-info/SOURCES.txt \
    && /opt/venv/bin/gondola model check /app/inference/models/shelf-detector-0.3.0

FROM ${PYTHON}
# pg_dump, for `gondola backup` of records on PostgreSQL up to 17.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --home-dir /data gondola \
    && install -d -o gondola -g gondola /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    GONDOLA_DATA=/data \
    GONDOLA_HOST=0.0.0.0 \
    GONDOLA_PREFECT_HOST=0.0.0.0
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8000 4200
ENTRYPOINT ["gondola"]
CMD ["up"]
# `healthy` asks whatever process runs here; the image's own default is `up`.
HEALTHCHECK --interval=30s --timeout=10s --start-period=90s CMD ["gondola", "healthy", "api"]
