package io.hightower.kv.cli;

import io.hightower.kv.engine.ClusterOptions;
import io.hightower.kv.tls.TlsFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags for TLS between the members of a cluster, named as in etcd. */
final class PeerTlsFlags {
    @Option(
            names = "--peer-cert-file",
            paramLabel = "FILE",
            description =
                    "Certificate that this member shows to the others, in PEM form. It allows serverAuth and clientAuth, and "
                            + "is made out to the host of the peer address. All members have one, or none.")
    private @Nullable Path certificate;

    @Option(names = "--peer-key-file", paramLabel = "FILE", description = "Its private key.")
    private @Nullable Path key;

    @Option(
            names = "--peer-trusted-ca-file",
            paramLabel = "FILE",
            description =
                    "Authorities that the certificates of other members must come from. Files that are replaced count from "
                            + "the next connection on.")
    private @Nullable Path trustedCa;

    @Option(
            names = "--peer-client-cert-auth",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            description = "Known from etcd. Members with TLS always ask for certificates, so that only true is taken.")
    private @Nullable Boolean clientCertAuth;

    /**
     * Returns the options with what the flags say.
     *
     * @throws IllegalArgumentException if they do not fit together
     */
    ClusterOptions applyTo(ClusterOptions options) {
        if (Boolean.FALSE.equals(clientCertAuth)) {
            throw new IllegalArgumentException(
                    "members with TLS always ask for certificates: leave --peer-client-cert-auth=false out");
        }
        if (certificate == null && key == null && trustedCa == null) {
            if (clientCertAuth != null) {
                throw incomplete();
            }
            return options;
        }
        if (certificate == null || key == null || trustedCa == null) {
            throw incomplete();
        }
        return options.withPeerTls(TlsFiles.mutual(certificate, key, trustedCa));
    }

    private static IllegalArgumentException incomplete() {
        return new IllegalArgumentException(
                "TLS between members needs --peer-cert-file, --peer-key-file and --peer-trusted-ca-file together");
    }

    /** Refuses the flags, for a server that has no peers. */
    void requireNone() {
        if (certificate != null || key != null || trustedCa != null || clientCertAuth != null) {
            throw new IllegalArgumentException(
                    "a server that is no member of a cluster has no use for --peer-cert-file and its companions");
        }
    }
}
