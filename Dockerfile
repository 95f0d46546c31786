# Two stages: build one static binary, ship it alone. The health check is the binary itself.
FROM golang:1.26.8 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags="-s -w -buildid= -X main.release=$VERSION" -o /out/habar ./cmd/habar && mkdir /out/data

FROM scratch
ARG VERSION=
ARG REVISION=
LABEL org.opencontainers.image.title="habar" \
      org.opencontainers.image.description="Exchange rates, alerts, news and trade figures of Central Asia at Telegram" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/habar /habar
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV HABAR_DB=/data/habar.db
VOLUME /data
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s CMD ["/habar", "health"]
ENTRYPOINT ["/habar"]
