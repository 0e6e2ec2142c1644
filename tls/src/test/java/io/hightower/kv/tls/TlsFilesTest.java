package io.hightower.kv.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read, and how files that cannot be used are refused. */
class TlsFilesTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path scratch;

    private DevelopmentCertificates authority;
    private TlsFiles files;

    @BeforeEach
    void issue() {
        authority = DevelopmentCertificates.create(scratch.resolve("certs"));
        files = authority.issueMember("n1", List.of("localhost"), DAY);
    }

    private static void assertRefused(TlsFiles files, Path file, String problem, String advice) {
        assertRefused(files, Instant.now(), file, problem, advice);
    }

    private static void assertRefused(TlsFiles files, Instant now, Path file, String problem, String advice) {
        assertThatThrownBy(() -> TlsMaterial.read(files, Callers.MEMBERS, now))
                .isInstanceOfSatisfying(TlsFileException.class, refusal -> assertThat(refusal.file())
                        .isEqualTo(file))
                .hasMessageContaining("file=" + file)
                .hasMessageContaining(problem)
                .hasMessageContaining(advice);
    }

    @Test
    void readsKeysInEveryFormThatToolsWrite() throws Exception {
        for (String algorithm : List.of("EC", "RSA")) {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(algorithm.equals("EC") ? 256 : 2048);
            KeyPair pair = generator.generateKeyPair();
            Path certificate = scratch.resolve(algorithm + ".crt");
            Files.writeString(certificate, pem(selfSigned(pair)));
            Path traditional = scratch.resolve(algorithm + "-traditional.key");
            Files.writeString(traditional, traditional(pair));
            Path modern = scratch.resolve(algorithm + "-pkcs8.key");
            Files.writeString(modern, pem(new JcaPKCS8Generator(pair.getPrivate(), null)));

            assertThat(traditional).content().contains("BEGIN " + algorithm + " PRIVATE KEY");
            assertThat(modern).content().contains("BEGIN PRIVATE KEY");
            for (Path key : List.of(traditional, modern)) {
                TlsMaterial material =
                        TlsMaterial.read(TlsFiles.serverOnly(certificate, key), Callers.ANYBODY, Instant.now());
                assertThat(material.key().getAlgorithm()).as(key.toString()).isEqualTo(algorithm);
            }
        }
    }

    @Test
    void aCertificateThatNamesNoUseMakesNobodyAMember() throws Exception {
        X509Certificate ofAnybody =
                selfSigned(KeyPairGenerator.getInstance("EC").generateKeyPair());
        assertThat(Callers.ANYBODY.admit(ofAnybody)).isTrue();
        assertThat(Callers.MEMBERS.admit(ofAnybody)).isFalse();
    }

    @Test
    void passesOverWhatElseIsInTheFile() throws Exception {
        // As openssl ecparam -genkey writes it.
        Files.writeString(
                files.key(),
                "some text\n-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                        + Files.readString(files.key()));
        assertThat(TlsMaterial.read(files, Callers.MEMBERS, Instant.now())).isNotNull();
    }

    @Test
    void refusesMissingFiles() throws Exception {
        for (Path file : files.all()) {
            Path aside = scratch.resolve("aside");
            Files.move(file, aside);
            assertRefused(files, file, "There is no such file", "check the path");
            Files.createDirectory(file);
            assertRefused(files, file, "cannot be read", "this user may read");
            Files.delete(file);
            Files.move(aside, file);
        }
        assertThat(TlsMaterial.read(files, Callers.MEMBERS, Instant.now())).isNotNull();
    }

    @Test
    void refusesDamagedFiles() throws Exception {
        for (Path file : files.all()) {
            String content = Files.readString(file);
            int middle = content.indexOf('\n') + 20;
            Files.writeString(file, content.substring(0, middle) + content.substring(middle + 8));
            assertRefused(files, file, "damaged", "copy it again");
            Files.writeString(file, content);
        }
        assertThat(TlsMaterial.read(files, Callers.MEMBERS, Instant.now())).isNotNull();
    }

    @Test
    void refusesSwappedFiles() {
        Path ca = authority.trustedCa();
        assertRefused(
                TlsFiles.mutual(files.key(), files.key(), ca),
                files.key(),
                "There is no certificate",
                "perhaps the key");
        assertRefused(
                TlsFiles.mutual(files.certificate(), files.certificate(), ca),
                files.certificate(),
                "There is no private key",
                "perhaps the certificate");
    }

    @Test
    void refusesAKeyOfAnotherCertificate() {
        TlsFiles other = authority.issueMember("n2", List.of(), DAY);
        assertRefused(
                TlsFiles.mutual(files.certificate(), other.key(), authority.trustedCa()),
                other.key(),
                "not that of the certificate",
                "issued together");
    }

    @Test
    void refusesAnEncryptedKey() throws Exception {
        Path key = scratch.resolve("encrypted.key");
        Files.writeString(
                key,
                pem(new JcaPKCS8Generator(
                        new PemFile(files.key()).key(),
                        new JceOpenSSLPKCS8EncryptorBuilder(JcaPKCS8Generator.AES_256_CBC)
                                .setPassword("secret".toCharArray())
                                .setProvider(new BouncyCastleProvider())
                                .build())));
        assertRefused(
                TlsFiles.mutual(files.certificate(), key, authority.trustedCa()),
                key,
                "encrypted",
                "store it decrypted");
    }

    @Test
    void refusesCertificatesThatAreNotInForce() {
        Instant now = Instant.now();
        assertRefused(files, now.plus(DAY.multipliedBy(2)), files.certificate(), "has expired", "put a new one");
        assertRefused(files, now.minus(DAY), files.certificate(), "not yet valid", "check the clock");
    }

    @Test
    void refusesWhatTheOtherMembersWouldRefuse() {
        TlsFiles client = authority.issueClient("alice", DAY);
        assertRefused(client, client.certificate(), "The other members would refuse", "serverAuth");
        DevelopmentCertificates other = DevelopmentCertificates.create(scratch.resolve("other"));
        assertRefused(
                TlsFiles.mutual(files.certificate(), files.key(), other.trustedCa()),
                files.certificate(),
                "The other members would refuse",
                "authority");
    }

    @Test
    void refusesToAskForCertificatesOfNobody() {
        assertThatThrownBy(() -> new TlsFiles(files.certificate(), files.key(), Optional.empty(), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("trustedCa");
    }

    /** As openssl ec and openssl rsa write it. */
    private static String traditional(KeyPair pair) throws IOException {
        if (!(pair.getPrivate() instanceof ECPrivateKey key)) {
            return pem(pair.getPrivate());
        }
        byte[] content = new org.bouncycastle.asn1.sec.ECPrivateKey(256, key.getS(), SECObjectIdentifiers.secp256r1)
                .getEncoded();
        return pem(new PemObject("EC PRIVATE KEY", content));
    }

    private static String pem(Object content) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(content);
        }
        return text.toString();
    }

    private static X509Certificate selfSigned(KeyPair pair) throws GeneralSecurityException, OperatorException {
        X500Principal name = new X500Principal("CN=test");
        Instant now = Instant.now();
        return new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                name,
                                BigInteger.ONE,
                                Date.from(now.minusSeconds(60)),
                                Date.from(now.plus(DAY)),
                                name,
                                pair.getPublic())
                        .build(new JcaContentSignerBuilder(
                                        pair.getPrivate().getAlgorithm().equals("EC")
                                                ? "SHA256withECDSA"
                                                : "SHA256withRSA")
                                .build(pair.getPrivate())));
    }
}
