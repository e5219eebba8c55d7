# The application. Build with `docker compose build`; docs/operations.md says how to run it.

FROM python:3.12-slim AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# Texts through Alibaba Cloud: docker compose build --build-arg PINS=requirements-aliyun.txt
ARG PINS=requirements.txt
COPY requirements.txt .
COPY requirements-aliyun.txt .
# Wheels only: nothing is compiled, so no compiler is needed here or later. The one package that comes as source is
# plain Python.
RUN python -m venv /opt/hotline \
    && /opt/hotline/bin/pip install --require-hashes --only-binary=:all: --no-binary=alibabacloud-tea -r $PINS \
    && /opt/hotline/bin/pip uninstall --yes pip

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin hotline \
    && install --directory --owner=hotline /var/lib/hotline
COPY --from=packages /opt/hotline /opt/hotline
ENV PATH=/opt/hotline/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOTLINE_DATA_DIR=/var/lib/hotline
WORKDIR /app
COPY LICENSE ./
COPY config config
COPY ivr ivr
COPY routes routes
RUN python -m compileall -q config ivr routes
USER hotline
EXPOSE 8000
# Alive, not ready: a container is not restarted because Valkey is away.
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["python", "-m", "ivr", "serve", "--host", "0.0.0.0", "--workers", "2"]
