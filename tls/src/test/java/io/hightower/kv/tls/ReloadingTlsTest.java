package io.hightower.kv.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadingTlsTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path scratch;

    private final AtomicLong nanos = new AtomicLong();
    private DevelopmentCertificates authority;
    private TlsFiles files;
    private ReloadingTls caller;
    private ReloadingTls member;

    @BeforeEach
    void makeTwoMembers() {
        authority = DevelopmentCertificates.create(scratch.resolve("certs"));
        files = authority.issueMember("n1", List.of("localhost", "127.0.0.1", "::1"), DAY);
        caller = ReloadingTls.open(authority.issueMember("n2", List.of(), DAY), Callers.MEMBERS);
        member = new ReloadingTls(files, Callers.MEMBERS, nanos::get, InstantSource.system());
    }

    private void aSecondPasses() {
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    }

    /** Puts other files in the place of the member's. */
    private void replaceBy(TlsFiles other) throws IOException {
        Files.move(other.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
        Files.move(other.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void bothSidesShowTheirCertificates() throws Exception {
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            Handshake handshake = Handshake.between(caller, member, "localhost", protocol);
            assertThat(handshake.serverShown().getSubjectX500Principal().getName())
                    .contains("CN=n1");
            assertThat(handshake.clientShown().getSubjectX500Principal().getName())
                    .contains("CN=n2");
        }
        assertThat(Handshake.between(caller, member, "127.0.0.1")).isNotNull();
        assertThat(Handshake.between(caller, member, "n1")).isNotNull();
    }

    @Test
    void replacedFilesCountFromTheNextHandshakeOn() throws Exception {
        replaceBy(authority.issueMember("renewed", List.of("localhost"), DAY));
        assertThat(Handshake.between(caller, member, "localhost")
                        .serverShown()
                        .getSubjectX500Principal()
                        .getName())
                .as("within the same second nobody looks")
                .contains("CN=n1");

        aSecondPasses();

        assertThat(Handshake.between(caller, member, "localhost")
                        .serverShown()
                        .getSubjectX500Principal()
                        .getName())
                .contains("CN=renewed");
        assertThat(Handshake.between(member, caller, "n2")
                        .clientShown()
                        .getSubjectX500Principal()
                        .getName())
                .as("the same when it calls")
                .contains("CN=renewed");
    }

    @Test
    void aHandshakeEndsWithTheGenerationThatItBeganWith() throws Exception {
        String alias = member.keyManager().chooseEngineServerAlias("EC", null, null);
        byte[] key = member.keyManager().getPrivateKey(alias).getEncoded();
        replaceBy(authority.issueMember("renewed", List.of("localhost"), DAY));
        member.reload();

        assertThat(member.keyManager().getPrivateKey(alias).getEncoded()).isEqualTo(key);
        assertThat(member.keyManager()
                        .getCertificateChain(alias)[0]
                        .getSubjectX500Principal()
                        .getName())
                .contains("CN=n1");
        assertThat(member.keyManager().chooseEngineServerAlias("EC", null, null))
                .isNotEqualTo(alias);
        assertThat(member.keyManager().chooseEngineServerAlias("RSA", null, null))
                .isNull();
    }

    @Test
    void brokenFilesChangeNothingAndAreReportedOnce() throws Exception {
        try (CapturedWarnings warnings = new CapturedWarnings(ReloadingTls.class)) {
            Files.writeString(files.key(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
            aSecondPasses();
            assertThat(Handshake.between(caller, member, "localhost")).isNotNull();
            assertThat(warnings.messages()).as("may be half of a replacement").isEmpty();
            for (int look = 0; look < 3; look++) {
                aSecondPasses();
                assertThat(Handshake.between(caller, member, "localhost")).isNotNull();
            }
            assertThat(warnings.messages()).singleElement().asString().contains("n1.key", "damaged", "in force");

            Files.delete(files.key());
            for (int look = 0; look < 3; look++) {
                aSecondPasses();
                assertThat(Handshake.between(caller, member, "localhost")).isNotNull();
            }
            assertThat(warnings.messages()).hasSize(2).last().asString().contains("no such file");
        }
        Files.delete(files.certificate());
        files = authority.issueMember("n1", List.of("localhost"), DAY);
        aSecondPasses();
        long serial = Handshake.between(caller, member, "localhost")
                .serverShown()
                .getSerialNumber()
                .longValue();
        assertThat(serial)
                .isEqualTo(new PemFile(files.certificate())
                        .certificates()
                        .get(0)
                        .getSerialNumber()
                        .longValue());
    }

    @Test
    void onDemandBrokenFilesAreAnError() throws Exception {
        Files.writeString(files.certificate(), "nothing");
        assertThatThrownBy(member::reload).isInstanceOf(TlsFileException.class).hasMessageContaining("n1.crt");
        assertThat(Handshake.between(caller, member, "localhost")).isNotNull();
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused() {
        DevelopmentCertificates other = DevelopmentCertificates.create(scratch.resolve("other"));
        ReloadingTls stranger = ReloadingTls.open(other.issueMember("n1", List.of("localhost"), DAY), Callers.MEMBERS);

        assertThatThrownBy(() -> Handshake.between(stranger, member, "localhost"))
                .isInstanceOf(SSLException.class);
        assertThatThrownBy(() -> Handshake.between(member, stranger, "localhost"))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void anAuthorityIsReplacedWithoutRestart() throws Exception {
        DevelopmentCertificates other = DevelopmentCertificates.create(scratch.resolve("other"));
        TlsFiles theirs = other.issueMember("n3", List.of("localhost"), DAY);
        Files.writeString(
                theirs.trustedCa().orElseThrow(), Files.readString(authority.trustedCa()), StandardOpenOption.APPEND);
        ReloadingTls newcomer = ReloadingTls.open(theirs, Callers.MEMBERS);
        assertThatThrownBy(() -> Handshake.between(newcomer, member, "localhost"))
                .isInstanceOf(SSLException.class);

        Files.copy(other.trustedCa(), authority.trustedCa(), StandardCopyOption.REPLACE_EXISTING);
        aSecondPasses();

        assertThat(Handshake.between(newcomer, member, "localhost")).isNotNull();
        assertThat(Handshake.between(member, newcomer, "localhost")).isNotNull();
    }

    @Test
    void aClientIsNoMember() throws Exception {
        TlsFiles client = authority.issueClient("alice", DAY);
        ReloadingTls asClient = ReloadingTls.open(client, Callers.ANYBODY);

        assertThatThrownBy(() -> Handshake.between(asClient, member, "localhost"))
                .isInstanceOf(SSLException.class)
                .hasStackTraceContaining("does not make its owner a member");
        ReloadingTls server = ReloadingTls.open(files, Callers.ANYBODY);
        assertThat(Handshake.between(asClient, server, "localhost")).isNotNull();
    }

    @Test
    void aServerOfAnotherNameIsRefused() {
        assertThatThrownBy(() -> Handshake.between(caller, member, "elsewhere.example.org"))
                .isInstanceOf(SSLException.class)
                .hasStackTraceContaining("elsewhere.example.org");
    }

    @Test
    void withoutAuthoritiesNobodyIsTrusted() {
        ReloadingTls alone = ReloadingTls.open(TlsFiles.serverOnly(files.certificate(), files.key()), Callers.ANYBODY);

        assertThatThrownBy(() -> Handshake.between(alone, member, "localhost")).isInstanceOf(SSLException.class);
    }
}
