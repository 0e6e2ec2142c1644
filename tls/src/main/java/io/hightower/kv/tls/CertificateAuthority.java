package io.hightower.kv.tls;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Signs certificates with EC P-256 keys. <b>Immutable.</b>
 *
 * @param certificate its own certificate
 * @param key its private key
 */
record CertificateAuthority(X509Certificate certificate, PrivateKey key) {
    /** Clocks of other machines may be late by this much. */
    private static final Duration CLOCK_ERROR = Duration.ofHours(1);

    private static final int SERIAL_BITS = 120;

    private static final SecureRandom RANDOM = new SecureRandom();

    /** A certificate and its key. */
    record Issued(X509Certificate certificate, PrivateKey key) {}

    /** What is asked to be certified. */
    record Wish(String commonName, List<String> hosts, boolean serves, Instant from, Duration validity) {}

    /** Makes an authority with a new key, signed by itself. It certifies ends of connections, no other authorities. */
    static CertificateAuthority create(String commonName, Instant from, Duration validity) {
        KeyPair pair = newKeyPair();
        X500Principal self = name(commonName);
        try {
            JcaX509v3CertificateBuilder builder = builder(self, self, pair, from, validity);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            return new CertificateAuthority(signed(builder, pair.getPrivate()), pair.getPrivate());
        } catch (GeneralSecurityException | CertIOException e) {
            throw new IllegalStateException("This Java cannot issue certificates: " + e, e);
        }
    }

    /** Certifies a new key. Every certificate allows to call; with {@code serves}, to serve as well. */
    Issued issue(Wish wish) {
        KeyPair pair = newKeyPair();
        try {
            JcaX509v3CertificateBuilder builder = builder(
                    certificate.getSubjectX500Principal(), name(wish.commonName()), pair, wish.from(), wish.validity());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(uses(wish.serves())));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate.getPublicKey()));
            if (!wish.hosts().isEmpty()) {
                builder.addExtension(Extension.subjectAlternativeName, false, names(wish.hosts()));
            }
            return new Issued(signed(builder, key), pair.getPrivate());
        } catch (GeneralSecurityException | CertIOException e) {
            throw new IllegalStateException("This Java cannot issue certificates: " + e, e);
        }
    }

    private static KeyPurposeId[] uses(boolean serves) {
        List<KeyPurposeId> uses = new ArrayList<>();
        if (serves) {
            uses.add(KeyPurposeId.id_kp_serverAuth);
        }
        uses.add(KeyPurposeId.id_kp_clientAuth);
        return uses.toArray(KeyPurposeId[]::new);
    }

    private static GeneralNames names(List<String> hosts) {
        return new GeneralNames(hosts.stream()
                .map(host ->
                        new GeneralName(HostName.isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, host))
                .toArray(GeneralName[]::new));
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Principal issuer, X500Principal subject, KeyPair pair, Instant from, Duration validity)
            throws GeneralSecurityException, CertIOException {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS),
                Date.from(from.minus(CLOCK_ERROR)),
                Date.from(from.plus(validity)),
                subject,
                pair.getPublic());
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
        return builder;
    }

    private static X509Certificate signed(JcaX509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            ContentSigner signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key);
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java knows no EC keys: " + e, e);
        }
    }

    private static X500Principal name(String commonName) {
        return new X500Principal("CN=" + commonName + ", O=Hightower KV development");
    }
}
