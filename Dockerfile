# Forecourt as a small image: glibc binary on a distroless base, not root, health checked by the binary itself.
#
#   docker build -t forecourt .
#   docker run --rm -p 127.0.0.1:8080:8080 -e FORECOURT_SERVER__OPEN=true forecourt     # try it on the sandbox
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN scripts/build-release.sh && install -D -s target/release/forecourt /out/forecourt && mkdir -p /out/data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/forecourt /usr/local/bin/forecourt
COPY --from=build --chown=65532:65532 /out/data /data
ENV FORECOURT_LISTEN=0.0.0.0:8080 \
    FORECOURT_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["/usr/local/bin/forecourt", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/forecourt"]
CMD ["serve"]
