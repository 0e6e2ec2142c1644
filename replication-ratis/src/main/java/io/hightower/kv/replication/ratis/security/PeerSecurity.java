package io.hightower.kv.replication.ratis.security;

import io.hightower.kv.tls.Callers;
import io.hightower.kv.tls.ReloadingTls;
import io.hightower.kv.tls.TlsFiles;
import java.time.Instant;
import java.util.Optional;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.thirdparty.io.grpc.netty.NegotiationType;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContext;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;

/**
 * How connections between members are secured: not at all, or by TLS with certificates on both sides.
 *
 * <p>A caller needs a certificate for members of a trusted authority. From which host it calls does not matter, as members may
 * stand behind address translation. Who calls also checks that the certificate of the other side is made out to the host in the
 * peer address, as TLS always does. Files that are replaced count from the next connection on.
 *
 * <p>The TLS of Java is used, although Ratis brings a native one: it runs wherever Java runs. Thread-safe.
 */
public final class PeerSecurity {
    private final @Nullable ReloadingTls tls;
    private final @Nullable GrpcTlsConfig config;
    private final @Nullable SslContext calling;

    private PeerSecurity(@Nullable ReloadingTls tls) {
        this.tls = tls;
        if (tls == null) {
            config = null;
            calling = null;
            return;
        }
        config = GrpcTlsConfig.newBuilder()
                .setName("hightower")
                .setKeyManager(tls.keyManager())
                .setTrustManager(tls.trustManager())
                .setMutualTls(true)
                .setSslProvider(SslProvider.JDK)
                .build();
        calling = GrpcUtil.buildSslContextForClient(config);
    }

    /** Returns connections that anybody can read and make. */
    public static PeerSecurity none() {
        return new PeerSecurity(null);
    }

    /**
     * Returns connections on which both sides show certificates.
     *
     * @throws io.hightower.kv.tls.TlsFileException if the files cannot be used
     */
    public static PeerSecurity mutual(TlsFiles files) {
        return new PeerSecurity(ReloadingTls.open(files, Callers.MEMBERS));
    }

    /** Has a server of Ratis, and the channels that it opens, secured so. */
    public void applyTo(Parameters parameters) {
        if (config != null) {
            GrpcConfigKeys.TLS.setConf(parameters, config);
        }
    }

    /** Has a channel to another member secured so. */
    public NettyChannelBuilder applyTo(NettyChannelBuilder channel) {
        return calling == null
                ? channel.negotiationType(NegotiationType.PLAINTEXT)
                : channel.negotiationType(NegotiationType.TLS).sslContext(calling);
    }

    /** Returns when the certificate of this member ends; nothing without TLS. */
    public Optional<Instant> certificateEnd() {
        return Optional.ofNullable(tls).map(ReloadingTls::certificateEnd);
    }
}
