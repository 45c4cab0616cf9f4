# docker build -t heapster:2.0.0 .
# docker build -t heapster:small --build-arg FEATURES=source-kubernetes,sink-log .
ARG BUILD=rust:1.95-bookworm

FROM ${BUILD} AS build
ARG FEATURES=default
WORKDIR /src
COPY . .
RUN cargo build --release --locked --no-default-features --features "${FEATURES}"
# An empty root with the program, the C library it links, and the public certificates; eventer is the same program by name.
RUN ci/image-root target/release/heapster /root-of-image

FROM scratch
COPY --from=build /root-of-image/ /
USER 65534:65534
EXPOSE 8082
ENTRYPOINT ["/heapster"]
