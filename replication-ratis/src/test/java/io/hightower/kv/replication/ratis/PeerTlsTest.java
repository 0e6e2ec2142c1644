package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.tls.Callers;
import io.hightower.kv.tls.DevelopmentCertificates;
import io.hightower.kv.tls.ReloadingTls;
import io.hightower.kv.tls.TlsFileException;
import io.hightower.kv.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcSslContexts;
import org.apache.ratis.thirdparty.io.grpc.netty.NegotiationType;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that speak TLS with each other, and what else comes to their port. */
class PeerTlsTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private static Path scratch;

    private static DevelopmentCertificates authority;
    private static Map<String, TlsFiles> files;
    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        authority = DevelopmentCertificates.create(scratch.resolve("certs"));
        files = Stream.of("m1", "m2", "m3")
                .collect(
                        Collectors.toMap(name -> name, name -> authority.issueMember(name, List.of("127.0.0.1"), DAY)));
        cluster = TestCluster.of(
                        3,
                        scratch.resolve("members"),
                        options ->
                                options.withPeerTls(files.get(options.identity().name())))
                .startAll();
        cluster.put(cluster.leader(), "before", "1");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static String address(String member) {
        return cluster.options(member).identity().address();
    }

    /**
     * Returns how the second member refuses a call that does not say which cluster it is for. That it is heard at all means that
     * the caller was admitted.
     */
    private static Status refusal(NettyChannelBuilder caller) {
        ManagedChannel channel = caller.build();
        try {
            ClientCalls.blockingUnaryCall(
                    channel,
                    MemberProtocol.GREET,
                    CallOptions.DEFAULT.withDeadlineAfter(Duration.ofSeconds(10)),
                    new byte[0]);
            throw new AssertionError("A call without headers was answered");
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        } finally {
            channel.shutdownNow();
        }
    }

    private static NettyChannelBuilder channel(String member, ReloadingTls caller) throws IOException {
        SslContext context = GrpcSslContexts.forClient()
                .keyManager(caller.keyManager())
                .trustManager(caller.trustManager())
                .build();
        return NettyChannelBuilder.forTarget(address(member))
                .sslContext(context)
                .proxyDetector(target -> null);
    }

    private static void assertAdmitted(String member) throws IOException {
        assertThat(refusal(channel("m2", ReloadingTls.open(files.get(member), Callers.MEMBERS)))
                        .getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    /** Returns why the connection ended; nothing if nobody said. */
    private static Optional<Throwable> assertNotAdmitted(NettyChannelBuilder caller) throws IOException {
        Status refused = refusal(caller);
        assertThat(refused.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        // Not because nobody listens there.
        assertAdmitted("m3");
        return Optional.ofNullable(refused.getCause());
    }

    private static void assertCertificateRefused(NettyChannelBuilder caller) throws IOException {
        Throwable root = assertNotAdmitted(caller).orElseThrow();
        while (root.getCause() != null) {
            root = root.getCause();
        }
        // Who was writing when the connection was closed may not have read the alert.
        if (!String.valueOf(root.getMessage()).matches(".*(Broken pipe|Connection reset).*")) {
            assertThat(root).isInstanceOf(SSLException.class).hasMessageMatching("(?i).*certificate.*");
        }
    }

    /** Returns the certificate that a member shows to a new caller, without any session of an earlier call. */
    private static X509Certificate shown(String member, TlsFiles caller) throws GeneralSecurityException, IOException {
        ReloadingTls tls = ReloadingTls.open(caller, Callers.MEMBERS);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {tls.keyManager()}, new TrustManager[] {tls.trustManager()}, null);
        PeerAddress address = PeerAddress.parse(address(member));
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(address.host(), address.port())) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void membersAgreeThroughTls() {
        for (String member : cluster.names()) {
            cluster.put(member, "through-" + member, "1");
        }
        assertThat(cluster.read(cluster.follower(), "before")).isEqualTo("1");
        cluster.assertSameStateEverywhere();
    }

    @Test
    void aMembersCertificateIsAdmitted() throws IOException {
        assertAdmitted("m3");
    }

    @Test
    void aCallerWithoutTlsIsRefused() throws IOException {
        assertNotAdmitted(NettyChannelBuilder.forTarget(address("m2"))
                .negotiationType(NegotiationType.PLAINTEXT)
                .proxyDetector(target -> null));
    }

    @Test
    void aCallerWithoutCertificateIsRefused() throws IOException {
        ReloadingTls trusting = ReloadingTls.open(files.get("m1"), Callers.MEMBERS);
        SslContext context = GrpcSslContexts.forClient()
                .trustManager(trusting.trustManager())
                .build();
        assertCertificateRefused(
                NettyChannelBuilder.forTarget(address("m2")).sslContext(context).proxyDetector(target -> null));
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused() throws IOException {
        TlsFiles theirs =
                DevelopmentCertificates.create(scratch.resolve("other")).issueMember("m1", List.of("127.0.0.1"), DAY);
        // Trusts the members, so that only they can refuse.
        Files.copy(authority.trustedCa(), theirs.trustedCa().orElseThrow(), StandardCopyOption.REPLACE_EXISTING);
        assertCertificateRefused(channel("m2", ReloadingTls.open(theirs, Callers.ANYBODY)));
    }

    @Test
    void theCertificateOfAClientIsRefused() throws IOException {
        assertCertificateRefused(
                channel("m2", ReloadingTls.open(authority.issueClient("alice", DAY), Callers.ANYBODY)));
    }

    @Test
    void replacedFilesCountForNewConnectionsAndTheClusterWorksOn() throws Exception {
        TlsFiles caller = authority.issueMember("caller", List.of("127.0.0.1"), DAY);
        for (String member : cluster.names()) {
            TlsFiles before = files.get(member);
            TlsFiles renewed = authority.issueMember(member + "-renewed", List.of("127.0.0.1"), DAY);
            Files.move(renewed.key(), before.key(), StandardCopyOption.REPLACE_EXISTING);
            Files.move(renewed.certificate(), before.certificate(), StandardCopyOption.REPLACE_EXISTING);
            TestCluster.await("the new certificate is shown", () -> isRenewed(member, caller));
            cluster.put(member, "renewed-" + member, "1");
        }
        // Every connection of this member is new.
        String restarted = cluster.follower();
        cluster.stop(restarted);
        cluster.put(cluster.leader(), "while-down", "1");
        cluster.start(restarted);
        assertThat(cluster.read(restarted, "while-down")).isEqualTo("1");
        cluster.assertSameStateEverywhere();
    }

    private static boolean isRenewed(String member, TlsFiles caller) {
        try {
            return shown(member, caller).getSubjectX500Principal().getName().contains("CN=" + member + "-renewed");
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void filesThatCannotBeUsedAreRefusedAtTheStart() throws IOException {
        TlsFiles missing =
                TlsFiles.mutual(scratch.resolve("none.crt"), scratch.resolve("none.key"), authority.trustedCa());
        try (TestCluster other =
                TestCluster.of(1, scratch.resolve("other-members"), options -> options.withPeerTls(missing))) {
            assertThatThrownBy(other::startAll)
                    .isInstanceOf(TlsFileException.class)
                    .hasMessageContaining("none.crt");
        }
        assertThatThrownBy(() ->
                        cluster.options("m1").withPeerTls(TlsFiles.serverOnly(missing.certificate(), missing.key())))
                .hasMessageContaining("always show certificates");
    }
}
