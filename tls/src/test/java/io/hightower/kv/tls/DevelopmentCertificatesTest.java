package io.hightower.kv.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevelopmentCertificatesTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path scratch;

    private static X509Certificate certificate(TlsFiles files) {
        return new PemFile(files.certificate()).certificates().get(0);
    }

    @Test
    void keysAreForTheirOwnerOnly() throws Exception {
        DevelopmentCertificates certificates = DevelopmentCertificates.create(scratch);
        TlsFiles member = certificates.issueMember("n1", List.of(), DAY);
        TlsFiles client = certificates.issueClient("root", DAY);

        for (Path key : List.of(scratch.resolve("ca.key"), member.key(), client.key())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .as(key.toString())
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aMemberServesAndCallsUnderItsHostsAndName() throws Exception {
        DevelopmentCertificates certificates = DevelopmentCertificates.create(scratch);
        X509Certificate certificate =
                certificate(certificates.issueMember("n1", List.of("h1.example.org", "10.0.0.7", "::1"), DAY));

        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(certificate.getBasicConstraints()).as("no authority").isEqualTo(-1);
        assertThat(certificate.getPublicKey().getAlgorithm()).isEqualTo("EC");
        assertThat(certificate.getSubjectAlternativeNames().stream()
                        .map(name -> String.valueOf(name.get(1)))
                        .toList())
                .containsExactly("h1.example.org", "10.0.0.7", "0:0:0:0:0:0:0:1", "n1");
        assertThat(certificate.getNotAfter().toInstant())
                .isBetween(
                        Instant.now().plus(DAY).minusSeconds(60), Instant.now().plus(DAY));
        assertThat(certificate.getNotBefore().toInstant())
                .as("clocks of others may be late")
                .isBefore(Instant.now().minusSeconds(600));
    }

    @Test
    void nothingIsOverwritten() throws Exception {
        DevelopmentCertificates certificates = DevelopmentCertificates.create(scratch);
        String before = Files.readString(scratch.resolve("ca.key"));
        certificates.issueMember("n1", List.of(), DAY);

        assertThatThrownBy(() -> DevelopmentCertificates.create(scratch))
                .isInstanceOf(TlsFileException.class)
                .hasMessageContaining("ca.key")
                .hasMessageContaining("nothing is overwritten");
        assertThatThrownBy(() -> certificates.issueClient("n1", DAY)).isInstanceOf(TlsFileException.class);
        assertThat(Files.readString(scratch.resolve("ca.key"))).isEqualTo(before);
    }

    @Test
    void aLaterRunContinuesWithTheAuthority() throws Exception {
        ReloadingTls first = ReloadingTls.open(
                DevelopmentCertificates.create(scratch).issueMember("n1", List.of(), DAY), Callers.MEMBERS);
        assertThat(DevelopmentCertificates.isIn(scratch)).isTrue();
        ReloadingTls second = ReloadingTls.open(
                DevelopmentCertificates.open(scratch).issueMember("n4", List.of(), DAY), Callers.MEMBERS);

        assertThat(Handshake.between(second, first, "n1").clientShown()).isNotNull();
    }

    @Test
    void refusesWhatIsNoNameAndNoHost() {
        DevelopmentCertificates certificates = DevelopmentCertificates.create(scratch);
        for (String name : List.of("", "ca", "../n1", "a/b", "-n", "a b")) {
            assertThatThrownBy(() -> DevelopmentCertificates.requireAbsent(scratch, List.of(name)))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("name=" + name);
        }
        for (String host : List.of("", "h1:2380", "[::1]", "256.1.1.1", "a b", "https://h1", "1.2.3")) {
            assertThatThrownBy(() -> certificates.issueMember("n1", List.of(host), DAY))
                    .as(host)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("host=" + host);
        }
        assertThatThrownBy(() -> certificates.issueClient("n1", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(scratch.resolve("n1.key")).doesNotExist();
    }
}
