# Two stages: build one static binary, ship it alone. The health check is the binary itself.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/habar ./cmd/habar && mkdir /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/habar /habar
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV HABAR_DB=/data/habar.db
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/habar", "health"]
ENTRYPOINT ["/habar"]
